import { createInstance } from 'i18next'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Locale } from '../../../src/locales.ts'
import { type Formats, formatsFor } from '../../../web/src/format.ts'
import en from '../../../web/src/texts/en.json' with { type: 'json' }
import ru from '../../../web/src/texts/ru.json' with { type: 'json' }
import uz from '../../../web/src/texts/uz.json' with { type: 'json' }

const i18n = createInstance({
  resources: { ru: { portal: ru }, en: { portal: en }, uz: { portal: uz } },
  defaultNS: 'portal',
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
})
void i18n.init()

function formatsIn(locale: Locale, timezone = 'Asia/Tashkent'): Formats {
  return formatsFor(locale, timezone, i18n.getFixedT(locale, 'portal'))
}

/** Spaces of every kind as plain ones: which kind it is the browser decides. */
function plain(text: string): string {
  return text.replace(/\s/g, ' ')
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-22T12:00:00Z'), toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('formats', () => {
  it.each([
    ['ru', '1 482,17 $'],
    ['en', '$1,482.17'],
    ['uz', '1 482,17 $'],
  ] as const)('write money in %s as %s', (locale, expected) => {
    expect(plain(formatsIn(locale).money({ amount: '1482.17', currency: 'USD' }))).toBe(expected)
  })

  it('keep the digits a currency has, and leave the cents of large amounts out', () => {
    const { money } = formatsIn('ru')
    expect(plain(money({ amount: '42', currency: 'JPY' }))).toBe('42 ¥')
    expect(plain(money({ amount: '0.50', currency: 'USD' }))).toBe('0,50 $')
    expect(plain(money({ amount: '1234567.89', currency: 'USD' }))).toBe('1 234 568 $')
  })

  it.each([
    ['ru', '22 ноября', '22 ноя, 17:05'],
    ['en', '22 November', '22 Nov, 17:05'],
    ['uz', '22-noyabr', '22-noy, 17:05'],
  ] as const)('write days and moments in %s', (locale, day, moment) => {
    const formats = formatsIn(locale)
    expect(formats.day('2026-11-22')).toBe(day)
    expect(formats.moment('2026-11-22T12:05:00Z')).toBe(moment)
  })

  it('name the year of another year', () => {
    expect(formatsIn('ru').day('2025-03-08')).toBe('8 марта 2025')
  })

  it('name the month of a period once, when it has one', () => {
    const { days } = formatsIn('ru')
    expect(days({ from: '2026-11-16', to: '2026-11-22' })).toBe('16–22 ноя')
    expect(days({ from: '2026-10-26', to: '2026-11-22' })).toBe('26 окт – 22 ноя')
    expect(days({ from: '2026-11-22', to: '2026-11-22' })).toBe('22 ноя')
    expect(formatsIn('uz').days({ from: '2026-11-16', to: '2026-11-22' })).toBe('16–22-noy')
  })

  it('put a moment into the day of the timezone', () => {
    const late = '2026-11-22T20:30:00Z'
    expect(formatsIn('ru').dayOf(late)).toBe('2026-11-23')
    expect(formatsIn('ru', 'Europe/London').dayOf(late)).toBe('2026-11-22')
  })

  it.each([
    [-5_000, 'сейчас'],
    [59_000, 'сейчас'],
    [60_000, '1 мин'],
    [59 * 60_000, '59 мин'],
    [60 * 60_000, '1 ч'],
    [47 * 3_600_000, '1 дн'],
  ])('say how long %i ms are: %s', (ms, expected) => {
    expect(formatsIn('ru').age(ms)).toBe(expected)
  })

  it('write small parts with tenths and large ones without', () => {
    const { share } = formatsIn('en')
    expect([share(0.028), share(0.126), share(0)]).toEqual(['2.8%', '13%', '0%'])
  })
})
