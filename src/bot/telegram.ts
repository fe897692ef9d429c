import { Api, GrammyError, HttpError } from 'grammy/web'
import type { Settings } from '../settings.ts'

/** Telegram answers in well under a second; what takes longer is lost. */
const TIMEOUT_S = 15

/** The door to Telegram for one bot. */
export function telegramOf(
  settings: Pick<Settings, 'TELEGRAM_BOT_TOKEN' | 'TELEGRAM_API_ROOT'>,
  timeoutSeconds: number = TIMEOUT_S,
): Api {
  return new Api(settings.TELEGRAM_BOT_TOKEN, {
    apiRoot: settings.TELEGRAM_API_ROOT,
    timeoutSeconds,
    // Looked up at each call: what stands in for it in tests is found whenever it was put there.
    fetch: (input: RequestInfo, init?: RequestInit) => fetch(input, init),
  })
}

/** The bot's own Telegram id, which its token begins with. */
export function botIdOf(token: string): number {
  return Number(token.split(':')[0])
}

/**
 * What a failed call means, by who is at fault. Wording: Telegram Bot API server, matched by its
 * stable parts together with the code.
 * - `wait`: flood limit, come back at the time it says.
 * - `down`: no answer or a broken one; what was asked may have been done.
 * - `same`: nothing to change, the message is so already.
 * - `gone`: the message to edit is no more, or cannot be edited.
 * - `late`: the press is too old to be answered.
 * - `markup`: our HTML is broken.
 * - `thread`: the topic is closed or deleted.
 * - `moved`: the group has become a supergroup with another id.
 * - `closed`: the chat is closed to us: blocked, kicked, deleted.
 * - `refused`: anything else that will not succeed by itself.
 */
export type Trouble =
  | { kind: 'wait'; seconds: number }
  | { kind: 'moved'; chatId: string }
  | {
      kind: 'down' | 'same' | 'gone' | 'late' | 'markup' | 'thread' | 'closed' | 'refused'
      reason: string
    }

const BY_WORDING: [RegExp, 'same' | 'gone' | 'late' | 'markup' | 'thread'][] = [
  [/message is not modified/i, 'same'],
  [
    /message to edit not found|message can't be edited|there is no (text|caption) in the message to edit/i,
    'gone',
  ],
  [/query is too old|query id is invalid/i, 'late'],
  [/can't parse entities/i, 'markup'],
  [/message thread not found|topic_closed|topic_deleted/i, 'thread'],
]

/** Sorts a failure of a call; anything that is not Telegram's is thrown on. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof HttpError) return { kind: 'down', reason: 'TELEGRAM_UNREACHABLE' }
  if (!(error instanceof GrammyError)) throw error
  const { error_code: code, description, parameters } = error
  // JSON that is not Telegram's: something between us and it has answered.
  if (typeof code !== 'number' || typeof description !== 'string') {
    return { kind: 'down', reason: 'TELEGRAM_UNREADABLE' }
  }
  if (parameters.migrate_to_chat_id !== undefined) {
    return { kind: 'moved', chatId: String(parameters.migrate_to_chat_id) }
  }
  if (code === 429) return { kind: 'wait', seconds: parameters.retry_after ?? 1 }
  if (code >= 500) return { kind: 'down', reason: `TELEGRAM_${code}` }
  // A revoked token is mended by the owner; until then everything waits and says why.
  if (code === 401 || code === 404) return { kind: 'down', reason: 'TELEGRAM_TOKEN_REFUSED' }
  const known = BY_WORDING.find(([wording]) => wording.test(description))
  if (known) return { kind: known[1], reason: description }
  return { kind: code === 403 ? 'closed' : 'refused', reason: description }
}

/** Whether a refusal with this reason means `closed`. Telegram: every 403 begins with this word. */
export function isClosed(reason: string): boolean {
  return reason.startsWith('Forbidden')
}
