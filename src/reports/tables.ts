import { formatPhone } from '../contact.ts'
import type { LeadData } from '../lead.ts'
import { plainText } from '../bot/texts.ts'
import type { Locale } from '../locales.ts'
import { moneyOf } from '../money.ts'
import type { InsightSums } from '../store/insights.ts'
import { totalsOf } from '../statistics.ts'

/** A report before it becomes a file: column titles and rows of texts and numbers. */
export interface Table {
  fields: string[]
  data: (string | number)[][]
}

const LEAD_COLUMNS = [
  'created',
  'name',
  'contact',
  'email',
  'status',
  'outcome',
  'source',
  'campaign',
  'manager',
  'first_response',
  'closed',
  'notes',
] as const

/** Leads, oldest first, a row each; times are of the project's timezone. */
export function leadTable(
  leads: LeadData[],
  { locale, timezone }: { locale: Locale; timezone: string },
): Table {
  const fields = LEAD_COLUMNS.map((column) => plainText(locale, `report.column.${column}`))
  const time = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'short',
    timeZone: timezone,
  })
  const at = (iso: string | null) => (iso === null ? '' : time.format(new Date(iso)))
  const data = leads.map((lead) => [
    at(lead.createdAt),
    lead.name ?? '',
    lead.phone ? formatPhone(lead.phone) : (lead.contact ?? ''),
    lead.email ?? '',
    plainText(locale, `report.status.${lead.status}`),
    lead.outcome === null ? '' : plainText(locale, `report.outcome.${lead.outcome}`),
    plainText(locale, `card.source.${lead.source}`),
    lead.campaignName ?? '',
    lead.assignee?.name ?? '',
    at(lead.firstResponseAt),
    at(lead.closedAt),
    lead.notes.map((note) => `${note.author}: ${note.text}`).join('\n'),
  ])
  return { fields, data }
}

const CAMPAIGN_COLUMNS = [
  'campaign',
  'spend',
  'currency',
  'impressions',
  'clicks',
  'leads',
  'cpl',
  'ctr',
] as const

/** What campaigns cost and brought, dearest first, the sum of all last. */
export function campaignTable(
  campaigns: (InsightSums & { name: string | null; campaignId: string })[],
  all: InsightSums,
  currency: string,
  locale: Locale,
): Table {
  const fields = CAMPAIGN_COLUMNS.map((column) => plainText(locale, `report.column.${column}`))
  const row = (name: string, sums: InsightSums) => {
    const { cpl, ctr } = totalsOf(sums, currency)
    return [
      name,
      moneyOf(sums.spendMicros, currency).amount,
      currency,
      sums.impressions,
      sums.clicks,
      sums.leads,
      cpl?.amount ?? '',
      ctr ?? '',
    ]
  }
  const data = campaigns.map((sums) => row(sums.name ?? sums.campaignId, sums))
  if (campaigns.length > 0) data.push(row(plainText(locale, 'report.total'), all))
  return { fields, data }
}
