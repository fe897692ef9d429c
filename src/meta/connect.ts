import type { MetaSettings } from '../settings.ts'
import { startOnce } from '../start-once.ts'
import { findConnection } from '../store/connections.ts'
import {
  findProject,
  FIRST_PROJECT_ID,
  listProjects,
  type Project,
  updateProject,
} from '../store/projects.ts'
import { connectionOf } from '../stubs.ts'
import { RESTATED_DAYS, startAggregation } from './aggregate.ts'
import type { MetaAnswer } from './answer.ts'
import { callGraph, type GraphResult } from './graph.ts'
import { debugToken, exchangeCode, exchangeToken, SYSTEM_USER } from './oauth.ts'
import { debugReply, meReply, tokenReply } from './replies.ts'
import { isExchangeDue } from './token-life.ts'

type Connected = MetaAnswer<{ connectionId: string }>

/**
 * Makes a connection of a code that Meta's dialog gave: the long-lived token goes to the Connection
 * of its user, and projects that wait for its ad accounts are served.
 */
export async function connect(
  env: Env,
  meta: MetaSettings,
  { code, redirectUri, publicUrl }: { code: string; redirectUri: string; publicUrl: string },
): Promise<Connected> {
  const short = tokenOf(await exchangeCode(meta, code, redirectUri))
  if (!short.ok) return short
  const long = tokenOf(await exchangeToken(meta, short.value))
  if (!long.ok) return long
  return adopt(env, meta, long.value, publicUrl)
}

/**
 * Makes a connection of a token that somebody has made at Meta: a system user's, or a person's. What
 * it is Meta says; one that ends soon is exchanged first.
 */
export async function connectToken(
  env: Env,
  meta: MetaSettings,
  { token, publicUrl }: { token: string; publicUrl: string },
): Promise<Connected> {
  const result = await debugToken(meta, token)
  if (!result.ok) return appFailureOf(result)
  const reply = debugReply.safeParse(result.body)
  if (!reply.success) return UNEXPECTED
  const { is_valid: isValid, app_id: appId, type, expires_at: expiresAt, error } = reply.data.data
  if (!isValid) {
    const code = [error?.code ?? 190, error?.subcode].filter(Boolean).join('/')
    return { ok: false, kind: 'dead', code }
  }
  if (appId !== undefined && appId !== meta.appId) return refusal('other_app')
  if (!TYPES.has(type)) return refusal('wrong_type')
  const isShort = type !== SYSTEM_USER && isExchangeDue(expiresAt, Date.now())
  const long = isShort ? tokenOf(await exchangeToken(meta, token)) : null
  // What Meta does not exchange is good all the same, until it ends.
  return adopt(env, meta, long?.ok ? long.value : token, publicUrl)
}

/** Tokens of people and of system users open pages and ad accounts; a page's or the app's do not. */
const TYPES = new Set(['USER', SYSTEM_USER])

async function adopt(
  env: Env,
  meta: MetaSettings,
  token: string,
  publicUrl: string,
): Promise<Connected> {
  const me = await callGraph(meta, { path: 'me', params: { fields: 'id,name' }, token })
  if (!me.ok) return failureOf(me)
  const user = meReply.safeParse(me.body)
  if (!user.success) return UNEXPECTED
  const connectionId = user.data.id
  const adopted = await connectionOf(env, connectionId).adopt(token, publicUrl)
  if (!adopted.ok) return adopted
  await serveProjects(env, connectionId, adopted.value.adAccounts)
  await giveFirst(env, connectionId, adopted.value.adAccounts)
  return { ok: true, value: { connectionId } }
}

const UNEXPECTED = { ok: false, kind: 'ours', code: 'unexpected_reply' } as const

/** Asked about a token as the app: what is refused then is the app's own id and secret. */
function appFailureOf(result: Extract<GraphResult, { ok: false }>): MetaAnswer<never> {
  const failure = failureOf(result)
  return failure.ok || failure.kind === 'transient' ? failure : APP_REFUSED
}

/** Meta refuses the app itself. */
export const APP_REFUSED = { ok: false, kind: 'ours', code: 'app_refused' } as const

function refusal(code: 'other_app' | 'wrong_type') {
  return { ok: false, kind: 'permission', code } as const
}

function tokenOf(result: GraphResult): MetaAnswer<string> {
  if (!result.ok) return failureOf(result)
  const reply = tokenReply.safeParse(result.body)
  return reply.success ? { ok: true, value: reply.data.access_token } : UNEXPECTED
}

function failureOf({ trouble }: Extract<GraphResult, { ok: false }>): MetaAnswer<never> {
  const { kind, code } = trouble
  return { ok: false, kind: kind === 'throttled' ? 'transient' : kind, code }
}

interface Account {
  id: string
  currency: string
  timezone: string
}

/**
 * Serves the projects whose ad account is among these when nobody alive does, and has their numbers
 * read. A project keeps the account it has: it is never given another by somebody who merely connects.
 */
export async function serveProjects(
  env: Env,
  connectionId: string,
  accounts: Account[],
): Promise<void> {
  for (const project of await listProjects(env.DB)) {
    const account = accounts.find(({ id }) => id === project.adAccountId)
    if (account) await serve(env, project, connectionId, account)
  }
}

/** The first project, while it has no ad account, is given the first that can deliver. */
async function giveFirst(env: Env, connectionId: string, accounts: Account[]): Promise<void> {
  const project = await findProject(env.DB, FIRST_PROJECT_ID)
  const [account] = accounts
  if (project?.adAccountId === null && account) await serve(env, project, connectionId, account)
}

async function serve(
  env: Env,
  project: Project,
  connectionId: string,
  account: Account,
): Promise<void> {
  if (!(await isFree(env, project, connectionId))) return
  await updateProject(env.DB, project.id, {
    connectionId,
    adAccountId: account.id,
    currency: account.currency,
    accountTimezone: account.timezone,
  })
  await startAggregation(env, project.id, { days: RESTATED_DAYS }, Date.now())
}

/** Whether nobody alive serves a project. */
async function isFree(env: Env, project: Project, connectionId: string): Promise<boolean> {
  if (project.connectionId === connectionId) return project.adAccountId === null
  if (project.connectionId === null) return true
  const present = await findConnection(env.DB, project.connectionId)
  return present?.state !== 'alive'
}

/** Reads what a connection missed while nobody could be asked: numbers, and leads of its pages. */
export async function catchUp(
  env: Env,
  { connectionId, pageIds, now }: { connectionId: string; pageIds: string[]; now: number },
): Promise<void> {
  const projects = (await listProjects(env.DB)).filter(
    (project) => project.connectionId === connectionId && project.adAccountId !== null,
  )
  const minute = Math.floor(now / 60_000)
  await Promise.all([
    ...projects.map(({ id }) => startAggregation(env, id, { days: RESTATED_DAYS }, now)),
    ...pageIds.map((pageId) =>
      startOnce(env.RECONCILE_LEADS, `reconcile_${pageId}_back_${minute}`, { pageId, days: 1 }),
    ),
  ])
}
