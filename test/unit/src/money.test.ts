import { afterEach, expect, it, vi } from 'vitest'
import { moneyOf } from '../../../src/money.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

it.each([
  [42_170_000, 'USD', '42.17'],
  [42_170_000, 'JPY', '42'],
  [0, 'KWD', '0.000'],
])('%i millionths of %2$s are %3$s', (micros, currency, amount) => {
  expect(moneyOf(micros, currency)).toEqual({ amount, currency })
})

it('asks once what a currency is paid in', () => {
  let asked = 0
  class NumberFormat extends Intl.NumberFormat {
    constructor(locale: string, options: Intl.NumberFormatOptions) {
      super(locale, options)
      asked += 1
    }
  }
  vi.stubGlobal('Intl', { NumberFormat })
  for (let n = 0; n < 1_000; n++) moneyOf(n, 'CHF')
  expect(asked).toBe(1)
})
