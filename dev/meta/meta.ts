import { Hono } from 'hono'
import type { ReceivedEvent } from './ads/conversions.ts'
import { controlRoutes } from './control-routes.ts'
import { insightControls, leadControls, tokenControls } from './controls.ts'
import type { Core } from './core.ts'
import { Faults } from './graph/faults.ts'
import { Graph } from './graph/graph.ts'
import { type Env, graphHandler } from './graph/http.ts'
import { SCORE } from './graph/quotas.ts'
import { CallLog } from './graph/recorded-calls.ts'
import { createTargets } from './graph/targets.ts'
import { Usage } from './graph/usage.ts'
import { LeadBook } from './leads/lead-book.ts'
import { dialogRoutes } from './login/dialog.ts'
import { pageRoutes } from './page/routes.ts'
import { createSnapshot, loadState } from './snapshot.ts'
import { newState } from './state.ts'
import { Watch } from './watch.ts'
import { RETRY_DELAYS } from './webhooks/sender.ts'
import { Webhooks } from './webhooks/webhooks.ts'
import { createWorld } from './world/world.ts'

/** How a stand-in is made; the first three are those that the product is configured with. */
export interface MetaOptions {
  appId: string
  appSecret: string
  verifyToken: string
  /** The webhook of the app, as if its handshake had been made before; or `POST /{app-id}/subscriptions`. */
  callbackUrl?: string
  /** Where the login dialog may return to, exactly; without it, anywhere. */
  redirectUris?: readonly string[]
  /** Epoch ms. Everything that has a date or a term follows it. */
  now?: () => number
  /** A file that the state is kept in through restarts. */
  statePath?: string
  /** The same seed and clock give the same leads and numbers. */
  seed?: number
  /** Without history no ad ever delivered anything, and the forms are empty. */
  history?: boolean
  /** Whether every call has to carry `appsecret_proof`, as with "Require app secret". */
  requireProof?: boolean
  accessTier?: 'limited' | 'full'
  /** Ms of the clock between the attempts to deliver a notification. */
  retryDelays?: readonly number[]
  /** How notifications travel; tests may hand them over without a network. */
  fetch?: typeof fetch
}

/** A running stand-in: its HTTP application, and its switches. */
export type Meta = ReturnType<typeof createMeta>

/** A Meta of one's own: Graph API, login dialog, lead forms and notifications, for one app. */
export function createMeta(options: MetaOptions) {
  const watch = new Watch()
  const closed = new AbortController()
  const core = createCore(options, () => watch.notify())
  const faults = new Faults(core.now)
  const usage = new Usage(core.now, core.accessTier)
  const log = new CallLog(core.changed)
  const events: ReceivedEvent[] = []
  const webhooks = new Webhooks(core, {
    retryDelays: options.retryDelays ?? RETRY_DELAYS,
    fetch: options.fetch ?? fetch,
  })
  const find = createTargets(core, webhooks, events)
  const graph = new Graph({ core, faults, usage, log, find })

  const snapshot = options.statePath && createSnapshot(options.statePath, core.state)
  if (snapshot) watch.subscribe(() => snapshot.soon())

  const meta = {
    world: core.world,
    leads: leadControls(core, webhooks),
    tokens: tokenControls(core),
    insights: insightControls(core),
    webhooks,
    faults,
    usage,
    /** Every Graph call that was made, oldest first. */
    calls: log.calls,
    /** What the Conversions API took. */
    events,
    /** Points of an ad account's score in the last five minutes. */
    scoreOf: (accountId: string) =>
      usage.used({ type: 'score', id: accountId, quota: SCORE[core.accessTier] }),
    /** Sends what the clock has made due; call it after moving a virtual clock. */
    tick: () => webhooks.tick(),
    /** Resolves when no notification is on its way and none is due. */
    idle: (waiting?: { timeoutMs?: number }) => watch.when(() => webhooks.isIdle(), waiting),
    /** Resolves when the predicate holds; it is asked again after everything that happens. */
    when: (predicate: () => boolean, waiting?: { timeoutMs?: number }) =>
      watch.when(predicate, waiting),
    /** Stops deliveries and timers, lets hanging calls go, and writes the state down. */
    close: () => {
      closed.abort()
      webhooks.close()
      if (snapshot) snapshot.flush()
    },
  }

  const app = new Hono<Env>()
    .route('/', dialogRoutes(core, options.redirectUris))
    .route('/control', controlRoutes(core, meta))
    .route('/forms', pageRoutes(core))
    .all('*', graphHandler(graph, closed.signal))
    // In-process a cut connection can only be shown as a rejected request.
    .onError((error) => {
      throw error
    })
  return { app, ...meta }
}

function createCore(options: MetaOptions, changed: () => void): Core {
  const { appId, appSecret, statePath, history = true } = options
  const now = options.now ?? Date.now
  const saved = statePath === undefined ? undefined : loadState(statePath)
  const state = saved ?? newState(options.seed ?? 1, now())
  const world = createWorld({ quiet: !history })
  const { callbackUrl, verifyToken } = options
  if (callbackUrl !== undefined) {
    state.subscription = { callbackUrl, verifyToken, fields: ['leadgen'], includeValues: true }
  }
  return {
    appId,
    appSecret,
    requireProof: options.requireProof ?? true,
    accessTier: options.accessTier ?? 'full',
    state,
    world,
    book: new LeadBook(world, state, { history }),
    now,
    changed,
  }
}
