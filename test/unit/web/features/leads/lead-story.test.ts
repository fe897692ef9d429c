import { describe, expect, it } from 'vitest'
import { storyOf } from '../../../../../web/src/features/leads/lead-story.ts'

describe('the story of a lead', () => {
  it.each([
    ['receive', {}, 'event.receive'],
    ['claim', {}, 'event.claim'],
    ['close', { outcome: 'won' }, 'event.close.won'],
    ['enrich', { details: { details: 'complete' } }, 'event.enrich'],
    ['enrich', { details: { details: 'unavailable' } }, 'event.enrich_unavailable'],
    ['assign', { to: null }, 'event.other'],
    ['close', { outcome: 'toString' }, 'event.other'],
    ['constructor', {}, 'event.other'],
  ])('says of %s with %j: %s', (type, data, key) => {
    expect(storyOf({ type, data }).key).toBe(key)
  })

  it('says to whom a lead was given, and why it was lost', () => {
    expect(storyOf({ type: 'assign', data: { to: { id: '8', name: 'Азиз' } } }).params).toEqual({
      name: 'Азиз',
    })
    expect(storyOf({ type: 'close', data: { outcome: 'lost', reason: 'Дорого' } }).detail).toBe(
      'Дорого',
    )
  })
})
