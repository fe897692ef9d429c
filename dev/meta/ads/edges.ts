import { z } from 'zod'
import type { Core } from '../core.ts'
import type { Call, Edges } from '../graph/call.ts'
import { invalid } from '../graph/params.ts'
import { type NodeType, select } from '../graph/fields.ts'
import { page } from '../graph/paging.ts'
import { needAds, needOneOf } from '../login/access.ts'
import type { Ad, AdAccount, AdSet, Campaign, CampaignStatus } from '../world/ads.ts'
import { statusOf } from '../world/running.ts'
import { accountNode, adNode, adsetNode, campaignNode } from './nodes.ts'

const HIDDEN = ['DELETED', 'ARCHIVED']

/** An ad account and its campaigns. */
export function accountEdges(core: Core): Edges<AdAccount> {
  return {
    GET: (account, call) => {
      needAds(core, call)
      return select('adaccount', accountNode(core, account), call, ['account_id'])
    },
    'GET campaigns': (account, call) => {
      needAds(core, call)
      const own = [...core.world.campaigns.values()].filter((it) => it.accountId === account.id)
      return list(
        'campaign',
        visible(
          own.map((it) => campaignNode(core, it)),
          call,
        ),
        call,
      )
    },
  }
}

/** A campaign: what it is, and the switch that pauses it. */
export function campaignEdges(core: Core): Edges<Campaign> {
  return {
    GET: (campaign, call) => {
      needAds(core, call)
      return select('campaign', campaignNode(core, campaign), call, [])
    },
    POST: (campaign, call) => changeStatus(core, campaign, call),
    'GET adsets': (campaign, call) => {
      needAds(core, call)
      const own = [...core.world.adsets.values()].filter((it) => it.campaignId === campaign.id)
      return list(
        'adset',
        visible(
          own.map((it) => adsetNode(core, it)),
          call,
        ),
        call,
      )
    },
  }
}

/** An ad set and its ads. */
export function adsetEdges(core: Core): Edges<AdSet> {
  return {
    GET: (set, call) => {
      needAds(core, call)
      return select('adset', adsetNode(core, set), call, [])
    },
    'GET ads': (set, call) => {
      needAds(core, call)
      const own = [...core.world.ads.values()].filter((it) => it.adsetId === set.id)
      return list(
        'ad',
        visible(
          own.map((it) => adNode(core, it)),
          call,
        ),
        call,
      )
    },
  }
}

/** An ad. */
export function adEdges(core: Core): Edges<Ad> {
  return {
    GET: (ad, call) => {
      needAds(core, call)
      return select('ad', adNode(core, ad), call, [])
    },
  }
}

type Node = { id: string; effective_status: string }

// Deleted and archived ones are shown only to those who ask for them.
function visible<T extends Node>(nodes: readonly T[], call: Call): T[] {
  const wanted = call.params.list('effective_status')
  return nodes.filter(({ effective_status: status }) =>
    wanted ? wanted.includes(status) : !HIDDEN.includes(status),
  )
}

function list(type: NodeType, nodes: readonly Node[], call: Call) {
  return page(
    nodes,
    ({ id }) => id,
    call,
    (node) => select(type, { ...node }, call, []),
  )
}

export const statusSchema = z.enum(['ACTIVE', 'PAUSED', 'DELETED', 'ARCHIVED'])

function changeStatus(core: Core, campaign: Campaign, call: Call) {
  needOneOf(core, call, ['ads_management'])
  const status = statusSchema.safeParse(call.params.required('status'))
  if (!status.success) throw invalid('status', `one of ${statusSchema.options.join(', ')}`)
  const dryRun = call.params.list('execution_options')?.includes('validate_only')
  if (!dryRun) moveCampaign(core, campaign, status.data)
  return { success: true }
}

/** Gives a campaign a status, whoever does it: the app, or a person in Ads Manager. */
export function moveCampaign(core: Core, campaign: Campaign, status: CampaignStatus): void {
  const moves = core.state.campaignMoves
  if (statusOf(campaign, moves) === status) return
  moves.push({ campaignId: campaign.id, at: core.now(), status })
  core.changed()
}
