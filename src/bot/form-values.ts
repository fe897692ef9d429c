import { Temporal } from 'temporal-polyfill'
import {
  type Contact,
  formatPhone,
  MAX_CONTACT_LENGTH,
  parseContact,
  parsePhone,
} from '../contact.ts'
import type { Locale } from '../locales.ts'
import { type Question, saidIn } from '../project-rules.ts'
import { isLabel, isSame } from './labels.ts'

/** Telegram's first and last names have 64 characters each. */
export const MAX_NAME_LENGTH = 150
export const MAX_COMMENT_LENGTH = 1_000
export const MAX_ANSWER_LENGTH = 500

/** What was answered, understood. A choice is the number of its option, a date `YYYY-MM-DD`. */
export type Value =
  | { type: 'words'; words: string }
  | { type: 'contact'; contact: Contact; isVerified: boolean }
  | { type: 'phone'; phone: string }
  | { type: 'choice'; option: number }
  | { type: 'date'; date: string }
  | { type: 'skipped' }

/** What a person did, as far as an answer goes; `other` is a sticker, a photo and the like. */
export type FormInput =
  | { type: 'text'; text: string }
  | { type: 'contact'; phone: string; isOwn: boolean }
  | { type: 'forwarded' }
  | { type: 'other' }

export type FormProblem =
  | {
      problem:
        | 'text_please'
        | 'write_yourself'
        | 'name_empty'
        | 'phone_wrong'
        | 'contact_wrong'
        | 'number_wrong'
        | 'date_wrong'
        | 'choose_please'
        | 'press_please'
        | 'required'
    }
  | { problem: 'too_long'; max: number }

/** Where an answer is understood: numbers of which country, and what day it is there. */
export interface Place {
  region: string
  timezone: string
}

/** What is asked of everybody, and the project's own questions. */
export type Field = { type: 'name' | 'contact' | 'comment' } | Question

/** An answer understood, or why it is none. */
export function readValue(
  field: Field,
  input: FormInput,
  place: Place,
  now: number,
): Value | FormProblem {
  // Of what is sent on from elsewhere only a contact is an answer.
  if (input.type === 'forwarded') return { problem: 'write_yourself' }
  if (input.type === 'other') return { problem: 'text_please' }
  if (input.type === 'contact') return readShared(field, input, place.region)
  const words = input.text.trim()
  if (isLabel('button.skip', words)) {
    return canBeSkipped(field) ? { type: 'skipped' } : { problem: 'required' }
  }
  switch (field.type) {
    case 'name':
      return readName(words)
    case 'contact':
      return readContact(words, place.region)
    case 'comment':
      return readWords(words, MAX_COMMENT_LENGTH)
    case 'text':
      return readWords(words, MAX_ANSWER_LENGTH)
    case 'choice':
      return readChoice(field, words)
    case 'number':
      return isNumber(words) ? { type: 'words', words } : { problem: 'number_wrong' }
    case 'date':
      return readDate(words, place.timezone, now)
    case 'phone':
      return readPhone(words, place.region)
  }
}

/** Whether a question may be left without an answer. */
export function canBeSkipped(field: Field): boolean {
  return field.type === 'comment' || ('isRequired' in field && !field.isRequired)
}

/** An answer as people read it; `null` when there is none. */
export function showValue(value: Value, field: Field, locale: Locale): string | null {
  switch (value.type) {
    case 'words':
      return value.words
    case 'contact':
      return value.contact.contact
    case 'phone':
      return formatPhone(value.phone)
    case 'choice': {
      const option = 'options' in field ? field.options[value.option] : undefined
      return option ? saidIn(option, locale) : null
    }
    case 'date':
      return value.date.split('-').toReversed().join('.')
    case 'skipped':
      return null
  }
}

/** A name without what would turn or hide the words around it: line ends, marks of direction. */
export function cleanName(name: string): string {
  return name
    .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f\p{Cc}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Whether a person can be called so. */
export function isName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && /\p{L}/u.test(name)
}

function readName(words: string): Value | FormProblem {
  const name = cleanName(words)
  if (isName(name)) return { type: 'words', words: name }
  const isLong = name.length > MAX_NAME_LENGTH
  return isLong ? { problem: 'too_long', max: MAX_NAME_LENGTH } : { problem: 'name_empty' }
}

