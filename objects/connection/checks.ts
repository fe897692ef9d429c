import { z } from 'zod'
import type { MetaAnswer } from '../../src/meta/answer.ts'
import {
  accountCheck,
  addressCheck,
  type Check,
  dataAccessCheck,
  failed,
  leadAccessAdvice,
  OK,
  refused,
  scopeChecks,
  testLeadMove,
  unknown,
} from '../../src/meta/access.ts'
import { listSubscriptions } from '../../src/meta/oauth.ts'
import * as replies from '../../src/meta/replies.ts'
import type { MetaSettings } from '../../src/settings.ts'
import { isSubscribed } from './discover.ts'
import type { Caller, Door } from './door.ts'
import { listForms } from './forms.ts'

type Named = { id: string; name: string }
type Outcome = Pick<Check, 'state' | 'reason' | 'advice'>

export interface ChecksDeps {
  door: Door
  meta: MetaSettings
  debug: MetaAnswer<z.infer<typeof replies.debugReply>['data']>
  pages: Named[]
  accounts: Named[]
  /** The Worker's own address; `null`: not known. */
  publicUrl: string | null
  /** Whether a lead may be left in a form to see whether it is told of. */
  mayTest: boolean
  /** Whether a page was told of a lead, by now or within `ms`. */
  hears: (pageId: string, leadgenId: string, ms: number) => Promise<boolean>
}

/** So many pages are asked about at once. */
const TOGETHER = 4

/** So long somebody waits for a test lead to arrive; it may take minutes, and is looked for again. */
const HEAR_MS = 8_000

/** Tries everything that a connection is for, once; a token that is dead leaves nothing to try. */
export async function runChecks(deps: ChecksDeps): Promise<Check[]> {
  const { debug } = deps
  // The app's own id and secret were refused, unless the token could not even be opened.
  const isOurs = !debug.ok && debug.kind === 'ours' && debug.code !== 'token_sealed'
  const token = isOurs ? failed(debug.code, 'reason.app_secret') : outcomeOf(debug, 'reason.other')
  const address = await checkAddress(deps)
  const first: Check = { name: 'token', target: null, ...token }
  if (!debug.ok) return [first, address]
  const { scopes, granular_scopes: granularScopes, data_access_expires_at: dataUntil } = debug.value
  const pages = await inTurns(deps.pages, (page) => checkPage(deps, page))
  const accounts = await inTurns(deps.accounts, (account) => checkAccount(deps, account))
  return [
    first,
    ...scopeChecks({ scopes, granularScopes }, deps.pages),
    { name: 'data_access', target: null, ...dataAccessCheck(dataUntil, Date.now()) },
    ...pages.flatMap(({ checks }) => checks),
    ...accounts.flat(),
    address,
    await checkArrival(deps, pages),
  ]
}

function outcomeOf(answer: MetaAnswer<unknown>, advice: Check['advice'] & string): Outcome {
  return answer.ok ? OK : refused(answer, advice)
}

async function inTurns<Item, Result>(
  items: Item[],
  check: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let n = 0; n < items.length; n += TOGETHER) {
    results.push(...(await Promise.all(items.slice(n, n + TOGETHER).map(check))))
  }
  return results
}

const subscriptions = z.object({
  data: z.array(
    z.object({
      object: z.string(),
      callback_url: z.string().default(''),
      active: z.boolean().default(true),
      fields: z.array(z.object({ name: z.string() })).default([]),
    }),
  ),
})

async function checkAddress({ meta, publicUrl }: ChecksDeps): Promise<Check> {
  const line = { name: 'webhook_address', target: null } as const
  const result = await listSubscriptions(meta)
  if (!result.ok) return { ...line, ...refused(result.trouble, 'reason.app_secret') }
  const reply = subscriptions.safeParse(result.body)
  if (!reply.success) return { ...line, ...unknown('unexpected_reply', 'advice.later') }
  const all = reply.data.data.map((one) => ({ ...one, fields: one.fields.map(({ name }) => name) }))
  return { ...line, ...addressCheck(all, publicUrl) }
}

/** A page, and a form of it that people fill in. */
interface CheckedPage {
  checks: Check[]
  page: Named
  formId: string | null
}

async function checkPage(deps: ChecksDeps, page: Named): Promise<CheckedPage> {
  const { door } = deps
  const target = { id: page.id, name: page.name }
  const subscribed = await checkSubscribed(deps, page.id)
  const forms = await listForms(door, page.id)
  const formId = forms.ok
    ? (forms.value.find(({ status }) => status === 'ACTIVE')?.id ?? null)
    : null
  const readable = forms.ok && formId === null ? unknown('no_forms', 'advice.no_forms') : null
  const checks: Check[] = [
    { name: 'page_subscribed', target, ...subscribed },
    { name: 'forms_readable', target, ...(readable ?? outcomeOf(forms, 'advice.forms')) },
  ]
  if (formId !== null) {
    checks.push({ name: 'lead_access', target, ...(await checkLeads(door, page.id, formId)) })
  }
  return { checks, page, formId }
}

