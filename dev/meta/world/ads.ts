import { CAMPAIGN_PLANS } from './campaign-plans.ts'

/** An ad account as it is before anybody pays or blocks it. */
export interface AdAccount {
  /** Digits only; the node is `act_<id>`. */
  id: string
  name: string
  currency: 'USD' | 'JPY'
  timezone: string
}

/** What an ad costs and brings on an average day, in major units of the account's currency. */
interface Pace {
  spend: number
  cpm: number
  /** All clicks, in percent of impressions. */
  ctr: number
  /** Cost of one instant-form lead; absent for ads that open no form. */
  formLead?: number
  /** Cost of one lead on the website, counted by the pixel. */
  siteLead?: number
  /** Cost of one conversation begun in a messenger. */
  message?: number
  /** Cost of one purchase, and what people pay for it. */
  purchase?: number
  order?: number
}

/** An ad; one with a form brings leads of that form. */
export interface Ad {
  id: string
  adsetId: string
  campaignId: string
  accountId: string
  name: string
  formId?: string
  pace: Pace
}

/** An ad set: what its ads are optimised for. */
export interface AdSet {
  id: string
  campaignId: string
  accountId: string
  name: string
  goal: string
  destination?: string
}

/** The status that a campaign is given. */
export type CampaignStatus = 'ACTIVE' | 'PAUSED' | 'DELETED' | 'ARCHIVED'

/** A campaign; its age is counted from the beginning of the world. */
export interface Campaign {
  id: string
  accountId: string
  name: string
  objective: string
  /** Minor units of the account's currency, a day; absent when the ad sets hold the budgets. */
  dailyBudget?: string
  startedDaysAgo: number
  /** The status it was given, and how long before the world began. */
  ended?: { status: CampaignStatus; daysAgo: number }
}

/** The ad accounts that the person sees. */
export const ACCOUNTS: readonly AdAccount[] = [
  { id: '998877665544332', name: 'Lingua & Dent', currency: 'USD', timezone: 'Asia/Tashkent' },
  {
    id: '887766554433221',
    name: 'Lingua Los Angeles',
    currency: 'USD',
    timezone: 'America/Los_Angeles',
  },
  { id: '776655443322110', name: 'Lingua Tokyo', currency: 'JPY', timezone: 'Asia/Tokyo' },
]

/** The dataset (pixel) that takes the Conversions API's events, and the account it belongs to. */
export const DATASET = {
  id: '665544332211009',
  name: 'TargetBot CRM',
  accountId: '998877665544332',
}

// Ids of ads are longer than a double can hold exactly, as the real ones.
const BASE = 120210000000000000n
const idOf = (offset: number) => String(BASE + BigInt(offset))

const numbered = CAMPAIGN_PLANS.map((plan, index) => ({
  plan,
  campaignId: idOf(101 + index * 1000),
}))

/** All campaigns of all accounts. */
export const CAMPAIGNS: readonly Campaign[] = numbered.map(({ plan, campaignId }) => {
  const { sets: _sets, ...campaign } = plan
  return { id: campaignId, ...campaign }
})

const sets = numbered.flatMap(({ plan, campaignId }) =>
  plan.sets.map((set, index) => ({
    set,
    id: String(BigInt(campaignId) + 100n + BigInt(index)),
    campaignId,
    accountId: plan.accountId,
  })),
)

/** All ad sets. */
export const ADSETS: readonly AdSet[] = sets.map(({ set, ...place }) => {
  const { ads: _ads, ...adset } = set
  return { ...place, ...adset }
})

/** All ads. */
export const ADS: readonly Ad[] = sets.flatMap(({ set, id: adsetId, campaignId, accountId }) =>
  set.ads.map((ad, index) => ({
    id: String(BigInt(adsetId) + 100n + BigInt(index * 10)),
    adsetId,
    campaignId,
    accountId,
    ...ad,
  })),
)