/** A shared contact's number comes with its country, but sometimes without the plus. */
function readShared(
  field: Field,
  { phone: shared, isOwn }: Extract<FormInput, { type: 'contact' }>,
  region: string,
): Value | FormProblem {
  if (field.type !== 'contact' && field.type !== 'phone') return { problem: 'text_please' }
  const plus = `+${shared.replace(/\D/g, '')}`
  const phone = parsePhone(plus, region) ?? parsePhone(shared, region)
  // Telegram vouches for a person's own number, be it of a kind that no country gives out.
  if (!phone && !isOwn) return { problem: 'phone_wrong' }
  const known = phone ?? plus
  if (field.type === 'phone') return { type: 'phone', phone: known }
  const contact = { contact: formatPhone(known), phone: known, email: null }
  return { type: 'contact', contact, isVerified: isOwn }
}

function readContact(words: string, region: string): Value | FormProblem {
  if (words.length > MAX_CONTACT_LENGTH) return { problem: 'too_long', max: MAX_CONTACT_LENGTH }
  const contact = parseContact(words, region)
  if (contact === 'PHONE_WRONG') return { problem: 'phone_wrong' }
  if (contact === 'CONTACT_WRONG') return { problem: 'contact_wrong' }
  return { type: 'contact', contact, isVerified: false }
}

function readPhone(words: string, region: string): Value | FormProblem {
  const contact = words.length > MAX_CONTACT_LENGTH ? 'PHONE_WRONG' : parseContact(words, region)
  const phone = typeof contact === 'string' ? null : contact.phone
  return phone ? { type: 'phone', phone } : { problem: 'phone_wrong' }
}

function readWords(words: string, max: number): Value | FormProblem {
  if (words.length > max) return { problem: 'too_long', max }
  return words ? { type: 'words', words } : { problem: 'text_please' }
}

/** Options are understood in every language they are written in. */
function readChoice({ options }: Question, words: string): Value | FormProblem {
  const option = options.findIndex((said) =>
    Object.values(said).some((label) => isSame(label, words)),
  )
  return option === -1 ? { problem: 'choose_please' } : { type: 'choice', option }
}

/** A number as people write it, digits grouped or not; it is kept as it was written. */
function isNumber(words: string): boolean {
  const digits = words.normalize('NFKC').replace(/[\s'’_]/g, '')
  return /^[-+]?\d{1,15}([.,]\d{1,15})*$/.test(digits) && digits.length <= 30
}

/** `25.11.2026`, `25.11` (the next there is), today or tomorrow in any of our languages. */
function readDate(words: string, timezone: string, now: number): Value | FormProblem {
  const today = Temporal.Instant.fromEpochMilliseconds(now)
    .toZonedDateTimeISO(timezone)
    .toPlainDate()
  if (isLabel('date.today', words)) return { type: 'date', date: today.toString() }
  if (isLabel('date.tomorrow', words)) {
    return { type: 'date', date: today.add({ days: 1 }).toString() }
  }
  const match = /^(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}))?$/.exec(words.replace(/\s+/g, ''))
  if (!match) return { problem: 'date_wrong' }
  const [day, month, year] = match.slice(1).map((part) => part && Number(part))
  const date = year ? dateOf(year, month, day) : nextDate(today, month, day)
  return date ? { type: 'date', date: date.toString() } : { problem: 'date_wrong' }
}

type Part = number | string | undefined

/** The next such day; 29 February may be years away. */
function nextDate(today: Temporal.PlainDate, month: Part, day: Part): Temporal.PlainDate | null {
  for (let year = today.year; year <= today.year + 8; year++) {
    const date = dateOf(year, month, day)
    if (date && Temporal.PlainDate.compare(date, today) >= 0) return date
  }
  return null
}

function dateOf(year: Part, month: Part, day: Part): Temporal.PlainDate | null {
  const parts = { year: Number(year), month: Number(month), day: Number(day) }
  if (parts.year < 1900 || parts.year > 2100) return null
  try {
    return Temporal.PlainDate.from(parts, { overflow: 'reject' })
  } catch {
    // There is no such day: that is the answer.
    return null
  }
}
