import type { MessageParams } from './owed.ts'
import type { Trouble } from './telegram.ts'

/** Telegram takes 4,096 characters, and 1,024 below a file; what marks the cut needs room too. */
const MAX_LENGTH = 4_000
const MAX_CAPTION_LENGTH = 1_000

/**
 * A message without what Telegram has refused of it, so that it is said nevertheless; `null` when
 * that was not it. Every step leaves something out, so there are only so many.
 */
export function simplify(params: MessageParams, trouble: Trouble): MessageParams | null {
  switch (trouble.kind) {
    case 'markup':
      return params.parse_mode ? asPlainText(params) : null
    case 'long': {
      // Cut between characters of the text and not of its markup.
      const plain = params.parse_mode ? asPlainText(params) : params
      const max = /caption/i.test(trouble.reason) ? MAX_CAPTION_LENGTH : MAX_LENGTH
      return plain.text.length > max ? { ...plain, text: cut(plain.text, max) } : null
    }
    case 'buttons':
      return without(params, 'reply_markup')
    case 'reply':
      return without(params, 'reply_parameters')
    case 'thread':
      return without(params, 'message_thread_id')
    default:
      return null
  }
}

/** A text of ours without its markup. */
export function asPlainText({ parse_mode: _mode, ...params }: MessageParams): MessageParams {
  const text = params.text
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
  return { ...params, text }
}

function without(
  params: MessageParams,
  name: 'reply_markup' | 'reply_parameters' | 'message_thread_id',
): MessageParams | null {
  if (params[name] === undefined) return null
  const { [name]: _left, ...rest } = params
  return rest
}

function cut(text: string, max: number): string {
  // Half of a pair is no character: Telegram would refuse it once more.
  return `${text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')}…`
}
