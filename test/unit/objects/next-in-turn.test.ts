import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextInTurn } from '../../../objects/board/next-in-turn.ts'

const worker = (id: string) => ({ id, name: id })
const [A, B, C] = [worker('a'), worker('b'), worker('c')]

const turns = (last: Record<string, number>, busy: Record<string, number> = {}) => ({
  lastTurnOf: (id: string) => last[id] ?? 0,
  busyOf: (id: string) => busy[id] ?? 0,
})

describe('whose turn it is', () => {
  it.each([
    ['nobody when there is nobody', [], {}, null],
    ['the first by id when nobody had a turn', [C, A, B], {}, A],
    ['who never had one', [A, B, C], { a: 1, c: 2 }, B],
    ['whose was longest ago', [A, B, C], { a: 7, b: 5, c: 6 }, B],
    ['the only one, however often', [A], { a: 9 }, A],
  ])('in round robin: %s', (_, workers, last, expected) => {
    expect(nextInTurn(workers, { mode: 'round_robin', ...turns(last) })).toEqual(expected)
  })

  it.each([
    ['who has least to do, whenever their turn was', { a: 1, b: 9 }, { a: 2, b: 1, c: 3 }, B],
    ['of those with as little who waited longest', { a: 3, b: 2, c: 1 }, { a: 1, b: 1, c: 2 }, B],
  ])('by what they have to do: %s', (_, last, busy, expected) => {
    const next = nextInTurn([A, B, C], { mode: 'least_busy', ...turns(last, busy) })
    expect(next).toEqual(expected)
  })

  it('does not look at what they have to do in round robin', () => {
    const next = nextInTurn([A, B], { mode: 'round_robin', ...turns({ b: 1 }, { a: 99 }) })
    expect(next).toEqual(A)
  })

  it('comes round evenly, whoever goes away and comes back in between', () => {
    const present = fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 })
    fc.assert(
      fc.property(fc.array(present, { maxLength: 60 }), (days) => {
        const last: Record<string, number> = {}
        for (const [turn, ids] of days.entries()) {
          const mode = 'round_robin'
          const next = nextInTurn(ids.map(worker), { mode, ...turns(last) })
          const longest = Math.min(...ids.map((id) => last[id] ?? 0))
          expect(last[next?.id ?? ''] ?? 0).toBe(longest)
          last[next?.id ?? ''] = turn + 1
        }
      }),
    )
  })
})
