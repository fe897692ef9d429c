import { describe, expect, it } from 'vitest'
import { ALLOWED_UPDATES } from '../../../../src/bot/introduce.ts'
import { isCheckDue, problemsOf } from '../../../../src/schedule/check-webhook.ts'

const URL = 'https://bot.test/telegram/webhook'
const NOW = Date.parse('2026-11-25T12:00:00Z')
const well = {
  url: URL,
  has_custom_certificate: false,
  pending_update_count: 0,
  allowed_updates: [...ALLOWED_UPDATES],
}
const failed = { last_error_date: NOW / 1000 - 60, last_error_message: 'Read timeout expired' }

describe('what Telegram says of its webhook', () => {
  it.each([
    ['is as it should be', well, []],
    ['names another address', { ...well, url: 'https://else.test' }, ['url']],
    ['names none', { ...well, url: '' }, ['url']],
    ['lacks a kind of update', { ...well, allowed_updates: ['message'] }, ['updates']],
    ['has Telegram’s own list', { ...well, allowed_updates: undefined as never }, ['updates']],
    [
      'has more kinds than ours',
      { ...well, allowed_updates: [...ALLOWED_UPDATES, 'poll' as const] },
      [],
    ],
    [
      'holds updates that it cannot deliver',
      { ...well, ...failed, pending_update_count: 20 },
      ['piling'],
    ],
    ['holds updates that are on their way', { ...well, pending_update_count: 50 }, []],
    ['has failed long ago', { ...well, last_error_date: 1, pending_update_count: 50 }, []],
    ['has failed and holds few', { ...well, ...failed, pending_update_count: 3 }, []],
  ] as const)('%s', (_, info, problems) => {
    expect(problemsOf(info as typeof well, URL, NOW)).toEqual(problems)
  })

  it('is asked for at one tick of every hour', () => {
    const ticks = Array.from({ length: 24 }, (_, n) => NOW + n * 5 * 60_000)
    expect(ticks.filter(isCheckDue)).toEqual([NOW, NOW + 3_600_000])
  })
})
