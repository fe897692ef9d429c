import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readReminder } from '../../../../src/bot/reminder/read-reminder.ts'

const TASHKENT = 'Asia/Tashkent'
/** A Wednesday, 15:00 in Tashkent. */
const NOW = Date.parse('2026-11-25T10:00:00Z')

function read(words: string, now = NOW, timezone = TASHKENT) {
  const wish = readReminder(words, now, timezone)
  return wish.kind === 'at' ? [new Date(wish.at).toISOString().slice(0, 16), wish.words] : wish.kind
}

describe('a reply that asks for a reminder', () => {
  it.each([
    ['напомни завтра в 10', '2026-11-26T05:00', null],
    ['Напомните мне завтра в 10.30 про оплату', '2026-11-26T05:30', 'про оплату'],
    ['напомни через 15 минут', '2026-11-25T10:15', null],
    ['напомни через час', '2026-11-25T11:00', null],
    ['напомни через полтора часа', '2026-11-25T11:30', null],
    ['напомни через 2 дня', '2026-11-27T05:00', null],
    ['напомни в 18', '2026-11-25T13:00', null],
    ['напомни в 10', '2026-11-26T05:00', null],
    ['напомни в 3 дня', '2026-11-26T10:00', null],
    ['напомни в 4', '2026-11-25T11:00', null],
    ['напомни в 9 утра', '2026-11-26T04:00', null],
    ['напомни завтра', '2026-11-26T05:00', null],
    ['напомни завтра вечером', '2026-11-26T13:00', null],
    ['напомни в пятницу в 11', '2026-11-27T06:00', null],
    ['напомни 28.11 в 14:30', '2026-11-28T09:30', null],
    ['напомни 28 ноября', '2026-11-28T05:00', null],
    ['клиент просил напомнить послезавтра в 9:15', '2026-11-27T04:15', 'клиент просил'],
    ['перезвонить в 15:30', '2026-11-25T10:30', 'перезвонить'],
    ['Перезвонить завтра к 17:00 насчёт цены', '2026-11-26T12:00', 'Перезвонить насчёт цены'],
    ['remind me in 2 hours', '2026-11-25T12:00', null],
    ['remind me tomorrow at 10', '2026-11-26T05:00', null],
    ['Remind me to send the offer on friday at 3pm', '2026-11-27T10:00', 'send the offer'],
    ['remind me at 3', '2026-11-26T10:00', null],
    ['call back at 15:30', '2026-11-25T10:30', 'call back'],
    ['ertaga soat 10 da eslat', '2026-11-26T05:00', null],
    ['Ertaga soat 10:30 da eslating', '2026-11-26T05:30', null],
    ['2 soatdan keyin eslat', '2026-11-25T12:00', null],
    ['yarim soatdan so‘ng eslatib qo‘y', '2026-11-25T10:30', null],
    ['bir yarim soatdan keyin eslat', '2026-11-25T11:30', null],
    ['30 daqiqadan keyin to‘lov haqida eslat', '2026-11-25T10:30', "to'lov haqida"],
    ['soat 18:00 da eslat', '2026-11-25T13:00', null],
    ['soat 4 da eslat', '2026-11-25T11:00', null],
    ['juma kuni soat 11 da eslat', '2026-11-27T06:00', null],
    ['28-noyabr soat 14:30 da eslat', '2026-11-28T09:30', null],
    ['ertaga kechqurun eslat', '2026-11-26T13:00', null],
    ['indinga eslat', '2026-11-27T05:00', null],
    ['qayta qo‘ng‘iroq ertaga soat 10 da', '2026-11-26T05:00', "qayta qo'ng'iroq"],
  ])('%j is understood', (words, at, rest) => {
    expect(read(words)).toEqual([at, rest])
  })

  it.each([
    ['напомни вчера в 10', 'past'],
    ['напомни сегодня в 10', 'past'],
    ['remind me yesterday at 5', 'past'],
    ['kecha soat 10 da eslat', 'past'],
    ['напомни', 'unclear'],
    ['напомни в 25:00', 'unclear'],
    ['напомни когда-нибудь', 'unclear'],
    ['remind me sometime', 'unclear'],
    ['eslat', 'unclear'],
    ['soat 30 da eslat', 'unclear'],
    ['remind me in 3 years', 'far'],
  ])('%j is answered: %s', (words, kind) => {
    expect(read(words)).toBe(kind)
  })

  it.each([
    'Call at 15:00',
    'Клиент придёт завтра в 10',
    'Перезвонил в 15:00, не ответил',
    'перезвонить',
    'я напомнил ему завтра в 10',
    'reminded him at 10',
    'ertaga soat 10 da keladi',
    'eslatdim',
    '+998 90 123 45 67',
  ])('%j is a note', (words) => {
    expect(read(words)).toBe('none')
  })

  it('goes by the clock of the project, through its changes', () => {
    const saturday = Date.parse('2026-10-24T10:00:00Z')
    expect(read('напомни завтра в 10', saturday, 'Europe/Berlin')).toEqual([
      '2026-10-25T09:00',
      null,
    ])
    expect(read('напомни завтра в 10', saturday, 'America/New_York')).toEqual([
      '2026-10-25T14:00',
      null,
    ])
  })

  it('is never understood as a time that is over', () => {
    const words = fc.constantFrom(
      'напомни',
      'remind me',
      'eslat',
      'в 10',
      'at 5',
      'soat 3 da',
      'завтра',
      '10.30',
      '28.11',
      'через',
      '15',
      'минут',
    )
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), fc.string(), (parts, noise) => {
        const wish = readReminder([...parts, noise].join(' '), NOW, TASHKENT)
        expect(wish.kind === 'at' ? wish.at : Infinity).toBeGreaterThan(NOW)
      }),
    )
  })
})
