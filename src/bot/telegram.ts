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

/** Telegram does not know the bot's token: everything waits for the owner to put it right. */
export const TOKEN_REFUSED = 'TELEGRAM_TOKEN_REFUSED'

/** The bot's own Telegram id, which its token begins with. */
export function botIdOf(token: string): number {
  return Number(token.split(':')[0])
}

/**
 * What a failed call means, by who is at fault. Wording: Telegram Bot API server, matched by its
 * stable parts together with the code.
 * - `wait`: flood limit, come back at the time it says.
 * - `down`: no answer or a broken one; what was asked may have been done. A refused token too: it is
 *   mended by the owner, and until then everything waits.
 * - `same`: nothing to change, the message is so already.
 * - `gone`: the message to edit is no more, or cannot be edited.
 * - `late`: the press is too old to be answered.
 * - `markup`, `long`, `buttons`, `reply`: something of the message is refused, and can be left out.
 * - `large`: the file is larger than Telegram takes.
 * - `thread`: the topic is closed or deleted.
 * - `moved`: the group has become a supergroup with another id.
 * - `shut`: nothing can be said in the chat at all, for one of the reasons of `ShutReason`.
 * - `refused`: anything else that will not succeed by itself.
 */
export type Trouble =
  | { kind: 'wait'; seconds: number }
  | { kind: 'moved'; chatId: string }
  | { kind: 'shut'; why: ShutReason; reason: string }
  | { kind: Wording | 'down' | 'refused'; reason: string }

/**
 * Why nothing can be said in a chat.
 * - `blocked`: the person has blocked the bot, is gone, or has never begun.
 * - `left`: the bot is not in the group, or the group is deleted.
 * - `unknown`: Telegram knows no such chat.
 * - `muted`: the bot is there and may not write.
 */
export type ShutReason = 'blocked' | 'left' | 'unknown' | 'muted'

/** Why it is parked what could not be said in such a chat. */
export const SHUT_CODES = {
  blocked: 'TELEGRAM_BLOCKED',
  left: 'TELEGRAM_NOT_IN_CHAT',
  unknown: 'TELEGRAM_CHAT_NOT_FOUND',
  muted: 'TELEGRAM_NO_RIGHTS',
} as const satisfies Record<ShutReason, string>

type Wording =
  | 'same'
  | 'gone'
  | 'late'
  | 'markup'
  | 'long'
  | 'buttons'
  | 'reply'
  | 'large'
  | 'thread'

const BY_WORDING: [RegExp, Wording][] = [
  [/message is not modified/i, 'same'],
  [
    /message to (edit|delete) not found|message can't be (edited|deleted)|there is no (text|caption) in the message to edit/i,
    'gone',
  ],
  [/query is too old|query id is invalid/i, 'late'],
  [/can't parse entities/i, 'markup'],
  [/(message|caption|text) is too long|message_too_long/i, 'long'],
  [/button_\w+_?invalid|inline keyboard button|reply markup is too long/i, 'buttons'],
  [/message to be replied not found|replied message not found/i, 'reply'],
  [/file is too big/i, 'large'],
  [/message thread not found|topic_closed|topic_deleted/i, 'thread'],
]

const SHUT: [RegExp, ShutReason][] = [
  [/blocked by the user|user is deactivated|can't initiate conversation/i, 'blocked'],
  [/bot was kicked|bot is not a member|chat was deleted/i, 'left'],
  [/chat not found/i, 'unknown'],
  [/not enough rights to send|have no write access|chat_write_forbidden/i, 'muted'],
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
  return byCode(code, description, parameters.retry_after) ?? byWording(code, description)
}

function byCode(code: number, description: string, seconds = 1): Trouble | null {
  if (code === 429) return { kind: 'wait', seconds }
  if (code >= 500) return { kind: 'down', reason: `TELEGRAM_${code}` }
  if (code === 401 || code === 404) return { kind: 'down', reason: TOKEN_REFUSED }
  // Somebody else is at the bot at the same moment.
  if (code === 409) return { kind: 'down', reason: 'TELEGRAM_CONFLICT' }
  return code === 413 ? { kind: 'large', reason: description } : null
}

function byWording(code: number, description: string): Trouble {
  const shut = SHUT.find(([wording]) => wording.test(description))?.[1]
  if (shut) return { kind: 'shut', why: shut, reason: description }
  const known = BY_WORDING.find(([wording]) => wording.test(description))
  if (known) return { kind: known[1], reason: description }
  if (code === 403) return { kind: 'shut', why: 'left', reason: description }
  return { kind: 'refused', reason: description }
}

/** Telegram did not answer, or not now; whatever needed it is tried again for as long as it takes. */
class TelegramDownError extends Error {
  override name = 'TelegramDownError'
  readonly retryable = true
}

/** @throws TelegramDownError when a call failed for a reason that passes by itself. */
export function throwIfDown(trouble: Trouble): void {
  if (trouble.kind === 'down') throw new TelegramDownError(trouble.reason)
  if (trouble.kind === 'wait') throw new TelegramDownError('TELEGRAM_FLOOD')
}

const SHUT_REASONS = new Set<string>(Object.values(SHUT_CODES))

/** Whether something was parked for this reason because nothing can be said in its chat. */
export function isShut(reason: string): boolean {
  return SHUT_REASONS.has(reason)
}
