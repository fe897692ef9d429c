import { z } from 'zod'
import type { MetaAnswer } from '../../src/meta/answer.ts'
import { metaId, successReply } from '../../src/meta/replies.ts'
import type { AccountState, RunningCampaign } from '../../src/watch/numbers.ts'
import { type CampaignSwitch, isSwitched } from '../../src/watch/switching.ts'
import type { Door } from './door.ts'
import { listAll } from './list-all.ts'

const account = z.object({ name: z.string().default(''), account_status: z.number() })

const time = z
  .string()
  .optional()
  .catch(undefined)
  .transform((text) => timeOf(text))

const running = z
  .object({
    id: metaId,
    name: z.string().default(''),
    objective: z.string().default(''),
    start_time: time,
    stop_time: time,
  })
  .transform(
    ({ id, name, objective, start_time: startsAt, stop_time: endsAt }): RunningCampaign => ({
      id,
      name,
      objective,
      startsAt,
      endsAt,
    }),
  )

const campaign = z.object({
  id: metaId,
  account_id: metaId,
  name: z.string().default(''),
  effective_status: z.string(),
})

/** Meta writes zones without a colon: `2026-11-01T00:00:00+0500`. */
function timeOf(text: string | undefined): number | null {
  const at = Date.parse((text ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(at) ? null : at
}

/** Those that are switched on; one with issues may be shown all the same (Meta: ad-campaign-group). */
const RUNNING = ['ACTIVE', 'WITH_ISSUES']

/** How an ad account stands, and which of its campaigns run. */
export async function readAccount(
  door: Door,
  accountId: string,
): Promise<MetaAnswer<AccountState>> {
  const path = `act_${accountId}`
  const params = { fields: 'name,account_status' }
  const state = await door.call(account, 'user', accountId, { path, params })
  if (!state.ok) return state
  const campaigns = await listAll(door, running, 'user', accountId, `${path}/campaigns`, {
    fields: 'id,name,objective,start_time,stop_time',
    effective_status: JSON.stringify(RUNNING),
  })
  if (!campaigns.ok) return campaigns
  const { name, account_status: status } = state.value
  return { ok: true, value: { name, status, campaigns: campaigns.value } }
}

/** A campaign as Meta says it is after it was switched. */
export interface SwitchedCampaign {
  id: string
  name: string
  /** `null`: Meta took it and could not be asked what has become of it. */
  effectiveStatus: string | null
  /** Whether it was another before. */
  hasChanged: boolean
}

/**
 * Pauses a campaign of the account or lets it run, and reads back what has become of it; one that is
 * so already is left alone. A campaign of another account is `gone`: it is none of the project's.
 */
export async function switchCampaign(
  door: Door,
  query: { accountId: string; campaignId: string; to: CampaignSwitch },
): Promise<MetaAnswer<SwitchedCampaign>> {
  const { accountId, campaignId, to } = query
  const before = await readCampaign(door, accountId, campaignId)
  if (!before.ok) return before
  const known = before.value
  if (known.account_id !== accountId) return { ok: false, kind: 'gone', code: 'not_ours' }
  const { id, name, effective_status: effectiveStatus } = known
  if (isSwitched(to, effectiveStatus)) {
    return { ok: true, value: { id, name, effectiveStatus, hasChanged: false } }
  }
  const params = { status: to }
  const call = { path: campaignId, method: 'POST', params } as const
  const switched = await door.call(successReply, 'user', accountId, call)
  if (!switched.ok) return switched
  const after = await readCampaign(door, accountId, campaignId)
  const now = after.ok ? after.value.effective_status : null
  return { ok: true, value: { id, name, effectiveStatus: now, hasChanged: true } }
}

async function readCampaign(
  door: Door,
  accountId: string,
  campaignId: string,
): Promise<MetaAnswer<z.infer<typeof campaign>>> {
  const params = { fields: 'id,account_id,name,effective_status' }
  return door.call(campaign, 'user', accountId, { path: campaignId, params })
}
