import type { Arena } from './arena.ts'
import { post, signed } from './http.ts'
import type { Figure } from './run.ts'
import { batchOf, workedOff } from './webhook.ts'

const LEADS = 1_000
const ROUNDS = 3

/** Leads made, read from Meta and shown on cards in one chat, beside bare objects created. */
export async function showLeads({ worker, floor, settings, servers }: Arena): Promise<Figure[]> {
  await post(`${floor}/f2?count=100`)
  let seconds = 0
  let floorSeconds = 0
  for (let round = 0; round < ROUNDS; round++) {
    floorSeconds += (await post(`${floor}/f2?count=${LEADS}`)) / 1000
    const body = batchOf(LEADS)
    const before = servers.sent()
    const begun = performance.now()
    await post(`${worker}/meta/webhook`, body, signed(settings.META_APP_SECRET, body))
    await servers.reached(before + LEADS)
    seconds += (performance.now() - begun) / 1000
    await workedOff(servers, before + LEADS)
  }
  const value = (LEADS * ROUNDS) / seconds
  const perSecond = (LEADS * ROUNDS) / floorSeconds
  return [
    {
      name: 'show-leads',
      value,
      unit: 'leads/s',
      floor: perSecond,
      ratio: value / perSecond,
      bound: 'at least 0.5',
    },
  ]
}

interface Counts {
  objectRows: number
  d1Rows: number
  objectRequests: number
  alarms: number
}

/** What the Worker has counted since it began. */
export async function countsOf({ worker }: Arena): Promise<Counts> {
  return (await (await fetch(`${worker}/api/bench/counts`)).json()) as Counts
}

/** Rows written and objects asked for a lead, from its webhook to its card; single ones and in a batch. */
export async function countCosts(arena: Arena): Promise<Figure[]> {
  const { worker, settings, servers } = arena
  const costOf = async (leads: number, batches: number): Promise<Figure[]> => {
    const sent = servers.sent()
    const before = await countsOf(arena)
    for (let n = 0; n < batches; n++) {
      const body = batchOf(leads)
      await post(`${worker}/meta/webhook`, body, signed(settings.META_APP_SECRET, body))
      await workedOff(servers, sent + leads * (n + 1))
    }
    const after = await countsOf(arena)
    const each = (name: keyof Counts) => (after[name] - before[name]) / (leads * batches)
    const kind = leads === 1 ? 'alone' : `of ${leads}`
    return [
      count(`rows in objects, lead ${kind}`, each('objectRows')),
      count(`rows in D1, lead ${kind}`, each('d1Rows')),
      count(`object requests, lead ${kind}`, each('objectRequests')),
      count(`alarms, lead ${kind}`, each('alarms')),
    ]
  }
  return [...(await costOf(1, 20)), ...(await costOf(1_000, 1))]
}

function count(name: string, value: number): Figure {
  return { name, value, unit: 'per lead', floor: null, ratio: null, bound: null }
}
