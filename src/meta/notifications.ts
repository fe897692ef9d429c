import { z } from 'zod'
import { metaId } from './replies.ts'

/** Meta says that there is a lead; what it holds has to be read. */
export interface Notification {
  leadgenId: string
  formId: string | null
  adId: string | null
  /** ISO time; `null` when Meta did not say. */
  createdAt: string | null
}

/** What a page is told in one webhook: leads, and entries that make no sense. */
export interface PageNews {
  leads: Notification[]
  malformed: { reason: string; entry: unknown }[]
}

/** What Meta's dashboard sends to try a webhook: there is no such lead. */
const TEST_PING = '444444444444'

/** Entries that name no page at all are kept by the page of this name. */
const NO_PAGE = '0'

const bodySchema = z.object({ object: z.string(), entry: z.array(z.unknown()) })

const entrySchema = z.object({
  id: metaId.catch(NO_PAGE),
  changes: z.array(z.unknown()).default([]),
})

/**
 * Why news are kept that tell of no lead: the webhook's "Include values" is off (Meta: webhooks,
 * getting started). What they were about has to be looked for.
 */
export const NO_VALUES = 'NO_VALUES'

const withoutValue = z.object({ field: z.string(), value: z.null().optional() })

const LAST_SECOND = 4_102_444_800 // the year 2100

const absent = z.literal([0, '0', '']).transform(() => undefined)
// A wrong id beside a good one is no reason to lose a lead.
const optionalId = z.union([absent, metaId]).nullish().catch(undefined)

const changeSchema = z.object({
  field: z.literal('leadgen'),
  value: z.object({
    leadgen_id: metaId,
    page_id: optionalId,
    form_id: optionalId,
    ad_id: optionalId,
    adgroup_id: optionalId,
    // A wrong time is no reason to lose a lead.
    created_time: z.int().positive().max(LAST_SECOND).nullish().catch(null),
  }),
})

/**
 * Sorts a webhook's body by page. Whatever makes no sense is kept beside the rest and holds up none
 * of it. `null`: the body is no webhook of a page at all.
 */
export function sortNotifications(body: unknown): Map<string, PageNews> | null {
  const parsed = bodySchema.safeParse(body)
  if (!parsed.success || parsed.data.object !== 'page') return null
  const news = new Map<string, PageNews>()
  for (const entry of parsed.data.entry) sortEntry(entry, news)
  return news
}

function sortEntry(entry: unknown, news: Map<string, PageNews>): void {
  const parsed = entrySchema.safeParse(entry)
  if (!parsed.success) {
    newsOf(news, NO_PAGE).malformed.push({ reason: reasonOf(parsed.error), entry })
    return
  }
  const { id, changes } = parsed.data
  if (changes.length === 0) newsOf(news, id).malformed.push({ reason: NO_VALUES, entry })
  for (const change of changes) sortChange(id, change, news)
}

function sortChange(entryId: string, change: unknown, news: Map<string, PageNews>): void {
  const parsed = changeSchema.safeParse(change)
  if (!parsed.success) {
    const reason = withoutValue.safeParse(change).success ? NO_VALUES : reasonOf(parsed.error)
    newsOf(news, entryId).malformed.push({ reason, entry: change })
    return
  }
  const { value } = parsed.data
  if (value.leadgen_id === TEST_PING) return
  newsOf(news, value.page_id ?? entryId).leads.push({
    leadgenId: value.leadgen_id,
    formId: value.form_id ?? null,
    // `adgroup_id` is the old name of the ad's id.
    adId: value.ad_id ?? value.adgroup_id ?? null,
    createdAt: value.created_time ? new Date(value.created_time * 1000).toISOString() : null,
  })
}

function newsOf(news: Map<string, PageNews>, pageId: string): PageNews {
  let page = news.get(pageId)
  if (!page) news.set(pageId, (page = { leads: [], malformed: [] }))
  return page
}

function reasonOf(error: z.ZodError): string {
  const [issue] = error.issues
  return `MALFORMED: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`
}
