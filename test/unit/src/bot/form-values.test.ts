import { describe, expect, it } from 'vitest'
import {
  cleanName,
  type Field,
  type FormInput,
  MAX_NAME_LENGTH,
  readValue,
  showValue,
} from '../../../../src/bot/form-values.ts'
import { questionSchema } from '../../../../src/project-rules.ts'

const place = { region: 'UZ', timezone: 'Asia/Tashkent' }
/** 25 November 2026, 01:00 in Tashkent: still the day before in London. */
const NOW = Date.parse('2026-11-24T20:00:00Z')

const said = (words: string): FormInput => ({ type: 'text', text: words })
const read = (field: Field, input: FormInput | string) =>
  readValue(field, typeof input === 'string' ? said(input) : input, place, NOW)

const label = { ru: 'Вопрос', uz: 'Savol' }
const question = (type: string, more = {}) =>
  questionSchema.parse({ id: 'q', type, label, ...more })

describe('a name', () => {
  it.each([
    [' Aziza ', 'Aziza'],
    ['Ли', 'Ли'],
    ['Ann <b>&', 'Ann <b>&'],
    ['Мария 🌸', 'Мария 🌸'],
    ['محمد', 'محمد'],
    ['one\ntwo', 'one two'],
    ['\u202egpj.exe', 'gpj.exe'],
    ['x'.repeat(64), 'x'.repeat(64)],
  ])('%j is taken as %j', (words, name) => {
    expect(read({ type: 'name' }, words)).toEqual({ type: 'words', words: name })
  })

  it.each([
    ['12345', { problem: 'name_empty' }],
    ['   ', { problem: 'name_empty' }],
    ['🌸', { problem: 'name_empty' }],
    ['a'.repeat(MAX_NAME_LENGTH + 1), { problem: 'too_long', max: MAX_NAME_LENGTH }],
    ['Skip', { problem: 'required' }],
  ])('%j is none', (words, problem) => {
    expect(read({ type: 'name' }, words)).toEqual(problem)
  })

  it('of a Telegram profile is never too long', () => {
    const longest = `${'x'.repeat(64)} ${'y'.repeat(64)}`
    expect(read({ type: 'name' }, longest)).toEqual({ type: 'words', words: longest })
  })

  it('keeps families of emoji together', () => {
    expect(cleanName('👨‍👩‍👧‍👦 Ann')).toBe('👨‍👩‍👧‍👦 Ann')
  })
})

describe('a contact', () => {
  const phone = (number: string) => ({ contact: { phone: number }, isVerified: false })

  it.each([
    ['90 123 45 67', '+998901234567'],
    ['+7 (912) 345-67-89', '+79123456789'],
    ['+998901234567', '+998901234567'],
  ])('is the phone %s', (words, number) => {
    expect(read({ type: 'contact' }, words)).toMatchObject(phone(number))
  })

  it.each(['aziza@mail.uz', '@aziza_k', 'https://t.me/aziza_k'])('is %s', (words) => {
    expect(read({ type: 'contact' }, words)).toMatchObject({ contact: { contact: words } })
  })

  it('is verified when it is the person’s own, shared by the button', () => {
    const shared = { type: 'contact', phone: '998901234567', isOwn: true } as const
    expect(read({ type: 'contact' }, shared)).toMatchObject({
      contact: { phone: '+998901234567' },
      isVerified: true,
    })
  })

  it('is a phone and not verified when it is somebody else’s', () => {
    const shared = { type: 'contact', phone: '+998901234567', isOwn: false } as const
    expect(read({ type: 'contact' }, shared)).toMatchObject(phone('+998901234567'))
  })

  it('of an address book may be written without its country', () => {
    const shared = { type: 'contact', phone: '90 123-45-67', isOwn: false } as const
    expect(read({ type: 'contact' }, shared)).toMatchObject(phone('+998901234567'))
  })

  it('that Telegram vouches for is taken even when no country gives such numbers out', () => {
    const anonymous = { type: 'contact', phone: '88804567890', isOwn: true } as const
    expect(read({ type: 'contact' }, anonymous)).toMatchObject({
      contact: { phone: '+88804567890' },
      isVerified: true,
    })
    expect(read({ type: 'contact' }, { ...anonymous, isOwn: false })).toEqual({
      problem: 'phone_wrong',
    })
  })

  it.each([
    ['call me', { problem: 'contact_wrong' }],
    ['123', { problem: 'phone_wrong' }],
    ['+999999999999999', { problem: 'phone_wrong' }],
    ['0'.repeat(500), { problem: 'too_long', max: 200 }],
  ])('%j is none', (words, problem) => {
    expect(read({ type: 'contact' }, words)).toEqual(problem)
  })
})

