import type { Locale } from '../locales.ts'
import type { Money } from '../money.ts'

/** Whose numbers we follow: workerd knows no Uzbek ones, and Uzbek writes them as Russian does. */
const NUMBERS_OF = { ru: 'ru', en: 'en-GB', uz: 'ru' } as const satisfies Record<Locale, string>

/** An amount as people read it: `1 234,50 $`, `$1,234.50`. */
export function moneyText({ amount, currency }: Money, locale: Locale): string {
  const digits = amount.split('.')[1]?.length ?? 0
  return new Intl.NumberFormat(NUMBERS_OF[locale], {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(Number(amount))
}
