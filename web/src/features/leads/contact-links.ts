import type { Lead } from './api/get-leads.ts'

/** A way to reach the person. */
export interface ContactLink {
  kind: 'phone' | 'email' | 'telegram'
  href: string
  text: string
}

/** Every way to reach the person, the surest first. */
export function contactLinks({
  phone,
  email,
  contact,
}: Pick<Lead, 'phone' | 'email' | 'contact'>): ContactLink[] {
  const links: ContactLink[] = []
  if (phone !== null) {
    links.push({ kind: 'phone', href: `tel:${phone}`, text: readablePhone(phone) })
    links.push({ kind: 'telegram', href: `https://t.me/${phone}`, text: 'Telegram' })
  }
  const name = contact?.match(/^(?:@|https:\/\/t\.me\/)([a-z]\w{3,31})$/i)?.[1]
  if (name) links.push({ kind: 'telegram', href: `https://t.me/${name}`, text: `@${name}` })
  if (email !== null) links.push({ kind: 'email', href: `mailto:${email}`, text: email })
  return links
}

/** A number as it is read aloud; those of other countries stay as they are. */
export function readablePhone(phone: string): string {
  const parts = phone.match(/^(\+998)(\d\d)(\d{3})(\d\d)(\d\d)$/)
  return parts ? parts.slice(1).join('\u00a0') : phone
}
