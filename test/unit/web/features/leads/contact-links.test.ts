import { describe, expect, it } from 'vitest'
import { contactLinks, readablePhone } from '../../../../../web/src/features/leads/contact-links.ts'

const hrefsOf = (known: Partial<Parameters<typeof contactLinks>[0]>) =>
  contactLinks({ phone: null, email: null, contact: null, ...known }).map(({ href }) => href)

describe('ways to reach a person', () => {
  it('begin with a call when there is a phone', () => {
    expect(hrefsOf({ phone: '+998901234567', email: 'a@b.uz' })).toEqual([
      'tel:+998901234567',
      'https://t.me/+998901234567',
      'mailto:a@b.uz',
    ])
  })

  it.each(['@dilnoza_k', 'https://t.me/dilnoza_k'])('find the Telegram name in %s', (contact) => {
    expect(hrefsOf({ contact })).toEqual(['https://t.me/dilnoza_k'])
  })

  it.each(['спросите Азиза', '@да', 'javascript:alert(1)', 'https://evil.example/@name_'])(
    'make no link of %s',
    (contact) => {
      expect(hrefsOf({ contact })).toEqual([])
    },
  )

  it('show Uzbek numbers as they are read, others as they are', () => {
    expect(readablePhone('+998901234567').replace(/\s/g, ' ')).toBe('+998 90 123 45 67')
    expect(readablePhone('+442071838750')).toBe('+442071838750')
  })
})
