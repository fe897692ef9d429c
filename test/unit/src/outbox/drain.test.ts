import { describe, expect, it } from 'vitest'
import { type Delivery, Drain } from '../../../../src/outbox/drain.ts'
import { retryDelay } from '../../../../src/outbox/retry-delay.ts'

interface Row {
  key: string
  id: number
  at?: number
}

/** An outbox in memory that writes down everything that is done with it. */
function outbox(
  rows: Row[],
  deliver: (row: Row) => Delivery | Promise<Delivery>,
  isAside: (key: string) => boolean = () => false,
) {
  const log: string[] = []
  const owed = [...rows]
  const names = (taken: Row[]) => taken.map(({ id }) => id).join('+')
  const drain = new Drain<Row>({
    now: () => 1_000,
    keys: () => [...new Set(owed.map(({ key }) => key))],
    next: (key, now) => {
      const head = owed.find((row) => row.key === key)
      if (!head) return Infinity
      return (head.at ?? 0) > now ? (head.at ?? 0) : [head]
    },
    deliver: async (taken) => {
      log.push(`deliver ${names(taken)}`)
      return deliver(taken[0] as Row)
    },
    settle: (taken, delivery) => {
      log.push(`${delivery.result} ${names(taken)}`)
      const [row] = taken
      if (!row) return
      if (delivery.result === 'later') row.at = delivery.at
      else if (delivery.result === 'unreachable') row.at = 5_000
      else owed.splice(owed.indexOf(row), 1)
    },
    fail: (taken, error) => {
      log.push(`fail ${names(taken)}: ${(error as Error).message}`)
      const [row] = taken
      if (row) row.at = 9_000
    },
    isAside,
    rest: (nextAt) => log.push(`rest ${nextAt}`),
  })
  return { drain, log, owed }
}

const done: Delivery = { result: 'done' }

