import type { UserFromGetMe } from 'grammy/types'
import { CallLog, runReply } from './calls.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Core } from './core.ts'
import { Deliveries } from './deliveries.ts'
import { FaultBoard } from './faults.ts'
import { Files } from './files.ts'
import { Flood } from './flood.ts'
import { Presses } from './presses.ts'
import { telegramRetryDelayMs } from './queues.ts'
import { Rush } from './rush.ts'
import { loadWorld } from './snapshot.ts'
import { Switches } from './switches.ts'
import { Watch } from './watch.ts'

const CALLBACK_WINDOW_MS = 60_000

/** What a stand-in is made of; only the token and the bot have no default. */
export interface TelegramOptions {
  token: string
  bot: { id: number; username: string; first_name: string; can_read_all_group_messages?: boolean }
  clock?: Clock
  /** 429 when the bot sends or edits too much; on by default. */
  floodLimits?: boolean
  /** Where the state is kept between runs, files beside it; absent: in memory only. */
  statePath?: string
  /** How long to wait after the n-th failed delivery of an update; the first is number 0. */
  retryDelayMs?: (fails: number) => number
  /** How long a press of a button may be answered. */
  callbackWindowMs?: number
  /** How much later every call is answered. */
  latencyMs?: number
  /** Brings so many leads to the product by another way than Telegram, for the rush button. */
  sendLeads?: (count: number) => void
  /** How updates reach the webhook; over HTTP by default. */
  fetch?: (request: Request) => Promise<Response>
}

/** Puts the parts together. */
export function assemble(options: TelegramOptions): Core {
  const { clock = systemClock, statePath, callbackWindowMs = CALLBACK_WINDOW_MS } = options
  const world = loadWorld(statePath)
  const watch = new Watch()
  const switches = new Switches(watch)
  const core: Core = {
    token: options.token,
    bot: getMe(options.bot),
    world,
    clock,
    watch,
    switches,
    files: new Files(world, statePath && `${statePath}.files`),
    flood: new Flood(clock, options.floodLimits ?? true),
    faults: new FaultBoard(clock, watch),
    calls: new CallLog(clock, watch),
    rush: options.sendLeads && new Rush({ clock, watch, send: options.sendLeads }),
    presses: new Presses(clock, watch, callbackWindowMs),
    deliveries: new Deliveries({
      world,
      clock,
      watch,
      switches,
      fetch: options.fetch ?? fetch,
      retryDelayMs: options.retryDelayMs ?? telegramRetryDelayMs,
      execute: (args) => runReply(core, args),
    }),
  }
  return core
}

const getMe = (bot: TelegramOptions['bot']): UserFromGetMe => ({
  is_bot: true,
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
  has_topics_enabled: false,
  allows_users_to_create_topics: false,
  can_manage_bots: false,
  supports_join_request_queries: false,
  ...bot,
})
