type Level = 'info' | 'warn' | 'error'

/** What may stand in a log line: ids, codes and counts; never texts, phones, tokens or env. */
export interface LogFields {
  requestId?: string
  leadId?: string
  projectId?: string
  object?: string
  code?: string | number
  status?: number
  count?: number
  attempts?: number
  ms?: number
  method?: string
  path?: string
  /** The failure itself: only its name and its redacted message are written. */
  error?: unknown
}

const SECRETS = [
  /\d{5,}:[\w-]{20,}/g, // a bot token
  /\bEAA\w{8,}/g, // a Meta token
  /(access_token|appsecret_proof|client_secret|fb_exchange_token|input_token|code|token)=[^&\s"]+/g,
  /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/gi, // a portal key or a user's token
  /\+?\d[\d\s()-]{8,}\d/g, // a phone
]

/** Takes out of a text everything that looks like a secret or a phone. */
export function redact(text: string): string {
  return SECRETS.reduce((clean, secret) => clean.replace(secret, '[redacted]'), text)
}

/** Writes one JSON object on one line. */
export function log(level: Level, event: string, fields: LogFields = {}): void {
  const { error, ...rest } = fields
  const line = JSON.stringify({
    level,
    event,
    ...rest,
    ...(error === undefined ? {} : failure(error)),
  })
  console[level](line)
}

function failure(error: unknown): { error: string; message: string } {
  if (!(error instanceof Error)) return { error: typeof error, message: '' }
  return { error: error.name, message: redact(error.message).slice(0, 300) }
}