describe('draining an outbox', () => {
  it('carries out rows of one key in order, one after another', async () => {
    const { drain, log } = outbox(
      [1, 2, 3].map((id) => ({ key: 'a', id })),
      () => done,
    )
    await drain.ring()
    expect(log).toEqual([
      'deliver 1',
      'done 1',
      'deliver 2',
      'done 2',
      'deliver 3',
      'done 3',
      'rest null',
    ])
  })

  it('stops at the first failure of a key and goes on with the others', async () => {
    const rows = [
      { key: 'a', id: 1 },
      { key: 'a', id: 2 },
      { key: 'b', id: 3 },
    ]
    const { drain, log } = outbox(rows, ({ id }) =>
      id === 1 ? { result: 'unreachable', reason: 'DOWN' } : done,
    )
    await drain.ring()
    expect(log).toEqual(['deliver 1', 'deliver 3', 'unreachable 1', 'done 3', 'rest 5000'])
  })

  it('passes over what was refused for good', async () => {
    const rows = [1, 2].map((id) => ({ key: 'a', id }))
    const { drain, log } = outbox(rows, ({ id }) =>
      id === 1 ? { result: 'refused', reason: 'NO' } : done,
    )
    await drain.ring()
    expect(log).toEqual(['deliver 1', 'refused 1', 'deliver 2', 'done 2', 'rest null'])
  })

  it('takes a bug for a failure of its row alone', async () => {
    const rows = [
      { key: 'a', id: 1 },
      { key: 'b', id: 2 },
    ]
    const { drain, log } = outbox(rows, ({ id }) => {
      if (id === 1) throw new Error('oops')
      return done
    })
    await drain.ring()
    expect(log).toContain('fail 1: oops')
    expect(log).toContain('done 2')
    expect(log.at(-1)).toBe('rest 9000')
  })

  it('comes back when the other side said it may', async () => {
    const { drain, log } = outbox([{ key: 'a', id: 1 }], () => ({
      result: 'later',
      at: 7_000,
      reason: 'FLOOD',
    }))
    await drain.ring()
    expect(log).toEqual(['deliver 1', 'later 1', 'rest 7000'])
  })

  it('never carries a row out twice at once, however often it is rung', async () => {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const { drain, log } = outbox([{ key: 'a', id: 1 }], async () => {
      await held
      return done
    })
    const rings = [drain.ring(), drain.ring(), drain.ring()]
    release()
    await Promise.all(rings)
    expect(log).toEqual(['deliver 1', 'done 1', 'rest null'])
  })

  it('takes up what is owed while it runs', async () => {
    const box = outbox([{ key: 'a', id: 1 }], ({ id }) => {
      if (id === 1) box.owed.push({ key: 'b', id: 2 })
      return done
    })
    await box.drain.ring()
    expect(box.log).toContain('done 2')
  })

  it('does not look at every key each time one is done', async () => {
    let looks = 0
    const due = Array.from({ length: 1_000 }, (_, id) => ({ key: `k${id}`, id }))
    const idle = Array.from({ length: 1_000 }, (_, id) => ({ key: `idle${id}`, id, at: 9_000 }))
    const keys = [...idle, ...due].map(({ key }) => key)
    const owed = new Set(due.map(({ key }) => key))
    const drain = new Drain<string>({
      now: () => 1_000,
      keys: () => keys,
      next: (key) => {
        looks += 1
        return owed.has(key) ? [key] : 9_000
      },
      deliver: async () => done,
      settle: ([key]) => owed.delete(key ?? ''),
      fail: () => undefined,
      rest: () => undefined,
    })
    await drain.ring()
    expect(owed.size).toBe(0)
    expect(looks).toBeLessThan(50_000)
  })

  it('keeps six keys going at most', async () => {
    let running = 0
    let most = 0
    const rows = Array.from({ length: 20 }, (_, id) => ({ key: `k${id}`, id }))
    const { drain } = outbox(rows, async () => {
      most = Math.max(most, (running += 1))
      await Promise.resolve()
      running -= 1
      return done
    })
    await drain.ring()
    expect(most).toBe(6)
  })

  it('leaves half of its lanes to others, however many of one kind hang', async () => {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const hanging = Array.from({ length: 10 }, (_, id) => ({ key: `answer:${id}`, id }))
    const others = [10, 11, 12].map((id) => ({ key: `other:${id}`, id }))
    const { drain, log } = outbox(
      [...hanging, ...others],
      async ({ key }) => {
        if (key.startsWith('answer')) await held
        return done
      },
      (key) => key.startsWith('answer'),
    )
    const ring = drain.ring()
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(log.filter((line) => line.startsWith('deliver') && Number(line.slice(8)) < 10)).toEqual([
      'deliver 0',
      'deliver 1',
      'deliver 2',
    ])
    expect(log).toEqual(expect.arrayContaining(['done 10', 'done 11', 'done 12']))
    release()
    await ring
    expect(log.filter((line) => line.startsWith('done'))).toHaveLength(13)
    expect(log.at(-1)).toBe('rest null')
  })
})

describe('the wait before another try', () => {
  it('doubles from a second to the longest, at least half of it sure', () => {
    const longest = [1, 2, 3, 4, 10, 100].map((attempts) =>
      retryDelay(attempts, undefined, () => 1),
    )
    expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 300_000, 300_000])
    expect(retryDelay(4, undefined, () => 0)).toBe(4_000)
    expect(retryDelay(100, 20_000, () => 1)).toBe(20_000)
  })
})

describe('doing what is not owed', () => {
  it('keeps what is owed under its key waiting until it is over', async () => {
    const { drain, log } = outbox([{ key: 'a', id: 1 }], () => done)
    const { promise, resolve } = Promise.withResolvers<void>()
    expect(drain.occupy('a', () => promise)).toBe(true)
    const rung = drain.ring()
    expect(log).toEqual([])
    resolve()
    await rung
    expect(log).toEqual(['deliver 1', 'done 1', 'rest null'])
  })

  it('is not begun beside what is carried out under the same key, or without a lane', () => {
    const { drain } = outbox([], () => done)
    const never = () => new Promise<void>(() => undefined)
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) expect(drain.occupy(key, never)).toBe(true)
    expect(drain.occupy('a', never)).toBe(false)
    expect(drain.occupy('g', never)).toBe(false)
  })
})
