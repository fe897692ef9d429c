import type { BareServers } from './servers.ts'

let next = 0n
const FIRST = 1_180_123_000_000_000n + BigInt(Date.now() % 1_000_000) * 1_000_000n

/** A webhook of Meta's that tells of so many new leads. */
export function batchOf(count: number): string {
  const page = '102938475610293'
  const changes = Array.from({ length: count }, () => ({
    field: 'leadgen',
    value: {
      leadgen_id: String(FIRST + next++),
      page_id: page,
      form_id: '778812345678901',
      adgroup_id: '120210000000000301',
      ad_id: '120210000000000301',
      created_time: Math.floor(Date.now() / 1000),
    },
  }))
  return JSON.stringify({ object: 'page', entry: [{ id: page, time: 1, changes }] })
}

/** Resolves when so many cards were sent, and what follows them is done too. */
export async function workedOff(servers: BareServers, sent: number): Promise<void> {
  await servers.reached(sent)
  await new Promise((resolve) => setTimeout(resolve, 500))
}
