import type { MetaSettings } from '../settings.ts'
import { findConnection } from '../store/connections.ts'
import { findProject, FIRST_PROJECT_ID, updateProject } from '../store/projects.ts'
import { connectionOf } from '../stubs.ts'
import { RESTATED_DAYS, startAggregation } from './aggregate.ts'
import type { MetaAnswer } from './answer.ts'
import { callGraph, type GraphResult } from './graph.ts'
import { exchangeCode, exchangeToken } from './oauth.ts'
import { meReply, tokenReply } from './replies.ts'

/**
 * Makes a connection of a code that Meta's dialog gave: the long-lived token goes to the Connection
 * of its user, and the first project gets an ad account when it has none.
 */
export async function connect(
  env: Env,
  meta: MetaSettings,
  { code, redirectUri }: { code: string; redirectUri: string },
): Promise<MetaAnswer<{ connectionId: string }>> {
  const short = tokenOf(await exchangeCode(meta, code, redirectUri))
  if (!short.ok) return short
  const long = tokenOf(await exchangeToken(meta, short.value))
  if (!long.ok) return long
  const me = await callGraph(meta, { path: 'me', params: { fields: 'id,name' }, token: long.value })
  if (!me.ok) return failureOf(me)
  const user = meReply.safeParse(me.body)
  if (!user.success) return UNEXPECTED
  const connectionId = user.data.id
  const adopted = await connectionOf(env, connectionId).adopt(long.value)
  if (!adopted.ok) return adopted
  await giveAccount(env, connectionId, adopted.value.adAccounts)
  return { ok: true, value: { connectionId } }
}

const UNEXPECTED = { ok: false, kind: 'ours', code: 'unexpected_reply' } as const

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
 * A project keeps the account it has: it is never given another by somebody who merely connects.
 * Whoever opens it serves it when nobody alive does.
 */
async function giveAccount(env: Env, connectionId: string, accounts: Account[]): Promise<void> {
  const project = await findProject(env.DB, FIRST_PROJECT_ID)
  if (!project) return
  const present = project.connectionId ? await findConnection(env.DB, project.connectionId) : null
  const isServed = present?.state === 'alive' && present.id !== connectionId
  if (isServed) return
  const { adAccountId } = project
  const account = adAccountId === null ? accounts[0] : accounts.find(({ id }) => id === adAccountId)
  if (adAccountId !== null && !account) return
  await updateProject(env.DB, FIRST_PROJECT_ID, {
    connectionId,
    adAccountId: account?.id ?? null,
    currency: account?.currency ?? null,
    accountTimezone: account?.timezone ?? null,
  })
  if (account) await startAggregation(env, FIRST_PROJECT_ID, RESTATED_DAYS, Date.now())
}
