import { z } from 'zod'

/** What a manager can press on a card. */
export const CARD_VERBS = [
  'take',
  'spam',
  'won',
  'lost',
  'why',
  'release',
  'reopen',
  'note',
  'history',
  'fold',
  'remind',
  'in',
  'merge',
  'unmerge',
  'open',
] as const

/** Verbs with a choice behind the lead's id: why it was lost, in what time to remind. */
const CHOICE_VERBS = ['why', 'in'] as const

/** What a person can press in their own chat, or below what the bot says in a group besides cards. */
const TALK_VERBS = [
  'form',
  'language',
  'leads',
  'admin',
  'invite',
  'bind',
  'report',
  'alert',
  'check',
] as const

export type CardVerb = (typeof CARD_VERBS)[number]

/** What a button says when it is pressed: a verb and the id of what it is done to. */
export type Press =
  | { verb: CardVerb; id: string; choice?: string }
  | { verb: (typeof TALK_VERBS)[number]; id: string }

// The version stays readable for years: old messages keep their buttons.
const PATTERN = /^v1:([a-z]+):([\w-]+)$/

const verbSchema = z.enum([...CARD_VERBS, ...TALK_VERBS])

/** `v1:<verb>:<id>`, at most 64 bytes: verbs are short words and ids are UUIDs or words. */
export function packPress(press: Press): string {
  const choice = 'choice' in press ? `-${press.choice}` : ''
  return `v1:${press.verb}:${press.id}${choice}`
}

/** `null` for anything we did not pack: any client can send any data. */
export function unpackPress(data: string): Press | null {
  const match = PATTERN.exec(data)
  const verb = verbSchema.safeParse(match?.[1])
  const id = match?.[2]
  if (!verb.success || id === undefined) return null
  return isCardVerb(verb.data) ? cardPress(verb.data, id) : { verb: verb.data, id }
}

const UUID_LENGTH = 36

function cardPress(verb: CardVerb, rest: string): Press | null {
  const id = rest.slice(0, UUID_LENGTH)
  const choice = rest.slice(UUID_LENGTH + 1)
  const hasChoice = CHOICE_VERBS.some((known) => known === verb)
  if (!z.uuid().safeParse(id).success || hasChoice !== (choice !== '')) return null
  return hasChoice ? { verb, id, choice } : { verb, id }
}

export function isCardVerb(verb: Press['verb']): verb is CardVerb {
  return CARD_VERBS.some((known) => known === verb)
}
