import { describe, expect, it } from 'vitest'
import { isLookDue } from '../../../../src/schedule/watch-all.ts'

describe('a tick', () => {
  const tick = (time: string) => Date.parse(`2026-11-28T${time}Z`)

  it.each([
    ['10:00', true],
    ['10:05', false],
    ['10:10', false],
    ['10:15', true],
    ['10:17', true],
    ['10:45', true],
  ])('at %s looks at projects: %s', (time, isDue) => {
    expect(isLookDue(tick(`${time}:00`))).toBe(isDue)
  })
})
