import { z } from 'zod'
import { moneySchema } from '../statistics.ts'
import { ALERT_KINDS } from './kinds.ts'

/** What an alert says: numbers and names, to be put into words of any language. */
const factsSchema = z.record(z.string(), z.union([z.string(), z.number(), moneySchema]))

/** Something about a project's advertising that somebody should see to. */
export const alertSchema = z.object({
  id: z.string(),
  projectId: z.string(),
  kind: z.enum(ALERT_KINDS),
  subject: z.string().describe('The campaign it is about; empty: the project as a whole'),
  state: z.enum(['open', 'over']),
  facts: factsSchema,
  campaigns: z
    .array(z.object({ id: z.string(), name: z.string() }))
    .describe('Those that pausing would help'),
  openedAt: z.string(),
  overAt: z.string().nullable(),
  toldAt: z.string().nullable().describe('null: not told so far'),
  snoozedUntil: z.string().nullable(),
})

export type Facts = z.infer<typeof factsSchema>
export type ShownAlert = z.infer<typeof alertSchema>
