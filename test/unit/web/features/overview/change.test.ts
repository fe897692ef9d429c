import { describe, expect, it } from 'vitest'
import { changeOf } from '../../../../../web/src/features/overview/change.ts'

describe('a change', () => {
  it.each([
    ['more leads are good', 120, 100, 'more', 'good'],
    ['fewer leads are bad', 80, 100, 'more', 'bad'],
    ['a cheaper lead is good', 3, 4, 'less', 'good'],
    ['a dearer lead is bad', 5, 4, 'less', 'bad'],
    ['of spend nobody can say', 500, 100, 'neither', 'neutral'],
    ['next to nothing is neither', 100.2, 100, 'more', 'neutral'],
  ] as const)('%s', (_, now, before, better, tone) => {
    expect(changeOf(now, before, better)?.tone).toBe(tone)
  })

  it('is the part of what was before', () => {
    expect(changeOf(150, 100, 'more')?.part).toBe(0.5)
  })

  it.each([
    [null, 4],
    [4, null],
    [4, 0],
  ])('from %j to %j is not to be had', (before, now) => {
    expect(changeOf(before, now, 'less')).toBeNull()
  })
})
