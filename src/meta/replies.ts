import { z } from 'zod'

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

/** A page of a list; only a missing `paging.next` ends it, an empty page does not. */
export function listReply<Item extends z.ZodType>(item: Item) {
  return z
    .object({ data: z.array(item), paging })
    .transform(({ data, paging: { cursors, next } = {} }) => ({
      items: data,
      after: next === undefined ? null : (cursors?.after ?? null),
    }))
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

export const leadgenForm = z.object({
  id: metaId,
  name: z.string().default(''),
  status: z.string().default('ACTIVE'),
})

/** A lead as Meta gives it; ad fields are missing from organic leads and for some tokens. */
export const metaLead = z.object({
  id: metaId,
  created_time: z.string().optional(),
  ad_id: metaId.optional(),
  campaign_id: metaId.optional(),
  campaign_name: z.string().optional(),
  form_id: metaId.optional(),
  field_data: z
    .array(z.object({ name: z.string(), values: z.array(z.coerce.string()).default([]) }))
    .default([]),
})

export type MetaLead = z.infer<typeof metaLead>

export const LEAD_FIELDS = 'id,created_time,ad_id,campaign_id,campaign_name,form_id,field_data'

/** Answers to the calls of one batch; a part that took too long is `null`. */
export const batchReply = z.array(z.object({ code: z.number(), body: z.string() }).nullable())

const action = z.object({ action_type: z.string(), value: z.string() })

/** One campaign on one day; every metric is a text, and what is zero may be missing. */
export const insightRow = z.object({
  date_start: z.iso.date(),
  campaign_id: metaId,
  campaign_name: z.string().default(''),
  account_currency: z.string(),
  spend: z.string().default('0'),
  impressions: z.string().default('0'),
  clicks: z.string().default('0'),
  actions: z.array(action).default([]),
})

export type InsightRow = z.infer<typeof insightRow>

export const INSIGHT_FIELDS =
  'account_currency,campaign_id,campaign_name,spend,impressions,clicks,actions'
