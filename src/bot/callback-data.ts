import { z } from 'zod'

/** What a manager can press on a card. */
export const CARD_VERBS = ['take', 'spam', 'won', 'lost', 'release', 'reopen'] as const

/** What a person can press in their own chat. */
const TALK_VERBS = ['form', 'language'] as const

export type CardVerb = (typeof CARD_VERBS)[number]

/** What a button says when it is pressed: a verb and the id of what it is done to. */
export type Press =
  | { verb: CardVerb; id: string }
  | { verb: (typeof TALK_VERBS)[number]; id: string }

// The version stays readable for years: old messages keep their buttons.
const PATTERN = /^v1:([a-z]+):([\w-]+)$/

const verbSchema = z.enum([...CARD_VERBS, ...TALK_VERBS])

/** `v1:<verb>:<id>`, at most 64 bytes: verbs are short words and ids are UUIDs or words. */
export function packPress(press: Press): string {
  return `v1:${press.verb}:${press.id}`
}

/** `null` for anything we did not pack: any client can send any data. */
export function unpackPress(data: string): Press | null {
  const match = PATTERN.exec(data)
  const verb = verbSchema.safeParse(match?.[1])
  const id = match?.[2]
  if (!verb.success || id === undefined) return null
  if (isCardVerb(verb.data) && !z.uuid().safeParse(id).success) return null
  return { verb: verb.data, id }
}

export function isCardVerb(verb: Press['verb']): verb is CardVerb {
  return CARD_VERBS.some((known) => known === verb)
}
