import type { Settings } from '../settings.ts'
import { listLeadsToWake } from '../store/leads.ts'
import { findRound, saveRound } from '../store/rounds.ts'
import { listStaffIds } from '../store/users.ts'
import { conversationOf, leadOf } from '../stubs.ts'
import { isoTime } from '../time.ts'
import { wake } from '../wake.ts'

const NAME = 'leads'
const TICK_MS = 5 * 60_000
const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

/** What has just come is being told of: its own alarm goes off within seconds. */
const LEFT_ALONE_MS = 10 * 60_000

/** A lead that is open so long is nobody's any more; one that is closed has said its last by then. */
const OPEN_FOR_MS = 60 * DAY_MS
const CLOSED_FOR_MS = 3 * DAY_MS

/**
 * Each is one call of an object, and one more of a chat. So many a tick are half a million a month at
 * most, half of what is included in every plan; and a small house, whose round is over at once, begins
 * one an hour and pays for a fraction of that.
 */
const WOKEN_A_TICK = 50

/**
 * Goes round the leads, some at every tick, and wakes each, in case its alarm was lost: one that
 * nobody touches would be silent for ever. With it the chat of who left it, where its news are owed.
 */
export async function wakeLeads(env: Env, tick: number): Promise<void> {
  const round = await findRound(env.DB, NAME)
  const isOver = round === null || round.position === null
  if (round && isOver && tick - Date.parse(round.begunAt) < HOUR_MS) return
  const leads = await listLeadsToWake(env.DB, {
    after: round?.position ?? { createdAt: isoTime(tick - OPEN_FOR_MS), id: '' },
    before: isoTime(tick - LEFT_ALONE_MS),
    closedSince: isoTime(tick - CLOSED_FOR_MS),
    limit: WOKEN_A_TICK,
  })
  const chats = new Set(leads.flatMap(({ userId }) => userId ?? []))
  await Promise.all([
    ...leads.map(({ id }) => wake(leadOf(env, id))),
    ...[...chats].map((id) => wake(conversationOf(env, id))),
  ])
  const last = leads.length < WOKEN_A_TICK ? undefined : leads.at(-1)
  const position = last ? { createdAt: last.createdAt, id: last.id } : null
  const begunAt = isOver ? isoTime(tick) : round.begunAt
  await saveRound(env.DB, NAME, { position, begunAt }, isoTime(tick))
}

/** Wakes the chats of those who work here, each once an hour: they are told what needs them. */
export async function wakeStaff(env: Env, settings: Settings, tick: number): Promise<void> {
  const ids = [...new Set([...settings.ADMIN_IDS, ...(await listStaffIds(env.DB))])]
  const turns = HOUR_MS / TICK_MS
  const turn = Math.floor(tick / TICK_MS) % turns
  const due = ids.filter((_, index) => index % turns === turn)
  await Promise.all(due.map((id) => wake(conversationOf(env, id))))
}
