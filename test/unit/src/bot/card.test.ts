import { describe, expect, it } from 'vitest'
import { packPress, unpackPress } from '../../../../src/bot/callback-data.ts'
import { renderCard } from '../../../../src/bot/card.ts'
import { type CardView, HAPPENINGS } from '../../../../src/bot/card-view.ts'
import { lostReasonsOf } from '../../../../src/bot/lost-reasons.ts'
import type { LeadData } from '../../../../src/lead.ts'
import { LOCALES, type Locale } from '../../../../src/locales.ts'
import { AT, leadOf, newLead } from '../../lead.ts'

const place = { locale: 'ru', timezone: 'Asia/Tashkent' } as const
const NOW = Date.parse(AT)
const MINUTE = 60_000

function cardOf(lead: LeadData, view: CardView | null = null, now = NOW) {
  return renderCard(lead, place, now, view)
}

/** What Telegram counts: the text without tags, entities as one character. */
function shownLength(html: string): number {
  return html.replace(/<[^>]+>/g, '').replace(/&\w+;/g, '.').length
}

function dataOf(card: ReturnType<typeof renderCard>): string[] {
  return card.reply_markup.inline_keyboard
    .flat()
    .map((button) => ('callback_data' in button ? button.callback_data : ''))
}

function verbsOf(card: ReturnType<typeof renderCard>): (string | undefined)[] {
  return dataOf(card).map((data) => unpackPress(data)?.verb)
}

