import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unpackPress } from '../../../../src/bot/callback-data.ts'
import {
  type LeadsPage,
  packWanted,
  renderLeads,
  unpackWanted,
} from '../../../../src/bot/leads-list.ts'
import { LOCALES } from '../../../../src/locales.ts'
import { AT, leadOf, newLead } from '../../lead.ts'

const NOW = Date.parse(AT)

const page = (changes: Partial<LeadsPage> = {}): LeadsPage => ({
  tab: 'mine',
  words: null,
  leads: [],
  hasBefore: false,
  hasAfter: false,
  number: null,
  isAway: false,
  ...changes,
})

const labelsOf = (shown: ReturnType<typeof renderLeads>) =>
  shown.reply_markup.inline_keyboard.flat().map(({ text }) => text)

describe('what a list’s button says', () => {
  it('is packed and unpacked, within the 64 bytes Telegram allows', () => {
    const tab = fc.oneof(
      fc.constantFrom('mine' as const, 'new' as const, 'all' as const),
      fc.record({ search: fc.integer({ min: 1, max: 2 ** 31 }) }),
    )
    const from = fc.option(
      fc.record({ side: fc.constantFrom('after' as const, 'before' as const), leadId: fc.uuid() }),
    )
    fc.assert(
      fc.property(fc.record({ tab, from }), (wanted) => {
        const packed = packWanted(wanted)
        expect(unpackWanted(packed)).toEqual(wanted)
        expect(`v1:leads:${packed}`.length).toBeLessThanOrEqual(64)
        expect(unpackPress(`v1:leads:${packed}`)).toEqual({ verb: 'leads', id: packed })
      }),
    )
  })

  it.each(['', 'theirs', 'mine-a', 'mine-c-1', 'mine-a-1', 'f', 'fx'])(
    'is nothing when we did not pack it: %j',
    (id) => {
      expect(unpackWanted(id)).toBeNull()
    },
  )
})

describe('a page of leads', () => {
  it('has a button for each lead, by its state, and for the other lists', () => {
    const leads = [leadOf('new'), leadOf('in_progress'), leadOf('closed')].map((lead) => ({
      ...lead,
      timezone: 'Asia/Tashkent',
    }))
    expect(labelsOf(renderLeads(page({ leads, hasAfter: true }), 'ru', NOW))).toEqual([
      '🆕 Aziza · сейчас',
      '🟡 Aziza · 22.11.26',
      '✅ Aziza · 22.11.26',
      '▶️',
      '• Мои •',
      'Новые',
      'Все',
    ])
  })

  it.each(LOCALES)('shortens names so that a phone shows how long they wait (%s)', (locale) => {
    const name = 'Абдурахмонова Мухаббатхон Абдукаримовна'
    for (const minutes of [0, 4, 50, 60 * 47, 60 * 24 * 59]) {
      const leads = [leadOf('new'), leadOf('closed')].map((lead) => {
        return { ...lead, name, timezone: 'UTC' }
      })
      const labels = labelsOf(renderLeads(page({ leads }), locale, NOW + minutes * 60_000))
      for (const label of labels.slice(0, 2)) {
        expect(label.length).toBeLessThanOrEqual(30)
        expect(label).toMatch(/Абдурахмо.*… · \S/)
      }
    }
  })

  it('says which page it is of how many', () => {
    expect(renderLeads(page({ number: { page: 2, pages: '7' } }), 'ru', NOW).text).toContain(
      'Мои заявки в работе</b> · 2 из 7\n',
    )
  })

  it('calls a lead without a name by its phone', () => {
    const lead = { ...newLead({ name: null, phone: '+998901234567' }), timezone: 'UTC' }
    expect(labelsOf(renderLeads(page({ leads: [lead] }), 'ru', NOW))[0]).toContain('+998901234567')
  })

  it.each(LOCALES)(
    'says that nothing is there, or was found, and that one is away (%s)',
    (locale) => {
      const none = renderLeads(page(), locale, NOW).text
      const notFound = renderLeads(page({ tab: { search: 1 }, words: '<b>' }), locale, NOW).text
      expect(none).not.toBe(notFound)
      expect(notFound).toContain('&lt;b&gt;')
      expect(renderLeads(page({ isAway: true }), locale, NOW).text).toContain('/back')
    },
  )
})
