import { z } from 'zod'
import { SHUT_CODES, TOKEN_REFUSED } from './bot/telegram.ts'
import { log, redact } from './log.ts'
import type { OutboxCounts } from './outbox/outbox.ts'
import type { Settings } from './settings.ts'
import { listConnections } from './store/connections.ts'
import { countParked, forgetParked, isParked, listParked, type ParkedKey } from './store/parked.ts'
import { listProjects } from './store/projects.ts'
import { boardOf, connectionOf, conversationOf, leadOf, pageOf, watchOf } from './stubs.ts'
import { isoTime } from './time.ts'

const owedSchema = z.object({
  object: z.string(),
  name: z.string(),
  waiting: z.int(),
  parked: z.int(),
  oldestAt: z.string().nullable(),
  reason: z.string().nullable().describe('Why something waits although it was tried'),
  problem: z.string().nullable().describe('Why it could not say what it owes'),
})

export const healthSchema = z.object({
  status: z.enum(['ok', 'attention']),
  meta: z.enum(['on', 'off']).describe('off: its settings are not set'),
  parked: z.object({
    total: z.int(),
    byReason: z.record(z.string(), z.int()),
    items: z.array(
      z.object({
        object: z.string(),
        name: z.string(),
        seq: z.int(),
        kind: z.string(),
        reason: z.string(),
        attempts: z.int(),
        at: z.string(),
      }),
    ),
  }),
  waiting: z.array(owedSchema).describe('What the chats, pages, connections and watches still owe'),
  connections: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      state: z.string(),
      problem: z.string().nullable(),
    }),
  ),
})

const PARKED_SHOWN = 100

/** What waits, what was given up, and who is connected; `attention` when somebody should look. */
export async function healthOf(
  env: Env,
  settings: Settings,
): Promise<z.infer<typeof healthSchema>> {
  const [byReason, items, connections, projects] = await Promise.all([
    countParked(env.DB),
    listParked(env.DB, { limit: PARKED_SHOWN }),
    listConnections(env.DB),
    listProjects(env.DB),
  ])
  const chats = projects.map(({ chatId }) => chatId).filter((id) => id !== null)
  const pages = connections.flatMap((connection) => connection.pages)
  const waiting = await Promise.all([
    ...unique(chats).map((id) => owed('conversation', id, conversationOf(env, id).owed())),
    ...unique(pages.map(({ id }) => id)).map((id) => owed('page', id, pageOf(env, id).owed())),
    ...connections.map(({ id }) => owed('connection', id, connectionOf(env, id).owed())),
    ...projects.map(({ id }) => owed('watch', id, watchOf(env, id).owed())),
  ])
  const total = Object.values(byReason).reduce((sum, n) => sum + n, 0)
  // Who has blocked the bot gets what was said when they come back: nobody has to do anything.
  const hasTrouble = total > (byReason[SHUT_CODES.blocked] ?? 0)
  const isBad =
    hasTrouble ||
    waiting.some(({ reason, problem }) => reason === TOKEN_REFUSED || problem !== null) ||
    connections.some(({ state }) => state === 'dead')
  return {
    status: isBad ? 'attention' : 'ok',
    meta: settings.meta ? 'on' : 'off',
    parked: { total, byReason, items },
    waiting,
    connections: connections.map(({ id, name, state, problem }) => ({ id, name, state, problem })),
  }
}

/** Has an object try again what it parked; false when nothing is parked there. */
export async function retryParked(env: Env, row: ParkedKey): Promise<boolean> {
  // Asked first: an object that never parked anything is not to be begun by a guess.
  if (!(await isParked(env.DB, row))) return false
  const isFound = await askToRetry(env, row)
  if (!isFound) await forgetParked(env.DB, row)
  return isFound
}

/** Has a page forget an entry that made no sense; false when there is none, or it is something else. */
export async function dismissParked(env: Env, row: ParkedKey): Promise<boolean> {
  if (row.object !== 'page' || !(await isParked(env.DB, row))) return false
  return pageOf(env, row.name).dismissParked(row.seq)
}

const RETRIED_TOGETHER = 200

/** Has tried again what was parked for a reason, the oldest 200 at most; how many those were. */
export async function retryAllParked(env: Env, reason: string): Promise<number> {
  const rows = await listParked(env.DB, { reason, limit: RETRIED_TOGETHER })
  const retried = await Promise.allSettled(rows.map((row) => retryParked(env, row)))
  return retried.filter((one) => one.status === 'fulfilled' && one.value).length
}

async function askToRetry(env: Env, { object, name, seq }: ParkedKey): Promise<boolean> {
  switch (object) {
    case 'lead':
      return leadOf(env, name).retryParked(seq)
    case 'conversation':
      return conversationOf(env, name).retryParked(seq)
    case 'page':
      return pageOf(env, name).retryParked(seq)
    case 'connection':
      return connectionOf(env, name).retryParked(seq)
    case 'watch':
      return watchOf(env, name).retryParked(seq)
    case 'board':
      return boardOf(env, name).retryParked(seq)
    default:
      return false
  }
}

async function owed(
  object: string,
  name: string,
  counts: Promise<OutboxCounts>,
): Promise<z.infer<typeof owedSchema>> {
  try {
    const { oldestAt, ...rest } = await counts
    const at = oldestAt === null ? null : isoTime(oldestAt)
    return { object, name, ...rest, oldestAt: at, problem: null }
  } catch (error) {
    // One that cannot be asked is itself what those who look here look for.
    log('error', 'health.unknown', { object, error })
    const problem = redact(error instanceof Error ? error.message : String(error)).slice(0, 300)
    return { object, name, waiting: 0, parked: 0, oldestAt: null, reason: null, problem }
  }
}

function unique(ids: string[]): string[] {
  return [...new Set(ids)]
}
