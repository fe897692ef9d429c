import { z } from 'zod'
import { type Core, nextNumber, secondsNow } from '../core.ts'
import { dateIn } from '../dates.ts'
import type { Lead } from '../state.ts'
import { must } from '../world/world.ts'
import { answersOf, dummyAnswers } from './answers.ts'
import { person } from '../world/people.ts'

/** How a form is sent; what is left out is filled in as an ordinary person would. */
export const submissionSchema = z.object({
  field_data: z.array(z.object({ name: z.string(), values: z.array(z.string()) })).exactOptional(),
  /** The ad it came from; null for an organic lead, left out for the first ad of the form. */
  adId: z.string().nullable().exactOptional(),
  platform: z.enum(['fb', 'ig']).exactOptional(),
  disclaimers: z
    .array(z.object({ checkbox_key: z.string(), is_checked: z.string() }))
    .exactOptional(),
  /** Epoch seconds; now by default. */
  createdAt: z.number().int().exactOptional(),
  /** The day that Insights count the lead on; the day of its creation by default. */
  impressionDate: z.string().exactOptional(),
  /** A lead of Meta's testing tool: without an ad, one at a time. */
  test: z.boolean().exactOptional(),
})
/** A form as it is sent. */
export type Submission = z.infer<typeof submissionSchema>

// 17 digits, odd, above every seeded id: a double cannot hold any of them.
const FIRST_ID = 25880000000000001n

/** Writes down a submitted form and answers the lead. */
export function submit(core: Core, formId: string, submission: Submission = {}): Lead {
  const form = must(core.world.forms, formId)
  const number = nextNumber(core.state, 'lead')
  const id = String(FIRST_ID + BigInt(number) * 2n)
  const { test = false } = submission
  const ad = test ? undefined : adOf(core, formId, submission.adId)
  const createdAt = submission.createdAt ?? secondsNow(core)
  const who = person(form.locale, core.state.seed, id)
  const filled = test ? dummyAnswers(form) : answersOf(form, who, core.state.seed, id)
  const lead: Lead = {
    id,
    formId,
    adId: ad?.id ?? null,
    createdAt,
    platform: submission.platform ?? 'ig',
    test,
    impressionDate: ad ? (submission.impressionDate ?? dateOf(core, ad, createdAt)) : null,
    answers: submission.field_data ?? filled,
    disclaimers:
      submission.disclaimers ??
      form.disclaimers.map(({ key }) => ({ checkbox_key: key, is_checked: '' })),
  }
  core.book.add(lead)
  core.changed()
  return lead
}

function adOf({ world }: Core, formId: string, adId: string | null | undefined) {
  if (adId === null) return undefined
  if (adId !== undefined) return must(world.ads, adId)
  return [...world.ads.values()].find((ad) => ad.formId === formId)
}

function dateOf({ world }: Core, ad: { accountId: string }, createdAt: number): string {
  return dateIn(must(world.accounts, ad.accountId).timezone, createdAt * 1000)
}
