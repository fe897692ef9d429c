import type { TextKey } from '../bot/texts.ts'
import { META_SCOPES } from './oauth.ts'

/**
 * What a refusal of Meta's means to a person and what they can do, by Meta's code/subcode (Meta:
 * error-handling, error-reference).
 */
export function reasonOf(code: string): TextKey {
  const [main = '', subcode = ''] = code.split('/')
  if (main === '190' || main === '102') return SESSION_REASONS[subcode] ?? 'reason.invalid'
  const number = Number(main)
  if (number === 3 || number === 10 || (number >= 200 && number <= 299)) return 'reason.permission'
  return OTHER_REASONS[code] ?? OTHER_REASONS[main] ?? 'reason.other'
}

/** The same subcodes under 190 and 102. */
const SESSION_REASONS: Record<string, TextKey> = {
  '458': 'reason.app_removed',
  '459': 'reason.checkpoint',
  '460': 'reason.password',
  '463': 'reason.expired',
  '464': 'reason.unconfirmed',
  '467': 'reason.logged_out',
  '492': 'reason.role',
}

const OTHER_REASONS: Record<string, TextKey> = {
  '104': 'reason.app_secret',
  token_sealed: 'reason.token_sealed',
  no_token: 'reason.role',
  '100/3191001': 'reason.permission',
}

/** Everything that is checked of a connection, in the order it is shown. */
export const CHECK_NAMES = [
  'token',
  'scope',
  'data_access',
  'page_subscribed',
  'forms_readable',
  'lead_access',
  'ad_account_active',
  'insights_readable',
  'webhook_address',
  'webhook_arrives',
] as const

export type CheckName = (typeof CHECK_NAMES)[number]

/** What a check came to; what is wrong comes with a reason, as Meta names it, and with advice. */
export interface Check {
  name: CheckName
  /** What was checked: a permission, a page, an ad account. */
  target: { id: string; name: string } | null
  state: 'ok' | 'failed' | 'unknown'
  reason: string | null
  advice: TextKey | null
}

type Outcome = Pick<Check, 'state' | 'reason' | 'advice'>

export const OK: Outcome = { state: 'ok', reason: null, advice: null }

export function failed(reason: string, advice: TextKey): Outcome {
  return { state: 'failed', reason, advice }
}

/** Nobody can say now; what Meta refuses to answer for a while is no failure. */
export function unknown(reason: string, advice: TextKey): Outcome {
  return { state: 'unknown', reason, advice }
}

/** What a call that was refused says of what it was to check. */
export function refused({ kind, code }: { kind: string; code: string }, advice: TextKey): Outcome {
  if (kind === 'later' || kind === 'transient') return unknown(code, 'advice.later')
  const reason = reasonOf(code)
  return failed(code, kind === 'permission' || reason === 'reason.other' ? advice : reason)
}

/** What `debug_token` says of the permissions, and for which pages each was given. */
export interface Granted {
  scopes: string[]
  granularScopes: { scope: string; target_ids: string[] }[]
}

/** One line for every permission that is needed, and for every page that it was not given for. */
export function scopeChecks(
  { scopes, granularScopes }: Granted,
  pages: { id: string; name: string }[],
): Check[] {
  return META_SCOPES.flatMap((scope): Check[] => {
    const line = { name: 'scope', target: { id: scope, name: scope } } as const
    if (!scopes.includes(scope)) return [{ ...line, ...failed('not_granted', 'advice.scope') }]
    const ids = granularScopes.find((one) => one.scope === scope)?.target_ids ?? []
    // Given for everything when it names nothing (Meta: debug_token, granular_scopes).
    const isForPages = PAGE_SCOPES.has(scope) && ids.length > 0
    const missing = isForPages ? pages.filter(({ id }) => !ids.includes(id)) : []
    if (missing.length === 0) return [{ ...line, ...OK }]
    const names = missing.map(({ name }) => name).join(', ')
    return [
      {
        name: 'scope',
        target: { id: scope, name: `${scope}: ${names}` },
        ...failed('not_for_every_page', 'advice.scope_page'),
      },
    ]
  })
}

const PAGE_SCOPES = new Set<string>([
  'leads_retrieval',
  'pages_show_list',
  'pages_read_engagement',
  'pages_manage_metadata',
  'pages_manage_ads',
])

/** Whether Meta still gives the data of the person, who has to be seen every ninety days. */
export function dataAccessCheck(expiresAt: number | null, now: number): Outcome {
  return expiresAt === null || expiresAt > now ? OK : failed('data_access_expired', 'advice.data')
}

/** Whether an ad account can deliver (Meta: ad-account, account_status). */
export function accountCheck(status: number | undefined): Outcome {
  if (status === undefined) return unknown('no_status', 'advice.later')
  const advice = ACCOUNT_ADVICE[status]
  if (DELIVERING.has(status)) return OK
  return failed(`account_status ${status}`, advice ?? 'advice.account_disabled')
}

/** Accounts that can deliver (Meta: ad-account, account_status): active, settling, in grace. */
export const DELIVERING = new Set([1, 8, 9])

const ACCOUNT_ADVICE: Record<number, TextKey> = {
  2: 'advice.account_disabled',
  3: 'advice.account_unpaid',
  7: 'advice.account_review',
  100: 'advice.account_closed',
  101: 'advice.account_closed',
}

/** Where the app's news of pages go, and whether leads are among them. */
export function addressCheck(
  subscriptions: { object: string; callback_url: string; active: boolean; fields: string[] }[],
  ours: string | null,
): Outcome {
  const page = subscriptions.find(({ object }) => object === 'page')
  if (!page) return failed('no_subscription', 'advice.webhook_address')
  if (!page.active) return failed('inactive', 'advice.webhook_address')
  if (!page.fields.includes('leadgen')) return failed('no_leadgen', 'advice.webhook_address')
  const isElsewhere = ours !== null && page.callback_url !== `${ours}/meta/webhook`
  return isElsewhere ? failed('elsewhere', 'advice.webhook_address') : OK
}

/** Why a person's leads cannot be read, by what Meta says of the page's Leads Access Manager. */
export function leadAccessAdvice(access: {
  enabled_lead_access_manager: boolean
  user_has_leads_permission: boolean
  app_has_leads_permission: boolean
}): TextKey {
  if (!access.user_has_leads_permission) return 'advice.leads_access_person'
  return access.app_has_leads_permission ? 'advice.lead_access' : 'advice.leads_access_app'
}

/** Meta says that a lead may be told of minutes after it was left (Meta: webhooks for leads). */
const TEST_LEAD_LATE_MS = 5 * 60_000

/** So long a test lead that arrived proves that others do. */
const TEST_LEAD_PROOF_MS = 86_400_000

/** What is to be done about the one test lead that a form may have. */
export function testLeadMove(
  lead: { createdAt: number; isHeard: boolean } | null,
  now: number,
): 'make' | 'remake' | 'wait' | 'proven' {
  if (lead === null) return 'make'
  const age = now - lead.createdAt
  if (lead.isHeard) return age < TEST_LEAD_PROOF_MS ? 'proven' : 'remake'
  return age < TEST_LEAD_LATE_MS ? 'wait' : 'remake'
}
