import type { WatchSettings } from './settings.ts'

/** What one campaign cost and brought, by the days of the ad account. */
export interface CampaignNumbers {
  id: string
  name: string
  today: Spent
  /** The last three days, today included. */
  lately: Spent
  /** The last four weeks. */
  usual: Spent
}

/** Money in millionths of the account's currency. */
export interface Spent {
  spendMicros: number
  leads: number
}

/** A campaign that runs, as Meta says it. */
export interface RunningCampaign {
  id: string
  name: string
  objective: string
  /** When it begins and ends, ms; `null` where it says nothing. */
  startsAt: number | null
  endsAt: number | null
}

/** An ad account as Meta says it is. */
export interface AccountState {
  name: string
  /** Meta: ad-account, account_status. */
  status: number
  campaigns: RunningCampaign[]
}

/** What is known of a project's advertising; `null` where nothing is known now. */
export interface Numbers {
  now: number
  watch: WatchSettings
  /** `null` without an ad account, or while its numbers are too old to judge by. */
  ads: {
    currency: string
    /** Of the account's day, 0 to 23. */
    hour: number
    campaigns: CampaignNumbers[]
  } | null
  account: AccountState | null
  /** The connection that the project is read by; `null` when it has none. */
  connection: {
    name: string
    state: 'alive' | 'dead'
    problem: string | null
    expiresAt: number | null
    dataAccessExpiresAt: number | null
  } | null
  silence: {
    /** Working time since the last lead, ms. */
    lastsMs: number
    lastAt: string
    /** The longest silence that is usual, ms; `null` when there were too few leads to tell. */
    usualMs: number | null
  } | null
  /** Days of the last week of which leads that Meta has are missing here, or were not shown. */
  shortReceipts: { date: string; missing: number }[]
}
