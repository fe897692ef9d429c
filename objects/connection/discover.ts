import { z } from 'zod'
import { DELIVERING } from '../../src/meta/access.ts'
import type { MetaAnswer } from '../../src/meta/answer.ts'
import * as replies from '../../src/meta/replies.ts'
import type { Caller, Door } from './door.ts'
import { listAll } from './list-all.ts'
import type { ConnectionState } from './sql.ts'

/** What a token opens. */
export interface Assets {
  name: string
  pages: z.infer<typeof replies.pageAccount>[]
  adAccounts: ConnectionState['adAccounts']
}

function isDelivering(account: z.infer<typeof replies.adAccount>): boolean {
  return DELIVERING.has(account.account_status ?? 1)
}

/** Asks Meta who this is, which pages and which ad accounts they have; delivering accounts first. */
export async function discover(door: Door, userId: string): Promise<MetaAnswer<Assets>> {
  const me = await door.call(replies.meReply, 'user', userId, {
    path: 'me',
    params: { fields: 'id,name' },
  })
  if (!me.ok) return me
  const pages = await listPages(door, userId)
  if (!pages.ok) return pages
  const accounts = await listAll(door, replies.adAccount, 'user', userId, 'me/adaccounts', {
    fields: 'id,account_id,name,account_status,currency,timezone_name',
  })
  // Who has left the permissions of ads out may still bring leads: the list of checks says so.
  if (!accounts.ok && accounts.kind !== 'permission') return accounts
  const sorted = (accounts.ok ? accounts.value : []).toSorted(
    (a, b) => Number(isDelivering(b)) - Number(isDelivering(a)),
  )
  return {
    ok: true,
    value: {
      name: me.value.name,
      pages: pages.value,
      adAccounts: sorted.map((account) => ({
        // One form of the id everywhere: digits, without `act_`.
        id: account.account_id ?? account.id.replace(/^act_/, ''),
        name: account.name,
        currency: account.currency,
        timezone: account.timezone_name,
      })),
    },
  }
}

/** The pages of a user, each with a token of its own. */
export async function listPages(door: Door, userId: string): Promise<MetaAnswer<Assets['pages']>> {
  return listAll(door, replies.pageAccount, 'user', userId, 'me/accounts', {
    fields: 'id,name,access_token',
  })
}

const subscribedApps = z.object({
  data: z.array(
    z.object({ id: replies.metaId, subscribed_fields: z.array(z.string()).default([]) }),
  ),
})

/** Whether Meta tells us of the page's leads: it may have stopped by itself. */
export async function isSubscribed(
  door: Door,
  pageId: string,
  appId: string,
): Promise<MetaAnswer<boolean>> {
  const path = `${pageId}/subscribed_apps`
  const apps = await door.call(subscribedApps, `page:${pageId}`, pageId, { path })
  if (!apps.ok) return apps
  const own = apps.value.data.find(({ id }) => id === appId)
  return { ok: true, value: own?.subscribed_fields.includes('leadgen') === true }
}

/** Has Meta tell us of the page's leads no more. */
export async function unsubscribe(door: Door, pageId: string): Promise<MetaAnswer<unknown>> {
  const path = `${pageId}/subscribed_apps`
  return door.call(replies.successReply, `page:${pageId}`, pageId, { path, method: 'DELETE' })
}

/** Has Meta tell us of the page's leads. */
export async function subscribe(door: Door, pageId: string): Promise<MetaAnswer<unknown>> {
  const caller: Caller = `page:${pageId}`
  return door.call(replies.successReply, caller, pageId, {
    path: `${pageId}/subscribed_apps`,
    method: 'POST',
    params: { subscribed_fields: 'leadgen' },
  })
}
