import { describe, expect, it } from 'vitest'
import { packPress, unpackPress } from '../../../../src/bot/callback-data.ts'
import { renderCard } from '../../../../src/bot/card.ts'
import { LOCALES } from '../../../../src/locales.ts'
import { leadOf, newLead } from '../../lead.ts'

const place = { locale: 'ru', timezone: 'Asia/Tashkent' } as const

/** What Telegram counts: the text without tags, entities as one character. */
function shownLength(html: string): number {
  return html.replace(/<[^>]+>/g, '').replace(/&\w+;/g, '.').length
}

function verbsOf(card: ReturnType<typeof renderCard>): (string | undefined)[] {
  return card.reply_markup.inline_keyboard.flat().map((button) => {
    return 'callback_data' in button ? unpackPress(button.callback_data)?.verb : undefined
  })
}

describe('a card', () => {
  it('shows who, how to call, from where and when', () => {
    const lead = newLead({
      name: 'Азиза <b>',
      phone: '+998901234567',
      source: 'facebook',
      campaignName: 'Leads & more',
    })
    expect(renderCard(lead, place).text).toBe(
      [
        '🆕 <b>Новая заявка</b>',
        '',
        '👤 <b>Азиза &lt;b&gt;</b>',
        '📞 +998 90 123 45 67',
        '<i>Facebook · Leads &amp; more · 22.11, 14:00</i>',
      ].join('\n'),
    )
  })

  it.each([
    ['new', ['take', 'spam']],
    ['in_progress', ['won', 'lost', 'release']],
    ['closed', ['reopen']],
  ] as const)('of a lead that is %s can be pressed: %j', (status, verbs) => {
    expect(verbsOf(renderCard(leadOf(status), place))).toEqual(verbs)
  })

  it('says that details are still read, or never will be', () => {
    expect(renderCard(newLead({ details: 'pending' }), place).text).toContain('читаются')
    expect(renderCard(newLead({ details: 'unavailable' }), place).text).toContain('не отдаёт')
  })

  it.each(LOCALES)('fits into a message of Telegram with everything longest (%s)', (locale) => {
    const long = '&'.repeat(2_000)
    const lead = newLead({
      name: long,
      contact: long,
      email: `${long}@x`,
      campaignName: long,
      source: 'facebook',
      status: 'in_progress',
      assignee: { id: '1', name: long },
      answers: Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`${n}${long}`, long])),
      notes: Array.from({ length: 30 }, (_, n) => ({
        id: `${n}`,
        text: long,
        author: long,
        at: '2026-11-22T09:00:00.000Z',
      })),
    })
    expect(shownLength(renderCard(lead, { ...place, locale }).text)).toBeLessThanOrEqual(4_096)
  })

  it('cuts between whole characters', () => {
    const family = '👨‍👩‍👧‍👦'
    const { text } = renderCard(newLead({ name: family.repeat(50) }), place)
    const shown = /👤 <b>(.*)…<\/b>/.exec(text)?.[1] ?? ''
    expect(shown.replaceAll(family, '')).toBe('')
  })
})

describe('what a button says', () => {
  it('is packed and unpacked, within the 64 bytes Telegram allows', () => {
    const press = { verb: 'release', id: '5f0c4a57-6a0b-4d0e-9b5c-1f6f6b1f6d11' } as const
    expect(unpackPress(packPress(press))).toEqual(press)
    expect(new TextEncoder().encode(packPress(press)).length).toBeLessThanOrEqual(64)
  })

  it.each([
    '',
    'v1:take:',
    'v1:take:1',
    'v2:take:x',
    'v1:fly:5f0c4a57-6a0b-4d0e-9b5c-1f6f6b1f6d11',
  ])('is nothing to us when it is %j', (data) => {
    expect(unpackPress(data)).toBeNull()
  })
})
