import { describe, expect, it } from 'vitest'
import type { MessageParams } from '../../../../src/bot/owed.ts'
import { simplify } from '../../../../src/bot/simplify.ts'

const whole: MessageParams = {
  text: '<b>Aziza</b> &lt;3 &amp; more',
  parse_mode: 'HTML',
  message_thread_id: 7,
  reply_parameters: { message_id: 3 },
  reply_markup: { inline_keyboard: [] },
}

const refused = (kind: 'markup' | 'long' | 'buttons' | 'reply' | 'thread' | 'gone', reason = '') =>
  ({ kind, reason }) as const

describe('a message of which Telegram refuses a part', () => {
  it('is said as plain text when its markup is broken', () => {
    const simpler = simplify(whole, refused('markup'))
    expect(simpler).toMatchObject({ text: 'Aziza <3 & more', message_thread_id: 7 })
    expect(simpler).not.toHaveProperty('parse_mode')
  })

  it.each([
    ['buttons', 'reply_markup'],
    ['reply', 'reply_parameters'],
    ['thread', 'message_thread_id'],
  ] as const)('is said without what is refused: %s', (kind, name) => {
    expect(simplify(whole, refused(kind))).not.toHaveProperty(name)
  })

  it('is cut between characters when it is too long, and its markup with it', () => {
    const long = { ...whole, text: `<b>${'я'.repeat(3_999)}😀${'я'.repeat(200)}</b>` }
    const simpler = simplify(long, refused('long', 'message is too long'))
    expect(simpler?.text).toBe(`${'я'.repeat(3_999)}…`)
    expect(simpler).not.toHaveProperty('parse_mode')
  })

  it('is cut shorter below a file', () => {
    const simpler = simplify(
      { text: 'a'.repeat(2_000) },
      refused('long', 'message caption is too long'),
    )
    expect(simpler?.text).toHaveLength(1_001)
  })

  it('is not said again when that part is not in it, or something else is wrong', () => {
    const bare = { text: 'Aziza' }
    for (const kind of ['markup', 'long', 'buttons', 'reply', 'thread', 'gone'] as const) {
      expect(simplify(bare, refused(kind))).toBeNull()
    }
  })
})
