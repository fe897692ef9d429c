import type { Arena } from './arena.ts'
import { post, quantile, signed } from './http.ts'
import type { Figure } from './run.ts'
import { batchOf, workedOff } from './webhook.ts'

const ROUNDS = 12
const PER_ROUND = 40

/**
 * A webhook with one lead, acknowledged: one after another in rounds, floor and Worker by turns, so
 * that both meet the same moods of the machine. What was acknowledged is worked off between rounds.
 */
export async function acknowledgeOne(arena: Arena): Promise<Figure[]> {
  const { worker, floor, settings, servers } = arena
  const ours: number[] = []
  const floors: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const before = servers.sent()
    for (const [url, times] of [
      [`${floor}/f1`, floors],
      [`${worker}/meta/webhook`, ours],
    ] as const) {
      for (let n = 0; n < PER_ROUND; n++) {
        const body = batchOf(1)
        const ms = await post(url, body, signed(settings.META_APP_SECRET, body))
        // The first round is for warming up.
        if (round > 0) times.push(ms)
      }
    }
    await workedOff(servers, before + PER_ROUND)
  }
  return [
    figure('acknowledge-one p50', quantile(ours, 0.5), quantile(floors, 0.5), 'at most 1.5'),
    figure('acknowledge-one p99', quantile(ours, 0.99), quantile(floors, 0.99), 'at most 2'),
  ]
}

const BATCHES = 7

/** A batch of a thousand leads acknowledged, beside one request of the floor. */
export async function acknowledgeBatch(arena: Arena): Promise<Figure[]> {
  const { worker, floor, settings, servers } = arena
  const ours: number[] = []
  const floors: number[] = []
  for (let round = 0; round < BATCHES; round++) {
    const before = servers.sent()
    for (let n = 0; n < PER_ROUND; n++) {
      const body = batchOf(1)
      floors.push(await post(`${floor}/f1`, body, signed(settings.META_APP_SECRET, body)))
    }
    const body = batchOf(1_000)
    ours.push(await post(`${worker}/meta/webhook`, body, signed(settings.META_APP_SECRET, body)))
    await workedOff(servers, before + 1_000)
  }
  return [
    figure(
      'acknowledge-batch of 1,000 p50',
      quantile(ours, 0.5),
      quantile(floors, 0.5),
      'at most 10',
    ),
  ]
}

function figure(name: string, value: number, floor: number, bound: string): Figure {
  return { name, value, unit: 'ms', floor, ratio: value / floor, bound }
}
