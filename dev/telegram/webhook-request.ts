import type { Update } from 'grammy/types'
import { type Arguments, readArguments } from './arguments.ts'
import type { Pending, Webhook } from './world.ts'

/** A delivery that did not succeed; the error's words end up in getWebhookInfo. */
export interface Failure {
  ok: false
  error: string
  retryAfterS: number
  /** No connection could be opened at all. */
  isUnreachable?: boolean
  /** The webhook said 410: it is not there any more. */
  isGone?: boolean
}

/** How a delivery ended; a reply is a method call that the webhook asks to carry out. */
export type Outcome = { ok: true; reply?: Arguments } | Failure

/** One attempt to bring an update to the webhook; `result` is absent while it is under way. */
export interface Delivery {
  update: Update
  at: number
  /** `ok`, or what went wrong. */
  result?: string
}

/** An update as Telegram posts it; a redirect will be an answer, not followed. */
export function webhookRequest(pending: Pending, webhook: Webhook, signal: AbortSignal): Request {
  const url = new URL(webhook.url)
  const { username, password } = url
  url.username = url.password = ''
  return new Request(url, {
    method: 'POST',
    redirect: 'manual',
    signal,
    headers: {
      'content-type': 'application/json',
      'accept-encoding': 'gzip, deflate',
      ...(webhook.secret && { 'x-telegram-bot-api-secret-token': webhook.secret }),
      ...(username && { authorization: `Basic ${btoa(`${username}:${password}`)}` }),
    },
    body: JSON.stringify(pending.update),
  })
}

/** What a webhook's answer means: any 2xx is success, and may carry a method call. */
export async function readOutcome(response: Response): Promise<Outcome> {
  if (!response.ok) {
    await response.body?.cancel()
    return {
      ok: false,
      error: `Wrong response from the webhook: ${response.status} ${response.statusText}`.trimEnd(),
      retryAfterS: Math.max(0, Number.parseInt(response.headers.get('retry-after') ?? '', 10) || 0),
      isGone: response.status === 410,
    }
  }
  const reply = await readArguments(response)
  return reply.has('method') ? { ok: true, reply } : { ok: true }
}

/** What it means that no answer came, in the words of getWebhookInfo. */
export function failureOf(error: unknown, isTimeout: boolean): Failure {
  if (isTimeout) return { ok: false, error: 'Read timeout expired', retryAfterS: 0 }
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return code === 'ECONNREFUSED'
    ? { ok: false, error: 'Connection refused', retryAfterS: 0, isUnreachable: true }
    : { ok: false, error: 'Webhook connection closed', retryAfterS: 0 }
}
