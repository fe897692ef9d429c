import { accountEdges, adEdges, adsetEdges, campaignEdges } from '../ads/edges.ts'
import { datasetEdges, type ReceivedEvent } from '../ads/conversions.ts'
import { type Core, secondsNow } from '../core.ts'
import type { Scope } from '../insights/answer.ts'
import { findReport, reportEdges } from '../insights/async-reports.ts'
import { insightEdges } from '../insights/edges.ts'
import type { Level } from '../insights/query.ts'
import { adLeadEdges, formEdges, leadEdges } from '../leads/edges.ts'
import { userEdges } from '../login/me.ts'
import type { Lead, Report } from '../state.ts'
import { appEdges, pageEdges } from '../webhooks/edges.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import type { Ad, AdAccount, AdSet, Campaign } from '../world/ads.ts'
import type { Form } from '../world/pages.ts'
import { must, type World } from '../world/world.ts'
import type { Bill } from './billing.ts'
import { bind, type BoundEdges, type Edges } from './call.ts'

/** An object that a call is about. */
export interface Target {
  edges: BoundEdges
  /** Whether it belongs to the Marketing API, whose versions die sooner. */
  marketing: boolean
  billOf(edge: string): Bill
}

/** Finds what an id names: the one place that knows every kind of object. */
export function createTargets(core: Core, webhooks: Webhooks, events: ReceivedEvent[]) {
  const { world, appId } = core
  const edges = createEdges(core, webhooks, events)
  const ofForm = ({ formId }: Lead) => must(world.forms, formId)
  return (id: string): Target | undefined =>
    social(world.users.get(id), edges.user, () => ({ for: 'app' })) ??
    social(id === appId ? { id } : undefined, edges.app, () => ({ for: 'app' })) ??
    social(world.pages.get(id), edges.page, () => ({ for: 'pages', pageId: id })) ??
    social(world.forms.get(id), edges.form, leadgen) ??
    social(core.book.get(id, secondsNow(core)), edges.lead, (lead) => leadgen(ofForm(lead))) ??
    marketing(accountOf(world, id), edges.account, ownAccount) ??
    marketing(world.campaigns.get(id), edges.campaign, accountOfPart) ??
    marketing(world.adsets.get(id), edges.adset, accountOfPart) ??
    marketing(world.ads.get(id), edges.ad, accountOfPart) ??
    marketing(id === world.dataset.id ? world.dataset : undefined, edges.dataset, accountOfPart) ??
    marketing(findReport(core, id), edges.report, accountOfPart, 'ads_insights')
}

function createEdges(core: Core, webhooks: Webhooks, events: ReceivedEvent[]) {
  return {
    user: userEdges(core),
    app: appEdges(core, webhooks),
    page: pageEdges(core, webhooks),
    form: formEdges(core, (lead) => webhooks.announce([lead])),
    lead: leadEdges(core),
    account: { ...accountEdges(core), ...insightEdges<AdAccount>(core, scopeOfAccount) },
    campaign: { ...campaignEdges(core), ...insightEdges<Campaign>(core, scopeOf('campaign')) },
    adset: { ...adsetEdges(core), ...insightEdges<AdSet>(core, scopeOf('adset')) },
    ad: { ...adEdges(core), ...adLeadEdges(core), ...insightEdges<Ad>(core, scopeOf('ad')) },
    dataset: datasetEdges(core, events),
    report: reportEdges(core, (report) => scopeOfReport(core.world, report)),
  }
}

interface Part {
  id: string
  accountId: string
}

const leadgen = ({ pageId }: Form): Bill => ({ for: 'leadgen', pageId })
const ownAccount = ({ id }: AdAccount) => id
const accountOfPart = ({ accountId }: { accountId: string }) => accountId
const scopeOfAccount = ({ id }: AdAccount): Scope => ({ id, accountId: id, level: 'account' })
const scopeOf =
  (level: Level) =>
  ({ id, accountId }: Part): Scope => ({ id, accountId, level })

// A report remembers whose it is only by id.
function scopeOfReport({ campaigns, adsets, ads }: World, report: Report): Scope {
  const { nodeId: id, accountId } = report
  if (campaigns.has(id)) return { id, accountId, level: 'campaign' }
  if (adsets.has(id)) return { id, accountId, level: 'adset' }
  return { id, accountId, level: ads.has(id) ? 'ad' : 'account' }
}

function accountOf({ accounts }: World, id: string): AdAccount | undefined {
  return id.startsWith('act_') ? accounts.get(id.slice('act_'.length)) : undefined
}

function social<T>(
  object: T | undefined,
  edges: Edges<T>,
  billOf: (object: T) => Bill,
): Target | undefined {
  if (object === undefined) return undefined
  return { edges: bind(edges, object), marketing: false, billOf: () => billOf(object) }
}

function marketing<T>(
  object: T | undefined,
  edges: Edges<T>,
  accountIdOf: (object: T) => string,
  always?: 'ads_insights',
): Target | undefined {
  if (object === undefined) return undefined
  const billOf = (edge: string): Bill => ({
    for: always ?? (edge === 'insights' ? 'ads_insights' : 'ads_management'),
    accountId: accountIdOf(object),
  })
  return { edges: bind(edges, object), marketing: true, billOf }
}
