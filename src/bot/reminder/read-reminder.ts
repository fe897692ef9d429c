import { momentOf } from './found-time.ts'
import { plainer, readChrono } from './read-chrono.ts'
import { readUzbek } from './read-uzbek.ts'

/**
 * What a reply to a card asks for: `none`, nothing, it is a note; `unclear`, a reminder at a time that
 * is not understood; `past` and `far`, at one that cannot be.
 */
export type ReminderWish =
  | { kind: 'none' | 'unclear' | 'past' | 'far' }
  | { kind: 'at'; at: number; words: string | null }

/** Words that can mean nothing else, and words that mean it when a time stands with them. */
const ASKS =
  /(?<!\p{L})(?:напомн(?:и|ить|ите)(?:\s+(?:мне|нам))?|remind(?:\s+(?:me|us))?(?:\s+to)?|eslat(?:ing|gin|ib\s+qo'y(?:ing)?)?)(?!\p{L})/iu
const CALLS =
  /^(?:(?:надо|нужно)\s+)?(?:перезвон(?:и|ить|ите|ю)|позвон(?:ить|ю))(?!\p{L})|^(?:to\s+)?call\s+back(?!\p{L})|^qayta\s+qo'ng'iroq/iu

const UZBEK =
  /(?<!\w)(?:soat|daqiqa|minutdan|ertaga|bugun|indin|kecha|keyin|so'ng|kuni|eslat|qo'ng'iroq|kechqurun)/i

const MAX_AHEAD_MS = 366 * 24 * 3_600_000
/** A time is looked for at the beginning only: of a long text it takes long. */
const MAX_READ = 300
/** More words than a reminder repeats. */
const MAX_WORDS = 200

/** Understands a reply typed at `now` (ms) in Russian, English or Uzbek, by the clock of a timezone. */
export function readReminder(reply: string, now: number, timezone: string): ReminderWish {
  const words = plainer(
    reply
      .replace(/[ʻʼ‘’`]/g, "'")
      .trim()
      .slice(0, MAX_READ),
  )
  const asks = ASKS.exec(words)?.[0]
  if (!asks && !CALLS.test(words)) return { kind: 'none' }
  const rest = asks ? words.replace(asks, ' ') : words
  // Cutting out what was found needs every letter where it was.
  const small = rest.toLowerCase().length === rest.length ? rest.toLowerCase() : rest
  const isUzbek = UZBEK.test(words)
  const found = (isUzbek ? readUzbek : readChrono)(small, now, timezone)
  if (!found) return { kind: asks ? 'unclear' : 'none' }
  const at = momentOf(found, now, timezone)
  if (at <= now) return { kind: 'past' }
  if (at - now > MAX_AHEAD_MS) return { kind: 'far' }
  const from = small.indexOf(found.text)
  const others = `${rest.slice(0, from)} ${rest.slice(from + found.text.length)}`
  return { kind: 'at', at, words: tidy(others) }
}

function tidy(rest: string): string | null {
  const words = rest.replaceAll(/\s+/g, ' ').replaceAll(/^[\s,.;:!?—–-]+|[\s,.;:!?—–-]+$/gu, '')
  return words ? words.slice(0, MAX_WORDS) : null
}