describe('a card', () => {
  it('shows who, how to call, from where and when', () => {
    const lead = newLead({
      name: 'Азиза <b>',
      phone: '+998901234567',
      isVerified: true,
      source: 'facebook',
      campaignName: 'Leads & more',
      adId: '1201',
      adName: 'Video',
      utmSource: 'insta',
    })
    expect(cardOf(lead, null, NOW + 4 * MINUTE).text).toBe(
      [
        '🆕 <b>Новая заявка</b> · ждёт 4 мин',
        '',
        '👤 <b>Азиза &lt;b&gt;</b>',
        '📞 +998 90 123 45 67 ✓',
        '<i>Facebook · Leads &amp; more · объявление Video · insta · 22.11, 14:00</i>',
      ].join('\n'),
    )
  })

  it('sets what is known of a repeat apart from who it is', () => {
    const repeat = newLead({ repeatOf: newLead().id })
    const earlier = { createdAt: AT, manager: 'Olim', status: 'closed', outcome: 'won' } as const
    for (const lead of [repeat, { ...repeat, earlier }]) {
      const [, , line, blank, person] = cardOf(lead).text.split('\n')
      expect([line, blank, person]).toEqual([expect.stringContaining('🔁'), '', '👤 <b>Aziza</b>'])
    }
  })

  it.each([
    ['a phone', { contact: '90 123-45-67', phone: '+998901234567' }, ['📞 +998 90 123 45 67']],
    ['an e-mail', { contact: 'A@b.uz', email: 'a@b.uz' }, ['✉️ a@b.uz']],
    ['a name in Telegram', { contact: '@aziza' }, ['💬 @aziza']],
    [
      'a name in Telegram, and a phone besides it',
      { contact: '@aziza', phone: '+998901234567' },
      ['📞 +998 90 123 45 67', '💬 @aziza'],
    ],
    [
      'an e-mail, and a phone besides it',
      { contact: 'a@b.uz', email: 'a@b.uz', phone: '+998901234567' },
      ['📞 +998 90 123 45 67', '✉️ a@b.uz'],
    ],
  ])('shows every way to reach a person once: %s', (_, lead, lines) => {
    const shown = cardOf(newLead({ name: 'Aziza', ...lead })).text.split('\n')
    expect(shown.slice(3, -1)).toEqual(lines)
  })

  it.each([
    ['new', leadOf('new'), ['take', 'spam', 'note', 'history']],
    [
      'in work',
      leadOf('in_progress'),
      ['won', 'lost', 'remind', 'note', 'release', 'spam', 'history'],
    ],
    ['closed', leadOf('closed'), ['reopen', 'history']],
    [
      'given out in turn',
      { ...leadOf('in_progress'), firstResponseAt: null },
      ['take', 'won', 'lost', 'remind', 'note', 'release', 'spam', 'history'],
    ],
    ['a repeat', newLead({ repeatOf: newLead().id }), ['take', 'merge', 'spam', 'note', 'history']],
    ['merged', { ...leadOf('closed'), duplicateOf: newLead().id }, ['unmerge', 'history']],
  ])('of a lead that is %s has these buttons', (_, lead, verbs) => {
    expect(verbsOf(cardOf(lead))).toEqual(verbs)
  })

  it('says that details are still read, or never will be', () => {
    expect(cardOf(newLead({ details: 'pending' })).text).toContain('читаются')
    expect(cardOf(newLead({ details: 'unavailable' })).text).toContain('не отдаёт')
  })

  it('marks a lead whose team was reminded of it', () => {
    expect(cardOf(newLead({ nudges: 1 })).text).toMatch(/^🔴/)
    const assigned = { ...leadOf('in_progress'), firstResponseAt: null, nudges: 1 }
    expect(cardOf(assigned).text).toMatch(/^🔴.*Olim/)
  })

  it('says whose it is that was given out in turn, and how long the person waits', () => {
    const lead = { ...leadOf('in_progress'), firstResponseAt: null }
    const card = cardOf(lead, null, NOW + 2 * MINUTE)
    expect(card.text).toContain('Назначена:</b> Olim · ждёт 2 мин')
    expect(card.reply_markup.inline_keyboard[0]?.[0]?.text).toBe('🙋 Беру')
  })

  it('tells of a repeat when the person came before, to whom, and what became of it', () => {
    const earlier = {
      createdAt: '2026-11-12T20:00:00.000Z',
      manager: 'Нодира',
      status: 'closed',
      outcome: 'won',
    } as const
    expect(cardOf(newLead({ repeatOf: newLead().id, earlier })).text).toContain(
      'уже обращались 13.11.2026, менеджер Нодира, успех',
    )
  })

  it('shows the reminders to come, the soonest first, and why a lead was lost', () => {
    const reminders = [
      { id: '1', userId: '1', at: '2026-11-23T10:00:00.000Z', text: 'про оплату' },
      { id: '2', userId: '1', at: '2026-11-23T05:00:00.000Z', text: null },
    ]
    const text = cardOf({ ...leadOf('in_progress'), reminders }).text
    expect(text).toContain('⏰ 23.11, 10:00\n⏰ 23.11, 15:00 — про оплату')
    expect(cardOf({ ...leadOf('closed'), outcome: 'lost', reason: 'Дорого' }).text).toContain(
      'Причина: Дорого',
    )
  })

  it('cuts between whole characters', () => {
    const family = '👨‍👩‍👧‍👦'
    const { text } = cardOf(newLead({ name: family.repeat(50) }))
    const shown = /👤 <b>(.*)…<\/b>/.exec(text)?.[1] ?? ''
    expect(shown.replaceAll(family, '')).toBe('')
  })
})

const HISTORY = {
  name: 'history',
  hidden: 3,
  events: [{ what: 'claim', at: AT, who: 'Olim', words: null }],
  earlier: [],
} as const satisfies CardView

describe('a card that is opened', () => {
  it('asks for the reason with the words of the project, or with none', () => {
    const reasons = ['Дорого', 'Другой город']
    const card = cardOf(leadOf('in_progress'), { name: 'reasons', reasons })
    expect(verbsOf(card)).toEqual(['why', 'why', 'why', 'fold'])
    expect(card.text).toContain('Почему не вышло?')
  })

  it('offers when to remind', () => {
    const card = cardOf(leadOf('in_progress'), { name: 'remind' })
    expect(verbsOf(card)).toEqual(['in', 'in', 'in', 'in', 'fold'])
  })

  it('shows what happened in place of the notes, and can be folded up', () => {
    const card = cardOf(leadOf('in_progress'), HISTORY)
    expect(card.text).toContain('… ещё 3\n22.11, 14:00 <b>Olim</b>: взял(а) в работу')
    expect(verbsOf(card)).toContain('fold')
    expect(verbsOf(card)).not.toContain('history')
  })
})

