import { lastReadAt } from '../../src/meta/aggregate.ts'
import { dayOf, hourOf, lastDays } from '../../src/period.ts'
import { log } from '../../src/log.ts'
import { settingsOf } from '../../src/settings.ts'
import { findConnection } from '../../src/store/connections.ts'
import { placeOf, type Project } from '../../src/store/projects.ts'
import { listShortReceipts } from '../../src/store/receipts.ts'
import { lastLeadAt, listCampaignNumbers, listLeadTimes } from '../../src/store/watch.ts'
import { connectionOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import type { AccountState, Numbers } from '../../src/watch/numbers.ts'
import { usualSilence, workingTime } from '../../src/watch/silence.ts'
import type { Memory } from './sql.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Numbers that Meta was asked for longer ago say nothing of now; it is asked every hour. */
const FRESH_MS = 3 * HOUR_MS

/** How the account stands is asked for at every quarter of an hour: two calls of hundreds that Meta allows. */
const ASK_ACCOUNT_MS = 10 * 60_000

/** Today and the two days before it: what Meta says of them is nearly all it will say. */
const LATELY_DAYS = 3

/** So much of the past says what is usual; so long Meta corrects it, too. */
const USUAL_DAYS = 28

/** Leads that are missing are looked for this long, every night. */
const RECEIPT_DAYS = 7

/** Everything that a look needs to know, and what of it is to be remembered. */
export async function readNumbers(
  env: Env,
  project: Project,
  memory: Memory,
  now: number,
): Promise<{ numbers: Numbers; learned: Partial<Memory> }> {
  const receiptsSince = lastDays(RECEIPT_DAYS, 'UTC', now).from
  const [ads, account, connection, silence, receipts] = await Promise.all([
    adsOf(env, project, now),
    accountOf(env, project, memory, now),
    project.connectionId === null ? null : findConnection(env.DB, project.connectionId),
    silenceOf(env, project, memory, now),
    listShortReceipts(env.DB, project.id, receiptsSince),
  ])
  const numbers: Numbers = {
    now,
    watch: project.watch,
    ads,
    account: account?.state ?? null,
    connection: connection && {
      name: connection.name,
      state: connection.state,
      problem: connection.problem,
      expiresAt: msOf(connection.expiresAt),
      dataAccessExpiresAt: msOf(connection.dataAccessExpiresAt),
    },
    silence: silence?.value ?? null,
    shortReceipts: receipts.map(({ date, meta, held, shown }) => ({
      date,
      missing: Math.max(1, meta - Math.min(held, shown)),
    })),
  }
  return { numbers, learned: { account, ...(silence ? { usual: silence.usual } : {}) } }
}

async function adsOf(env: Env, project: Project, now: number): Promise<Numbers['ads']> {
  const { id, adAccountId: accountId, accountTimezone: timezone, currency } = project
  if (!accountId || !timezone || !currency) return null
  const readAt = await lastReadAt(env, id)
  if (readAt === null || now - Date.parse(readAt) > FRESH_MS) return null
  const campaigns = await listCampaignNumbers(env.DB, {
    accountId,
    usuallyFrom: lastDays(USUAL_DAYS, timezone, now).from,
    latelyFrom: lastDays(LATELY_DAYS, timezone, now).from,
    today: dayOf(now, timezone),
  })
  return { currency, hour: hourOf(now, timezone), campaigns }
}

/** As Meta says it is, or said a while ago when it cannot be asked now. */
async function accountOf(
  env: Env,
  { adAccountId, connectionId }: Project,
  memory: Memory,
  now: number,
): Promise<Memory['account']> {
  if (!adAccountId || !connectionId) return null
  const known = memory.account?.id === adAccountId ? memory.account : null
  if (known && now - known.at < ASK_ACCOUNT_MS) return known
  const state = await askAccount(env, connectionId, adAccountId)
  if (state) return { id: adAccountId, state, at: now }
  return known && now - known.at < FRESH_MS ? known : null
}

async function askAccount(
  env: Env,
  connectionId: string,
  accountId: string,
): Promise<AccountState | null> {
  try {
    const answer = await connectionOf(env, connectionId).readAccount(accountId)
    if (answer.ok) return answer.value
    log('warn', 'watch.account_unknown', { code: `${answer.kind} ${answer.code}` })
  } catch (error) {
    // Everything else can be judged all the same, and it is asked again at the next look.
    log('warn', 'watch.account_unknown', { error })
  }
  return null
}

async function silenceOf(
  env: Env,
  project: Project,
  memory: Memory,
  now: number,
): Promise<{ value: NonNullable<Numbers['silence']>; usual: Memory['usual'] } | null> {
  const lastAt = await lastLeadAt(env.DB, project.id)
  if (lastAt === null) return null
  const { timezone } = placeOf(project, settingsOf(env))
  const hours = project.rules.workingHours
  const day = dayOf(now, timezone)
  const usual =
    memory.usual?.day === day
      ? memory.usual
      : { day, silenceMs: await learnSilence(env, project, { hours, timezone, until: now }) }
  // Nobody waits for years; what is longer than the weeks that were learned from is unusual anyway.
  const from = Math.max(Date.parse(lastAt), now - 2 * USUAL_DAYS * DAY_MS)
  const lastsMs = workingTime(from, now, hours, timezone)
  return { value: { lastsMs, lastAt, usualMs: usual.silenceMs }, usual }
}

async function learnSilence(
  env: Env,
  project: Project,
  working: Parameters<typeof usualSilence>[1],
): Promise<number | null> {
  const since = isoTime(working.until - USUAL_DAYS * DAY_MS)
  return usualSilence(await listLeadTimes(env.DB, project.id, since), working)
}

function msOf(time: string | null): number | null {
  return time === null ? null : Date.parse(time)
}
