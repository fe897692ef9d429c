import { lastDays, lengthOf, type Period } from '../src/period.ts'
import type { Arena } from './arena.ts'
import { quantile } from './http.ts'
import type { Figure } from './run.ts'
import { AD_ACCOUNT } from './servers.ts'

const CAMPAIGNS = 1_000
const READ_DAYS = 28
const ASKED_DAYS = 90
const ROUNDS = 12

/** As many rows as a page of insights has. */
const PAGE = 200

/**
 * An account of a thousand campaigns: what reading 28 days of it asks of Meta, what reading them again
 * writes, and 90 days of statistics beside the bare sums.
 */
export async function readInsights(arena: Arena): Promise<Figure[]> {
  const days = lastDays(READ_DAYS, AD_ACCOUNT.timezone_name, Date.now())
  arena.servers.hasCampaigns(CAMPAIGNS)
  // Connecting anew finds the ad account, and begins to read it.
  const first = await reading(arena, days, () => arena.admin.connectMeta({ code: 'bench' }))
  const again = await reading(arena, days, () =>
    arena.admin.api('POST', '/stats/refresh?project=main', days),
  )
  const pages = (READ_DAYS * CAMPAIGNS) / PAGE
  return [
    {
      name: 'insights, Graph calls',
      value: again.pages,
      unit: 'pages',
      floor: pages,
      ratio: again.pages / pages,
      bound: 'exactly 1',
    },
    counted('insights, rows of a first reading', first.rows, `exactly ${READ_DAYS * CAMPAIGNS}`),
    counted('insights, rows of a second', again.rows, 'exactly 0'),
    {
      name: 'insights, first reading',
      value: first.rows / first.seconds,
      unit: 'rows/s',
      floor: null,
      ratio: null,
      bound: null,
    },
    await askStats(arena),
  ]
}

function counted(name: string, value: number, bound: string): Figure {
  return { name, value, unit: 'rows', floor: null, ratio: null, bound }
}

/** Begins a reading, waits for its end, and gives what it took. */
async function reading(
  arena: Arena,
  days: Period,
  begin: () => Promise<unknown>,
): Promise<{ pages: number; rows: number; seconds: number }> {
  const since = new Date().toISOString()
  const [pages, begun] = [arena.servers.insightPages(), performance.now()]
  const before = await newestReading(arena, days)
  await begin()
  while ((await newestReading(arena, days)) === before) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const [[row] = []] = await sql(arena, [
    { sql: 'SELECT count(*) AS n FROM insights WHERE updated_at >= ?1', values: [since] },
  ])
  return {
    pages: arena.servers.insightPages() - pages,
    rows: Number(row?.['n']),
    seconds: (performance.now() - begun) / 1_000,
  }
}

/** When these days were last read to their end. */
async function newestReading(arena: Arena, { from, to }: Period): Promise<unknown> {
  const select = `SELECT CASE WHEN count(*) = ?3 THEN min(read_at) END AS at FROM insight_days
    WHERE date BETWEEN ?1 AND ?2`
  const values = [from, to, lengthOf({ from, to })]
  const [[row] = []] = await sql(arena, [{ sql: select, values }])
  return row?.['at'] ?? null
}

/** Statistics as the portal asks for them, beside the sums that they hold and nothing else. */
async function askStats(arena: Arena): Promise<Figure> {
  const { from, to } = lastDays(ASKED_DAYS, AD_ACCOUNT.timezone_name, Date.now())
  const read = lastDays(READ_DAYS, AD_ACCOUNT.timezone_name, Date.now())
  await sql(arena, [
    {
      sql: `WITH RECURSIVE days (date) AS (
          SELECT ?1 UNION ALL SELECT date(date, '+1 day') FROM days WHERE date < date(?2, '-1 day')
        )
        INSERT INTO insights SELECT i.account_id, days.date, i.campaign_id, i.currency,
          i.spend_micros, i.impressions, i.clicks, i.leads, i.form_leads, i.actions, i.created_at,
          i.updated_at, i.messages, i.purchases, i.results, i.result_indicator, i.restated_at
        FROM days JOIN insights i ON i.date = ?2`,
      values: [from, read.from],
    },
  ])
  const sums = `sum(spend_micros) AS spend, sum(impressions) AS impressions, sum(clicks) AS clicks,
    sum(leads) AS leads, sum(form_leads) AS forms, sum(messages) AS messages,
    sum(purchases) AS purchases`
  const where = 'FROM insights WHERE account_id = ?1 AND date BETWEEN ?2 AND ?3'
  const values = [AD_ACCOUNT.account_id, from, to]
  const bare = [
    { sql: `SELECT campaign_id, ${sums} ${where} GROUP BY campaign_id`, values },
    { sql: `SELECT date, ${sums} ${where} GROUP BY date`, values },
  ]
  const times: number[] = []
  const floors: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const floor = await timed(() => sql(arena, bare))
    const time = await timed(() =>
      arena.admin.api('GET', `/stats?project=main&from=${from}&to=${to}`),
    )
    // The first round is for warming up.
    if (round === 0) continue
    floors.push(floor)
    times.push(time)
  }
  const [value, floor] = [quantile(times, 0.5), quantile(floors, 0.5)]
  const name = 'stats of 90 days p50'
  return { name, value, unit: 'ms', floor, ratio: value / floor, bound: 'at most 2' }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await act()
  return performance.now() - begun
}

async function sql(
  { worker }: Arena,
  statements: { sql: string; values: unknown[] }[],
): Promise<Record<string, unknown>[][]> {
  const body = JSON.stringify(statements)
  const response = await fetch(`${worker}/api/bench/sql`, { method: 'POST', body })
  if (!response.ok) throw new Error(`the bench's SQL failed: ${await response.text()}`)
  return (await response.json()) as Record<string, unknown>[][]
}