/** A lead with everything longest, and all that can be opened on it. */
function longest(locale: Locale): [LeadData, (CardView | null)[]] {
  const long = '&'.repeat(2_000)
  const many = (n: number) => Array.from({ length: n }, (_, i) => i)
  const event = { at: AT, who: long, words: long }
  const lead = newLead({
    name: long,
    contact: long,
    email: `${long}@x`,
    campaignName: long,
    adId: long,
    utmSource: long,
    source: 'facebook',
    status: 'in_progress',
    repeatOf: newLead().id,
    earlier: { createdAt: AT, manager: long, status: 'closed', outcome: 'lost' },
    assignee: { id: '1', name: long },
    reminders: many(20).map((n) => ({ id: `${n}`, userId: '1', at: AT, text: long })),
    answers: Object.fromEntries(many(30).map((n) => [`${n}${long}`, long])),
    notes: many(30).map((n) => ({ id: `${n}`, text: long, author: long, at: AT })),
  })
  return [
    lead,
    [
      null,
      { name: 'reasons', reasons: lostReasonsOf({ lostReasons: [] }, locale) },
      { name: 'reasons', reasons: many(8).map((n) => `${n}`.repeat(40)) },
      { name: 'remind' },
      {
        name: 'history',
        hidden: 99,
        events: many(15).map((n) => ({ ...event, what: HAPPENINGS[n] ?? 'late' })),
        earlier: many(4).map(() => ({ ...event, what: 'repeat' })),
      },
    ],
  ]
}

describe.each(LOCALES)('with everything longest (%s)', (locale) => {
  const [lead, views] = longest(locale)

  it('fits into a message of Telegram, whatever is opened on it', () => {
    for (const status of ['new', 'in_progress', 'closed'] as const) {
      for (const view of views) {
        const of = { ...lead, status, reason: '&'.repeat(2_000) }
        const { text } = renderCard(of, { ...place, locale }, NOW, view)
        // Above a card may stand why it is shown.
        expect(shownLength(text)).toBeLessThanOrEqual(4_096 - 350)
      }
    }
  })

  it('has buttons that Telegram takes and we understand', () => {
    for (const view of views) {
      for (const data of dataOf(renderCard(lead, { ...place, locale }, NOW, view))) {
        expect(new TextEncoder().encode(data).length).toBeLessThanOrEqual(64)
        expect(unpackPress(data)).not.toBeNull()
      }
    }
  })
})

describe('what a button says', () => {
  const id = '5f0c4a57-6a0b-4d0e-9b5c-1f6f6b1f6d11'

  it.each([
    { verb: 'release', id },
    { verb: 'why', id, choice: 'none' },
    { verb: 'in', id, choice: 'tomorrow' },
  ] as const)('is packed and unpacked: %j', (press) => {
    expect(unpackPress(packPress(press))).toEqual(press)
  })

  it.each([
    '',
    'take',
    'v1:take:',
    'v2:take:1',
    'v1:take:not-a-lead',
    'v1:drop:5f0c4a57-6a0b-4d0e-9b5c-1f6f6b1f6d11',
    'v1:why:5f0c4a57-6a0b-4d0e-9b5c-1f6f6b1f6d11',
    'v1:take:5f0c4a57-6a0b-4d0e-9b5c-1f6f6b1f6d11-1',
    'x'.repeat(64),
  ])('is nothing when we did not pack it: %j', (data) => {
    expect(unpackPress(data)).toBeNull()
  })
})