async function checkSubscribed({ door, meta }: ChecksDeps, pageId: string): Promise<Outcome> {
  const isTold = await isSubscribed(door, pageId, meta.appId)
  if (!isTold.ok) return refused(isTold, 'advice.page_subscribed')
  return isTold.value ? OK : failed('not_subscribed', 'advice.page_subscribed')
}

const leadAccess = z.object({
  has_lead_access: z.object({
    enabled_lead_access_manager: z.boolean().default(false),
    user_has_leads_permission: z.boolean().default(true),
    app_has_leads_permission: z.boolean().default(true),
  }),
})

/** Reads a lead, and asks the page who may when it is refused. */
async function checkLeads(door: Door, pageId: string, formId: string): Promise<Outcome> {
  const caller = callerOf(pageId)
  const leads = await door.call(replies.listReply(z.unknown()), caller, pageId, {
    path: `${formId}/leads`,
    params: { fields: 'id', limit: '1' },
  })
  if (leads.ok || (leads.kind !== 'permission' && leads.kind !== 'gone')) {
    return outcomeOf(leads, 'advice.lead_access')
  }
  const params = { fields: 'has_lead_access' }
  const access = await door.call(leadAccess, caller, pageId, { path: pageId, params })
  const advice = access.ok ? leadAccessAdvice(access.value.has_lead_access) : 'advice.lead_access'
  return failed(leads.code, advice)
}

const account = z.object({ account_status: z.number().optional() })

async function checkAccount({ door }: ChecksDeps, { id, name }: Named): Promise<Check[]> {
  const target = { id, name }
  const path = `act_${id}`
  const params = { fields: 'account_status' }
  const read = await door.call(account, 'user', id, { path, params })
  const active = read.ok
    ? accountCheck(read.value.account_status)
    : refused(read, 'advice.ad_account')
  const insights = await door.call(replies.listReply(z.unknown()), 'user', id, {
    path: `${path}/insights`,
    params: { fields: 'spend', date_preset: 'today', limit: '1' },
  })
  return [
    { name: 'ad_account_active', target, ...active },
    { name: 'insights_readable', target, ...outcomeOf(insights, 'advice.ad_account') },
  ]
}

const testLead = z.object({ id: replies.metaId, created_time: z.string().default('') })

/** Whether news of a lead arrive: proven by the test lead of the first form that can have one. */
async function checkArrival(deps: ChecksDeps, pages: CheckedPage[]): Promise<Check> {
  const name = 'webhook_arrives'
  const found = pages.find(({ formId }) => formId !== null)
  if (!found?.formId) {
    return { name, target: null, ...unknown('no_forms', 'advice.no_forms') }
  }
  const { page, formId } = found
  return {
    name,
    target: { id: page.id, name: page.name },
    ...(await arrival(deps, page.id, formId)),
  }
}

async function arrival(deps: ChecksDeps, pageId: string, formId: string): Promise<Outcome> {
  const { door, mayTest, hears } = deps
  const path = `${formId}/test_leads`
  const params = { fields: 'id,created_time' }
  const listed = await door.call(replies.listReply(testLead), callerOf(pageId), pageId, {
    path,
    params,
  })
  if (!listed.ok) return refused(listed, 'advice.lead_access')
  const [last] = listed.value.items
  const isHeard = last !== undefined && (await hears(pageId, last.id, 0))
  const createdAt = Date.parse(last?.created_time ?? '') || 0
  const move = testLeadMove(last ? { createdAt, isHeard } : null, Date.now())
  if (move === 'proven') return OK
  const wasLost = move === 'remake' && !isHeard
  if (!mayTest && move !== 'wait') return wasLost ? LOST : unknown('not_tried', 'advice.test_lead')
  const made = move === 'wait' && last ? { ok: true as const, value: last } : null
  const lead = made ?? (await makeTestLead(door, pageId, path, last?.id ?? null))
  if (!lead.ok) return refused(lead, 'advice.lead_access')
  if (await hears(pageId, lead.value.id, HEAR_MS)) return OK
  return wasLost ? LOST : unknown('not_yet', 'advice.webhook_wait')
}

const LOST = failed('not_heard', 'advice.webhook_arrives')

/** A form has one test lead at a time: the one before goes first. */
async function makeTestLead(
  door: Door,
  pageId: string,
  path: string,
  before: string | null,
): Promise<MetaAnswer<{ id: string }>> {
  const caller = callerOf(pageId)
  if (before !== null) {
    const gone = await door.call(z.unknown(), caller, pageId, { path: before, method: 'DELETE' })
    if (!gone.ok && gone.kind !== 'gone') return gone
  }
  return door.call(z.object({ id: replies.metaId }), caller, pageId, { path, method: 'POST' })
}

function callerOf(pageId: string): Caller {
  return `page:${pageId}`
}
