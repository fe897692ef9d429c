import { microsOf, moneyOf } from '../money.ts'
import { daysLeft } from '../meta/token-life.ts'
import type { Facts, ShownAlert } from './alert.ts'
import type { AlertKind } from './kinds.ts'
import type { AccountState, CampaignNumbers, Numbers, Spent } from './numbers.ts'

/** Something at its edge or beyond it. What a judgement does not name is back behind the edge. */
export interface Finding {
  subject: string
  side: 'on' | 'keep'
  facts: Facts
  campaigns: ShownAlert['campaigns']
}

/** `unknown`: nothing can be said now, and what was so stays so. `unwatched`: nobody asks. */
export type Judgement = Finding[] | 'unknown' | 'unwatched'

/** What the numbers say of a kind. */
export function judge(kind: AlertKind, numbers: Numbers): Judgement {
  return numbers.watch.off.includes(kind) ? 'unwatched' : RULES[kind](numbers)
}

const RULES = {
  cpl: judgeCpl,
  barren: judgeBarren,
  no_spend: judgeNoSpend,
  account_stopped: judgeStopped,
  account_unpaid: judgeUnpaid,
  token: judgeToken,
  no_leads: judgeSilence,
  short_receipt: judgeReceipts,
} as const satisfies Record<AlertKind, (numbers: Numbers) => Judgement>

/** Where three leads were to be expected, none comes by chance once in twenty times. */
const LEADS_EXPECTED = 3

/** What was too dear is dear no more once it costs this much of what it may. */
const WELL_BELOW = 0.9

/** What rose on enough spending does not fall by spending a little less. */
const STILL_ENOUGH = 0.5

/** So many of the dearest campaigns can be paused below an alert. */
const MAX_CAMPAIGNS = 3

/** Meta: ad-campaign-group, objective: what these campaigns are paid for is leads. */
const FOR_LEADS = new Set(['OUTCOME_LEADS', 'LEAD_GENERATION'])

/** Without those that run for something else: of ones that run no more nobody says what they were for. */
function forLeads(campaigns: CampaignNumbers[], account: AccountState): CampaignNumbers[] {
  const others = account.campaigns.filter(({ objective }) => !FOR_LEADS.has(objective))
  const ids = new Set(others.map(({ id }) => id))
  return campaigns.filter(({ id }) => !ids.has(id))
}

function sumOf(campaigns: CampaignNumbers[], when: 'today' | 'lately' | 'usual'): Spent {
  return {
    spendMicros: campaigns.reduce((sum, one) => sum + one[when].spendMicros, 0),
    leads: campaigns.reduce((sum, one) => sum + one[when].leads, 0),
  }
}

/** A lead of the last three days costs more than it may, by spending that says something. */
function judgeCpl({ ads, account, watch }: Numbers): Judgement {
  if (watch.targetCpl === null) return 'unwatched'
  if (!ads || !account) return 'unknown'
  const target = microsOf(watch.targetCpl)
  const campaigns = forLeads(ads.campaigns, account)
  const lately = sumOf(campaigns, 'lately')
  const { spendMicros, leads } = lately
  const enough = LEADS_EXPECTED * target
  if (spendMicros < enough * STILL_ENOUGH) return []
  // Without any lead there is no cost of one: that is spending without leads.
  if (leads === 0 || spendMicros < enough) return [keep()]
  const cpl = costOf(lately)
  if (cpl <= target * WELL_BELOW) return []
  if (cpl <= target) return [keep()]
  const facts = {
    cpl: moneyOf(cpl, ads.currency),
    target: moneyOf(target, ads.currency),
    spend: moneyOf(spendMicros, ads.currency),
    leads: rounded(leads),
  }
  return [{ subject: '', side: 'on', facts, campaigns: dearest(campaigns, target) }]
}

/** Those that cost more than they may, the dearest by what they spent too much. */
function dearest(campaigns: CampaignNumbers[], target: number): ShownAlert['campaigns'] {
  const wasted = ({ lately }: CampaignNumbers) => lately.spendMicros - lately.leads * target
  return campaigns
    .filter((one) => wasted(one) > 0 && one.today.spendMicros > 0)
    .sort((a, b) => wasted(b) - wasted(a))
    .slice(0, MAX_CAMPAIGNS)
    .map(({ id, name }) => ({ id, name }))
}

/** A campaign for leads runs, and has spent for three days without bringing one. */
function judgeBarren({ ads, account, watch }: Numbers): Judgement {
  if (!ads || !account) return 'unknown'
  const limit = limitOf(watch, sumOf(forLeads(ads.campaigns, account), 'usual'))
  if (limit === null) return 'unwatched'
  const running = new Set(
    account.campaigns.filter(({ objective }) => FOR_LEADS.has(objective)).map(({ id }) => id),
  )
  return ads.campaigns
    .filter(({ id, lately }) => running.has(id) && lately.leads === 0 && lately.spendMicros > 0)
    .map(({ id, name, lately: { spendMicros } }): Finding => {
      if (spendMicros < limit) return keep(id)
      const facts = { campaign: name, spend: moneyOf(spendMicros, ads.currency) }
      return { subject: id, side: 'on', facts, campaigns: [{ id, name }] }
    })
}

