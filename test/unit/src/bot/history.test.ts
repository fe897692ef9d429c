import { describe, expect, it } from 'vitest'
import { historyOf } from '../../../../src/bot/history.ts'
import { choiceOf, lostReasonsOf, reasonOf } from '../../../../src/bot/lost-reasons.ts'
import { LOCALES } from '../../../../src/locales.ts'
import { AT } from '../../lead.ts'

function event(type: string, data: object = {}, actor: { name: string } | null = { name: 'Olim' }) {
  return { type, actor, at: AT, data: JSON.stringify(data) }
}

describe('the history of a lead', () => {
  it.each([
    [event('claim'), 'claim', null],
    [event('assign', { to: { id: '2', name: 'Nodir' } }), 'assign', 'Nodir'],
    [event('close', { outcome: 'won' }), 'won', null],
    [event('close', { outcome: 'lost', reason: 'Дорого' }), 'lost', 'Дорого'],
    [event('note', { text: 'Call' }), 'note', 'Call'],
    [event('remind', { at: AT, text: null }), 'remind', null],
    [event('tick', { timer: { kind: 'nudge', level: 1 } }, null), 'late', null],
    [event('tick', { timer: { kind: 'expire' } }, null), 'returned', null],
    [event('tick', { timer: { kind: 'remind', reminderId: '1' } }, null), 'reminded', null],
  ])('tells of %j', (one, what, words) => {
    expect(historyOf([one], [])).toMatchObject({ events: [{ what, words }] })
  })

  it('leaves out what it does not know, and what was long before', () => {
    const many = Array.from({ length: 20 }, () => event('note', { text: 'x' }))
    expect(historyOf([event('dance')], [])).toMatchObject({ events: [], hidden: 0 })
    expect(historyOf(many, many)).toMatchObject({ hidden: 5 })
  })
})

describe('the reasons why a lead was lost', () => {
  it.each(LOCALES)('are ours unless the project has its own (%s)', (locale) => {
    expect(lostReasonsOf({ lostReasons: ['Far'] }, locale)).toEqual(['Far'])
    const ours = lostReasonsOf({ lostReasons: [] }, locale)
    expect(new Set(ours.map(choiceOf)).size).toBe(ours.length)
    for (const reason of ours) {
      expect(reasonOf(choiceOf(reason), { lostReasons: [] })).toBe(reason)
    }
  })

  it('are found by what the button says, as long as the project has them', () => {
    const far = choiceOf('Far')
    expect(reasonOf(far, { lostReasons: ['Near', 'Far'] })).toBe('Far')
    expect(reasonOf(far, { lostReasons: ['Near'] })).toBeNull()
  })
})
