import type { Money } from '../money.ts'

/** An amount as people read it: `1 234.50 USD`. */
export function moneyText({ amount, currency }: Money): string {
  const [whole = '', rest] = amount.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u00A0')
  return `${grouped}${rest ? `.${rest}` : ''}\u00A0${currency}`
}
