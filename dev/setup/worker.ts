import { z } from 'zod'
import type { Settings } from '../../src/settings.ts'
import { type Found, StepError } from './report.ts'

/** How long to look: a new workers.dev address takes a minute or so to be known everywhere. */
export interface Patience {
  tries: number
  pause: () => Promise<unknown>
}

const TIMEOUT_MS = 10_000

const envelope = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

/**
 * Waits until the Worker answers.
 * @throws StepError naming the settings that it lacks, or saying that nobody answers.
 */
export async function needAnswer(address: string, patience: Patience): Promise<Found<string>> {
  const response = await patiently(patience, () => open(`${address}/health`), isAnswer)
  if (response?.ok) return { value: address, says: address }
  const body = envelope.safeParse(await response?.json().catch(() => null))
  if (body.success) throw new StepError(body.data.error.message, 'Set them: npm run setup')
  throw new StepError(
    response ? `${address}/health answers ${response.status}` : `nobody answers at ${address}`,
    'A new address needs a minute or two: run this again. Is PUBLIC_URL right?',
  )
}

/** Before the Worker is known there, Cloudflare itself answers with a page of its own. */
function isAnswer(response: Response | null): boolean {
  return response?.headers.get('content-type')?.startsWith('application/json') ?? false
}

/** Makes sure that it has the secrets that Telegram and Meta are about to be told. */
export async function needSameSecrets(
  address: string,
  settings: Settings,
  patience: Patience,
): Promise<Found<string>> {
  const unknown = await patiently(patience, () => unknownTo(address, settings), isNull)
  if (unknown === null) return { value: address, says: 'are those of Telegram and Meta' }
  throw new StepError(
    `the Worker at ${address} has another ${unknown}`,
    'It has to be deployed with the present .dev.vars: see what failed above',
  )
}

/** The name of a secret that the Worker does not know. */
async function unknownTo(
  address: string,
  { TELEGRAM_WEBHOOK_SECRET: secret, meta }: Settings,
): Promise<string | null> {
  // No update: whoever knows the secret gets 400, and nothing happens.
  const telegram = await open(`${address}/telegram/webhook`, {
    method: 'POST',
    headers: { 'x-telegram-bot-api-secret-token': secret, 'content-type': 'application/json' },
    body: '{}',
  })
  if (telegram?.status !== 400) return 'TELEGRAM_WEBHOOK_SECRET'
  if (!meta) return null
  const query = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.verify_token': meta.verifyToken,
    'hub.challenge': 'targetbot',
  })
  const handshake = await open(`${address}/meta/webhook?${query.toString()}`)
  return (await handshake?.text()) === 'targetbot' ? null : 'META_VERIFY_TOKEN'
}

async function open(url: string, init: RequestInit = {}): Promise<Response | null> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    return await fetch(url, { ...init, redirect: 'manual', signal })
  } catch {
    // No such name yet, no certificate yet, no answer: all of it may come.
    return null
  }
}

/** Looks again until it is good, or patience ends; gives the last that was seen. */
async function patiently<Seen>(
  { tries, pause }: Patience,
  look: () => Promise<Seen>,
  isGood: (seen: Seen) => boolean,
): Promise<Seen> {
  for (let tried = 1; ; tried += 1) {
    const seen = await look()
    if (isGood(seen) || tried >= tries) return seen
    await pause()
  }
}

function isNull(seen: string | null): boolean {
  return seen === null
}
