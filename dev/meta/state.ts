import { z } from 'zod'

// Everything that outlives a restart. What can be computed again (the seeded leads, the numbers of
// the campaigns) is not here: it follows from `seed` and `bornAt`.

const token = z.object({
  value: z.string(),
  kind: z.enum(['user', 'page', 'system_user']),
  userId: z.string(),
  pageId: z.string().nullable(),
  /** The user token that a page token was asked with. */
  parent: z.string().nullable(),
  lasting: z.enum(['short', 'long']),
  /** Epoch seconds; 0 is never. */
  issuedAt: z.number(),
  expiresAt: z.number(),
  death: z.object({ code: z.number(), subcode: z.number().exactOptional() }).nullable(),
})

const code = z.object({
  value: z.string(),
  userId: z.string(),
  redirectUri: z.string(),
  expiresAt: z.number(),
  used: z.boolean(),
})

const grant = z.object({
  granted: z.array(z.string()),
  declined: z.array(z.string()),
  /** Epoch seconds; 0 is never. */
  dataAccessExpiresAt: z.number(),
})

const lead = z.object({
  id: z.string(),
  formId: z.string(),
  adId: z.string().nullable(),
  /** Epoch seconds. */
  createdAt: z.number(),
  platform: z.enum(['fb', 'ig']),
  test: z.boolean(),
  /** The day in the ad account's calendar on which the ad was seen: Insights count the lead there. */
  impressionDate: z.string().nullable(),
  answers: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  disclaimers: z.array(z.object({ checkbox_key: z.string(), is_checked: z.string() })),
})

const delivery = z.object({
  id: z.string(),
  body: z.string(),
  signature: z.enum(['right', 'wrong', 'missing']),
  leadIds: z.array(z.string()),
  attempts: z.number(),
  /** Epoch milliseconds. */
  queuedAt: z.number(),
  dueAt: z.number(),
  status: z.enum(['pending', 'accepted', 'dropped']),
  lastAnswer: z.string().nullable(),
})

const subscription = z.object({
  callbackUrl: z.string(),
  verifyToken: z.string(),
  fields: z.array(z.string()),
  includeValues: z.boolean(),
})

const reportOutcome = z.enum(['completes', 'fails', 'too_large', 'skips', 'stalls'])

const report = z.object({
  id: z.string(),
  accountId: z.string(),
  nodeId: z.string(),
  params: z.record(z.string(), z.string()),
  createdAt: z.number(),
  durationMs: z.number(),
  outcome: reportOutcome,
  /** How many more times it is answered as missing, right after its creation. */
  hiddenFor: z.number(),
})

const NUMBER_KEYS = [
  'spend',
  'impressions',
  'clicks',
  'linkClicks',
  'reach',
  'formLeads',
  'siteLeads',
  'messages',
  'purchases',
  'purchaseValue',
] as const

/** The state as it is kept. */
export const stateSchema = z.object({
  seed: z.number(),
  bornAt: z.number(),
  counters: z.record(z.string(), z.number()),
  tokens: z.array(token),
  codes: z.array(code),
  grants: z.record(z.string(), grant),
  lostRoles: z.array(z.string()),
  exchange: z.object({
    mode: z.enum(['extends', 'same_expiry', 'refuses']),
    tellsExpiry: z.boolean(),
  }),
  subscription: subscription.nullable(),
  pageSubscriptions: z.record(z.string(), z.array(z.string())),
  leads: z.array(lead),
  deletedLeads: z.array(z.string()),
  deliveries: z.array(delivery),
  campaignMoves: z.array(
    z.object({
      campaignId: z.string(),
      at: z.number(),
      status: z.enum(['ACTIVE', 'PAUSED', 'DELETED', 'ARCHIVED']),
    }),
  ),
  accountChanges: z.record(
    z.string(),
    z.object({
      account_status: z.number().exactOptional(),
      disable_reason: z.number().exactOptional(),
      balance: z.string().exactOptional(),
      spend_cap: z.string().exactOptional(),
      paymentMethod: z.boolean().exactOptional(),
    }),
  ),
  insights: z.object({
    /** Exact numbers of one ad on one date, keyed `adId|date`. */
    days: z.record(z.string(), z.partialRecord(z.enum(NUMBER_KEYS), z.number())),
    /** Factors by which Meta changed its mind about a date's leads. */
    restatements: z.record(z.string(), z.number()),
    fractional: z.boolean(),
    /** Sync requests that cover more days are refused as too much data. */
    maxDays: z.number().nullable(),
    /** So are those with a larger `limit`. */
    maxLimit: z.number().nullable(),
  }),
  reports: z.array(report),
  nextReports: z.array(
    z.object({
      durationMs: z.number().exactOptional(),
      outcome: reportOutcome.exactOptional(),
      hiddenFor: z.number().exactOptional(),
    }),
  ),
})

/** What the stand-in remembers. */
export type State = z.infer<typeof stateSchema>
/** A token of a user, a page or a system user. */
export type Token = z.infer<typeof token>
/** What a user allowed the app. */
export type Grant = z.infer<typeof grant>
/** A form that was sent. */
export type Lead = z.infer<typeof lead>
/** A notification, with how far its delivery got. */
export type Delivery = z.infer<typeof delivery>
/** The callback of the app. */
export type Subscription = z.infer<typeof subscription>
/** A report run of Insights. */
export type Report = z.infer<typeof report>
/** What an ad cost and brought; `reach` is of people, everything else adds up. */
export type DayNumbers = Record<(typeof NUMBER_KEYS)[number], number>

/** The sum over some ads and days. */
export function sumOf(days: readonly DayNumbers[]): DayNumbers {
  const total: DayNumbers = {
    spend: 0,
    impressions: 0,
    clicks: 0,
    linkClicks: 0,
    reach: 0,
    formLeads: 0,
    siteLeads: 0,
    messages: 0,
    purchases: 0,
    purchaseValue: 0,
  }
  for (const numbers of days) for (const key of NUMBER_KEYS) total[key] += numbers[key]
  return total
}

/** The world on its first day: nobody has connected, nothing was submitted by hand. */
export function newState(seed: number, bornAt: number): State {
  return {
    seed,
    bornAt,
    counters: {},
    tokens: [],
    codes: [],
    grants: {},
    lostRoles: [],
    exchange: { mode: 'extends', tellsExpiry: true },
    subscription: null,
    pageSubscriptions: {},
    leads: [],
    deletedLeads: [],
    deliveries: [],
    campaignMoves: [],
    accountChanges: {},
    insights: { days: {}, restatements: {}, fractional: false, maxDays: null, maxLimit: null },
    reports: [],
    nextReports: [],
  }
}