/** What may be spent without a lead: as it was set, or by what a lead may cost or usually does. */
function limitOf({ spendWithoutLeads, targetCpl }: Numbers['watch'], usual: Spent): number | null {
  if (spendWithoutLeads !== null) return microsOf(spendWithoutLeads)
  if (targetCpl !== null) return LEADS_EXPECTED * microsOf(targetCpl)
  return usual.leads > 0 ? LEADS_EXPECTED * costOf(usual) : null
}

/** Meta: ad-account, account_status: only these deliver. */
const DELIVERING = new Set([1, 8, 9])

/** By this hour of the account's day whatever runs has spent something, and Meta has said so. */
const SPENT_BY_HOUR = 10

/** A campaign that has just begun is still being reviewed. */
const REVIEWED_WITHIN_MS = 24 * 3_600_000

/** Campaigns run, the account may deliver, and yet nothing was spent today. */
function judgeNoSpend({ ads, account, now }: Numbers): Judgement {
  if (!ads || !account) return 'unknown'
  if (sumOf(ads.campaigns, 'today').spendMicros > 0) return []
  const running = account.campaigns.filter(
    ({ startsAt, endsAt }) =>
      (startsAt === null || startsAt <= now - REVIEWED_WITHIN_MS) &&
      (endsAt === null || endsAt > now),
  )
  if (running.length === 0) return []
  // That the account is stopped is told by itself; and a day that has just begun says nothing.
  if (!DELIVERING.has(account.status) || ads.hour < SPENT_BY_HOUR) return [keep()]
  const facts = { count: running.length, account: account.name }
  return [{ subject: '', side: 'on', facts, campaigns: [] }]
}

const IN_GRACE = 9
const PENDING_SETTLEMENT = 8

/** The account delivers nothing: disabled, unsettled, under review or closed. */
function judgeStopped({ account }: Numbers): Judgement {
  if (!account) return 'unknown'
  if (DELIVERING.has(account.status)) return []
  const facts = { account: account.name, status: account.status }
  return [{ subject: '', side: 'on', facts, campaigns: [] }]
}

/** A bill was not paid, and Meta waits a few days before it stops the account. */
function judgeUnpaid({ account }: Numbers): Judgement {
  if (!account) return 'unknown'
  const { status, name } = account
  if (status === IN_GRACE) {
    return [{ subject: '', side: 'on', facts: { account: name }, campaigns: [] }]
  }
  // It is not paid by being stopped, nor while the payment is on its way.
  return status === PENDING_SETTLEMENT || !DELIVERING.has(status) ? [keep()] : []
}

/** From here on the connection warns the admins. */
const ENDS_SOON_DAYS = 14

/** The token is dead, or ends within the days in which the admins are warned. */
function judgeToken({ connection, now }: Numbers): Judgement {
  if (!connection) return 'unwatched'
  const { name, state, problem, expiresAt, dataAccessExpiresAt } = connection
  const left = [expiresAt, dataAccessExpiresAt]
    .map((at) => daysLeft(at, now))
    .filter((days) => days !== null)
  const days = Math.min(...left)
  if (state === 'alive' && days > ENDS_SOON_DAYS) return []
  const facts = {
    connection: name,
    state,
    ...(problem === null ? {} : { problem }),
    ...(Number.isFinite(days) ? { days } : {}),
  }
  return [{ subject: '', side: 'on', facts, campaigns: [] }]
}

/** No lead has come for longer than is usual here. */
function judgeSilence({ silence }: Numbers): Judgement {
  if (!silence) return 'unknown'
  const { lastsMs, lastAt, usualMs } = silence
  if (usualMs === null) return 'unknown'
  if (lastsMs < usualMs / 2) return []
  if (lastsMs < usualMs) return [keep()]
  const facts = { lastAt, usualMinutes: Math.round(usualMs / 60_000) }
  return [{ subject: '', side: 'on', facts, campaigns: [] }]
}

/** Leads that Meta has are missing here, or no manager has seen them. */
function judgeReceipts({ shortReceipts }: Numbers): Judgement {
  if (shortReceipts.length === 0) return []
  const missing = shortReceipts.reduce((sum, receipt) => sum + receipt.missing, 0)
  const dates = shortReceipts.map(({ date }) => date).sort()
  const facts = { missing, from: dates[0] ?? '', to: dates.at(-1) ?? '' }
  return [{ subject: '', side: 'on', facts, campaigns: [] }]
}

function costOf({ spendMicros, leads }: Spent): number {
  return spendMicros / leads
}

function keep(subject = ''): Finding {
  return { subject, side: 'keep', facts: {}, campaigns: [] }
}

/** Meta counts some leads in part. */
function rounded(leads: number): number {
  return Math.round(leads * 100) / 100
}
