/** An amount as the API shows it: a decimal text, never a float. */
export interface Money {
  amount: string
  currency: string
}

const MILLION = 1_000_000

/** Millionths of a decimal text like `42.17`; Meta sends spend in major units. */
export function microsOf(amount: string): number {
  return Math.round(Number(amount) * MILLION)
}

/** Millionths as money, rounded to what the currency is paid in: `42.17` USD, `42` JPY. */
export function moneyOf(micros: number, currency: string): Money {
  return { amount: (micros / MILLION).toFixed(digitsOf(currency)), currency }
}

const digits = new Map<string, number>()

/** Kept, for asking costs more than everything else that is done with an amount. */
function digitsOf(currency: string): number {
  let known = digits.get(currency)
  if (known === undefined) {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency })
    digits.set(currency, (known = format.resolvedOptions().maximumFractionDigits ?? 2))
  }
  return known
}