describe('an answer to a question of the project', () => {
  const choice = question('choice', {
    options: [
      { ru: 'Утро', uz: 'Ertalab' },
      { ru: 'Вечер', uz: 'Kechki payt' },
    ],
  })

  it.each([
    ['Утро', 0],
    ['ertalab', 0],
    [' вечер ', 1],
  ])('of a choice is understood in every language: %s', (words, option) => {
    expect(read(choice, words)).toEqual({ type: 'choice', option })
  })

  it.each(['25', '1 000,5', '-3', '2.5', '+7', '１２', "1'000'000"])(
    'may be the number %s',
    (words) => {
      expect(read(question('number'), words)).toEqual({ type: 'words', words })
    },
  )

  it.each(['', 'много', '1e5', '5 млн', '1'.repeat(40)])('is not the number %j', (words) => {
    expect(read(question('number'), words)).toHaveProperty('problem')
  })

  it.each([
    ['25.11.2026', '2026-11-25'],
    ['1.2.1990', '1990-02-01'],
    ['25.11', '2026-11-25'],
    ['24.11', '2027-11-24'],
    ['29.02', '2028-02-29'],
    ['25/12', '2026-12-25'],
    ['сегодня', '2026-11-25'],
    ['Tomorrow', '2026-11-26'],
    ['ERTAGA', '2026-11-26'],
    ['Bugun', '2026-11-25'],
  ])('may be the day %s', (words, date) => {
    expect(read(question('date'), words)).toEqual({ type: 'date', date })
  })

  it.each(['31.02', '32.01.2026', '0.0', '25.11.0026', 'soon', '25'])(
    'is not the day %s',
    (words) => {
      expect(read(question('date'), words)).toEqual({ problem: 'date_wrong' })
    },
  )

  it('may be a phone, typed or shared', () => {
    expect(read(question('phone'), '901234567')).toEqual({ type: 'phone', phone: '+998901234567' })
    const shared = { type: 'contact', phone: '998901234567', isOwn: false } as const
    expect(read(question('phone'), shared)).toEqual({ type: 'phone', phone: '+998901234567' })
    expect(read(question('phone'), 'aziza@mail.uz')).toEqual({ problem: 'phone_wrong' })
  })

  it.each(['Пропустить', 'Skip', 'O‘tkazib yuborish', 'o‘tkazib yuborish'.replace('‘', "'")])(
    'is skipped by %s, whatever language is spoken now',
    (words) => {
      expect(read(question('text'), words)).toEqual({ type: 'skipped' })
      expect(read({ type: 'comment' }, words)).toEqual({ type: 'skipped' })
      expect(read(question('text', { isRequired: true }), words)).toEqual({ problem: 'required' })
    },
  )

  it.each([
    ['other', 'text_please'],
    ['forwarded', 'write_yourself'],
  ] as const)('is never what is %s', (type, problem) => {
    for (const field of [question('text'), choice, { type: 'comment' } as const]) {
      expect(read(field, { type })).toEqual({ problem })
    }
  })

  it('is shown in the language of whoever reads it', () => {
    expect(showValue({ type: 'choice', option: 1 }, choice, 'uz')).toBe('Kechki payt')
    expect(showValue({ type: 'choice', option: 1 }, choice, 'en')).toBe('Вечер')
    expect(showValue({ type: 'date', date: '2026-11-25' }, choice, 'ru')).toBe('25.11.2026')
    expect(showValue({ type: 'phone', phone: '+998901234567' }, choice, 'ru')).toBe(
      '+998 90 123 45 67',
    )
    expect(showValue({ type: 'skipped' }, choice, 'ru')).toBeNull()
  })
})
