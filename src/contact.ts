import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min'

/** What a person left to be reached by, understood. */
export interface Contact {
  /** As it is shown to people. */
  contact: string
  /** E.164. */
  phone: string | null
  email: string | null
}

export const MAX_CONTACT_LENGTH = 200

/** A phone in E.164, or `null` when there can be no such number; `region` is for numbers without a country. */
export function parsePhone(text: string, region: string): string | null {
  // Meta's exports write `p:+998…`.
  const clean = text.replace(/^[a-z]{1,3}:/i, '')
  // An unknown region only makes national numbers unreadable.
  const phone = parsePhoneNumberFromString(clean, {
    defaultCountry: region as CountryCode,
    extract: false,
  })
  return phone?.isValid() ? phone.number : null
}

/** A phone as people read it: `+998 90 123 45 67`. */
export function formatPhone(phone: string): string {
  return parsePhoneNumberFromString(phone)?.formatInternational() ?? phone
}

/** The country of a phone, ISO 3166 in lower case; `null` when it tells of none. */
export function countryOf(phone: string): string | null {
  return parsePhoneNumberFromString(phone)?.country?.toLowerCase() ?? null
}

/**
 * Understands a phone, an e-mail or a Telegram @name.
 * `PHONE_WRONG`: digits that are no number anywhere; `CONTACT_WRONG`: none of the three.
 */
export function parseContact(
  text: string,
  region: string,
): Contact | 'PHONE_WRONG' | 'CONTACT_WRONG' {
  const contact = text.trim()
  if (/^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(contact)) {
    return { contact, phone: null, email: contact.toLowerCase() }
  }
  if (/^(@|https:\/\/t\.me\/)[a-z]\w{3,31}$/i.test(contact)) {
    return { contact, phone: null, email: null }
  }
  if (!/^\+?[\d\s().-]+$/.test(contact) || !/\d/.test(contact)) return 'CONTACT_WRONG'
  const phone = parsePhone(contact, region)
  return phone ? { contact: formatPhone(phone), phone, email: null } : 'PHONE_WRONG'
}
