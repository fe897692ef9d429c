import { z } from 'zod'

/** What can have happened to a lead, in the words of its history. */
export const HAPPENINGS = [
  'receive',
  'enrich',
  'claim',
  'assign',
  'release',
  'won',
  'lost',
  'spam',
  'reopen',
  'note',
  'remind',
  'repeat',
  'merge',
  'unmerge',
  'absorb',
  'late',
  'returned',
  'reminded',
] as const

const shownEventSchema = z.object({
  what: z.enum(HAPPENINGS),
  at: z.iso.datetime(),
  who: z.string().nullable(),
  words: z.string().nullable(),
})

/**
 * What a card shows besides its lead, while somebody looks at it: the reasons to choose from, when to
 * remind, or what happened. The lead's next change folds it up again.
 */
export const cardViewSchema = z.discriminatedUnion('name', [
  z.object({ name: z.literal('reasons'), reasons: z.array(z.string()) }),
  z.object({ name: z.literal('remind') }),
  z.object({
    name: z.literal('history'),
    events: z.array(shownEventSchema),
    hidden: z.int().describe('Events before those'),
    earlier: z
      .array(shownEventSchema)
      .describe('What happened to the person’s first lead, when this one is a repeat'),
  }),
])

export type CardView = z.infer<typeof cardViewSchema>
export type ShownEvent = z.infer<typeof shownEventSchema>
