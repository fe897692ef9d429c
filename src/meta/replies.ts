import { z } from 'zod'
import { log } from '../log.ts'

/** An id of Meta's: a string whatever it was sent as. */
export const metaId = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().regex(/^\d+$/))

const epoch = z.number().transform((seconds) => (seconds === 0 ? null : seconds * 1000))

export const tokenReply = z.object({ access_token: z.string().min(1) })

/** `debug_token`: times in ms, `null` for never. */
export const debugReply = z.object({
  data: z.object({
    app_id: metaId.optional(),
    type: z.string().default('USER'),
    is_valid: z.boolean(),
    expires_at: epoch.default(null),
    data_access_expires_at: epoch.default(null),
    scopes: z.array(z.string()).default([]),
    granular_scopes: z
      .array(z.object({ scope: z.string(), target_ids: z.array(metaId).default([]) }))
      .default([])
      .catch([]),
    user_id: metaId.optional(),
    error: z.object({ code: z.number(), subcode: z.number().optional() }).optional(),
  }),
})

export const meReply = z.object({ id: metaId, name: z.string().default('') })

const paging = z
  .object({
    cursors: z.object({ after: z.string().optional() }).optional(),
    next: z.string().optional(),
  })
  .optional()

/**
 * A page of a list; only a missing `paging.next` ends it, an empty page does not. An item that makes
 * no sense holds up none of the others.
 */
export function listReply<Item extends z.ZodType>(item: Item) {
  return z
    .object({ data: each(item), paging })
    .transform(({ data, paging: { cursors, next } = {} }) => ({
      items: data,
      after: next === undefined ? null : (cursors?.after ?? afterOf(next)),
    }))
}

/** A list read item by item: those that cannot be read are counted in the log and left out. */
function each<Item extends z.ZodType>(item: Item) {
  return z.array(z.unknown()).transform((all) => {
    const read = all.map((one) => item.safeParse(one))
    const count = read.filter(({ success }) => !success).length
    if (count > 0) log('error', 'meta.unreadable_items', { count })
    return read.flatMap(({ success, data }) => (success ? [data] : []))
  })
}

/** Where the next page begins by its address, which Meta gives when it gives no cursors. */
function afterOf(next: string): string | null {
  return URL.canParse(next) ? new URL(next).searchParams.get('after') : null
}

export const pageAccount = z.object({
  id: metaId,
  name: z.string().default(''),
  access_token: z.string().optional(),
})

export const adAccount = z.object({
  id: z.string(),
  account_id: metaId.optional(),
  name: z.string().default(''),
  account_status: z.number().optional(),
  currency: z.string(),
  timezone_name: z.string(),
})

export const successReply = z.object({ success: z.union([z.boolean(), z.literal('true')]) })

const count = z.int().nonnegative().catch(0)

const formQuestion = z.object({
  key: z.string(),
  label: z.string().catch(''),
  type: z.string().catch('CUSTOM'),
  options: each(z.object({ key: z.string(), value: z.string() })).catch([]),
})

/** A lead form with its questions; whatever is wrong beside a good id is no reason not to read it. */
export const leadgenForm = z
  .object({
    id: metaId,
    name: z.string().catch(''),
    locale: z.string().nullable().catch(null),
    status: z.string().catch('ACTIVE'),
    leads_count: count,
    expired_leads_count: count,
    questions: each(formQuestion).catch([]),
  })
  .transform(({ leads_count, expired_leads_count, ...form }) => ({
    ...form,
    leadsCount: leads_count,
    expiredLeadsCount: expired_leads_count,
  }))

export const FORM_FIELDS =
  'id,name,locale,status,leads_count,expired_leads_count,questions{key,label,type,options}'

/** One of the answers to a question, as a text whatever it was sent as; none for what is nothing. */
const answer = z.unknown().transform((one) => {
  if (typeof one === 'string') return one
  return one === null || one === undefined ? '' : JSON.stringify(one)
})

const field = z.object({
  name: z.string(),
  values: z
    .union([z.array(answer), z.null().transform(() => []), answer.transform((one) => [one])])
    .default([]),
})

/** Consents below a form; `is_checked` is "1" or empty (Meta: lead ads, retrieving). */
const consent = z
  .object({ checkbox_key: z.string(), is_checked: z.unknown() })
  .transform(({ checkbox_key: key, is_checked: isChecked }) => ({
    key,
    isGiven: [1, '1', true, 'true'].some((yes) => yes === isChecked),
  }))

// Whatever is wrong beside a good id is no reason to lose the lead.
const leadFields = {
  id: metaId,
  created_time: z.string().optional().catch(undefined),
  ad_id: metaId.optional().catch(undefined),
  ad_name: z.string().optional().catch(undefined),
  campaign_id: metaId.optional().catch(undefined),
  campaign_name: z.string().optional().catch(undefined),
  form_id: metaId.optional().catch(undefined),
  custom_disclaimer_responses: each(consent).optional().catch(undefined),
}

/** A lead as Meta gives it; ad fields are missing from organic leads and for some tokens. */
export const metaLead = z.object({ ...leadFields, field_data: each(field).default([]).catch([]) })

export type MetaLead = z.infer<typeof metaLead>

/** A lead of a list; `field_data` is null when it makes no sense: then it has to be read alone. */
export const listedLead = z.object({
  ...leadFields,
  field_data: z.array(field).nullable().default([]).catch(null),
})

export type ListedLead = z.infer<typeof listedLead>

export const LEAD_FIELDS =
  'id,created_time,ad_id,ad_name,campaign_id,campaign_name,form_id,field_data,custom_disclaimer_responses'

/** What is only asked for its id. */
export const anyNode = z.object({ id: metaId })

const batchPart = z.object({
  code: z.number(),
  headers: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .default([])
    .catch([]),
  body: z.string(),
})

export type BatchPart = z.infer<typeof batchPart>

/** Answers to the calls of one batch; a part that took too long, or makes no sense, is `null`. */
export const batchReply = z.array(batchPart.nullable().catch(null))

/** A number as Meta writes it: a text, with or without decimals. */
const metric = z
  .union([z.string(), z.number().transform(String)])
  .refine((text) => text.trim() !== '' && Number.isFinite(Number(text)), 'is no number')

const action = z.object({ action_type: z.string(), value: metric })

/** What Ads Manager calls Results; one that did not happen has no `values`. */
const result = z.object({
  indicator: z.string(),
  values: each(z.object({ value: metric })).default([]),
})

/** One campaign on one day; every metric is a text, and what is zero may be missing. */
export const insightRow = z.object({
  date_start: z.iso.date(),
  campaign_id: metaId,
  campaign_name: z.string().default(''),
  account_currency: z.string(),
  spend: metric.default('0'),
  impressions: metric.default('0'),
  clicks: metric.default('0'),
  actions: each(action).default([]),
  results: each(result).default([]),
})

export type InsightRow = z.infer<typeof insightRow>

export const INSIGHT_FIELDS =
  'account_currency,campaign_id,campaign_name,spend,impressions,clicks,actions,results'

/** A report that Meta makes in its own time was begun. */
export const reportStarted = z.object({ report_run_id: metaId })

/** How such a report is getting on. */
export const reportRun = z.object({
  async_status: z.string(),
  async_percent_completion: z.number().default(0),
  error_code: z.number().optional(),
  error_subcode: z.number().optional(),
})

export type ReportRun = z.infer<typeof reportRun>
