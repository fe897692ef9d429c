import { expect, it } from 'vitest'
import { moneyText } from '../../../../src/bot/money-text.ts'

it.each([
  ['ru', '19.62', 'USD', '19,62 $'],
  ['ru', '1234567.80', 'USD', '1 234 567,80 $'],
  ['uz', '1234', 'JPY', '1 234 ¥'],
  ['en', '1234.50', 'USD', '$1,234.50'],
] as const)(
  'an amount is written as people of %s do: %s %s',
  (locale, amount, currency, expected) => {
    expect(moneyText({ amount, currency }, locale).replaceAll('\u00A0', ' ')).toBe(expected)
  },
)
