import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leadSchema } from '../../../../src/lead.ts'
import { detailsOf } from '../../../../src/meta/lead-details.ts'
import { leadgenForm, metaLead } from '../../../../src/meta/replies.ts'
import { FIELD_ROLES, type KnownForm } from '../../../../src/store/forms.ts'

type Data = { name: string; values: unknown[] }[]

const understand = (data: Data, form: KnownForm | null = null, region = 'UZ') =>
  detailsOf(metaLead.parse({ id: '1180123456789012', field_data: data }), region, form)

/** A form of these questions: key, label, type, options. */
function form(
  questions: [string, string, string, Record<string, string>?][],
  mapping: KnownForm['mapping'] = {},
): KnownForm {
  return {
    id: '77',
    mapping,
    questions: questions.map(([key, label, type, options = {}]) => ({
      key,
      label,
      type,
      options: Object.entries(options).map(([one, value]) => ({ key: one, value })),
    })),
  }
}

describe('what a form asks', () => {
  const known = form([
    ['qaysi_kurs?', 'Qaysi kurs qiziqtiradi?', 'CUSTOM', { ingliz_tili: 'Ingliz tili', it: 'IT' }],
    ['бўйин_оғриғи', 'Бўйин оғриғи безовта қиладими?', 'CUSTOM', { ҳа: 'Ҳа' }],
    ['q3', 'Как вас зовут?', 'FULL_NAME'],
    ['q4', 'Номер телефона', 'PHONE'],
    ['q5', 'Почта', 'EMAIL'],
    ['city', 'Город', 'CITY'],
  ])

  it('is shown in its words, and options in theirs', () => {
    const data = [
      { name: 'qaysi_kurs?', values: ['ingliz_tili', 'it'] },
      { name: 'бўйин_оғриғи', values: ['ҳа'] },
      { name: 'city', values: ['Toshkent'] },
    ]
    expect(understand(data, known).answers).toEqual({
      'Qaysi kurs qiziqtiradi?': 'Ingliz tili, IT',
      'Бўйин оғриғи безовта қиладими?': 'Ҳа',
      Город: 'Toshkent',
    })
  })

  it('is found by its type, whatever its key', () => {
    const data = [
      { name: 'q5', values: ['aziza@mail.uz'] },
      { name: 'q4', values: ['901234567'] },
      { name: 'q3', values: ['Азиза Каримова'] },
    ]
    expect(understand(data, known)).toMatchObject({
      name: 'Азиза Каримова',
      phone: '+998901234567',
      contact: '901234567',
      email: 'aziza@mail.uz',
      answers: {},
    })
  })

  it('is what people have said it is, before what Meta says', () => {
    const mapped = form(
      [
        ['q1', 'Кого спросить?', 'CUSTOM'],
        ['q2', 'Номер карты', 'PHONE'],
      ],
      {
        q1: 'name',
        q2: 'answer',
      },
    )
    const data = [
      { name: 'q1', values: ['Олим'] },
      { name: 'q2', values: ['+998901234567'] },
    ]
    // A question about a card asks for no phone, although its answer could be called.
    expect(understand(data, mapped)).toMatchObject({
      name: 'Олим',
      phone: null,
      answers: { 'Номер карты': '+998901234567' },
    })
  })

  it('is answered in texts, whatever Meta sends', () => {
    const data = [
      { name: 'a', values: [0, false, 21] },
      { name: 'b', values: [{ x: 1 }, null] },
    ]
    expect(understand(data).answers).toEqual({ a: '0, false, 21', b: '{"x":1}' })
  })

  it('keeps an option that the form no longer has', () => {
    const data = [{ name: 'qaysi_kurs?', values: ['eski_kurs'] }]
    expect(understand(data, known).answers).toEqual({ 'Qaysi kurs qiziqtiradi?': 'eski_kurs' })
  })

  it('leaves out what was skipped', () => {
    const data = [
      { name: 'qaysi_kurs?', values: [] },
      { name: 'q4', values: [''] },
      { name: 'q5', values: [null] },
    ]
    expect(understand(data, known)).toMatchObject({ contact: null, phone: null, email: null })
    expect(understand(data, known).answers).toEqual({})
  })

  it('keeps both of two questions in the same words, and a question asked twice', () => {
    const twice = form([
      ['a', 'Возраст', 'CUSTOM'],
      ['b', 'Возраст', 'CUSTOM'],
    ])
    const data = ['a', 'b', 'b'].map((name, n) => ({ name, values: [String(n)] }))
    expect(understand(data, twice).answers).toEqual({
      Возраст: '0',
      'Возраст (2)': '1',
      'Возраст (3)': '2',
    })
  })
})

describe('a phone', () => {
  it.each([
    ['901234567', 'UZ', '+998901234567'],
    ['+998 90 123-45-67', 'KZ', '+998901234567'],
    ['998901234567', 'UZ', '+998901234567'],
    ['p:+998901234567', 'UZ', '+998901234567'],
    ['8 701 234 56 78', 'KZ', '+77012345678'],
  ])('%s of a project in %s is %s', (text, region, phone) => {
    const data = [{ name: 'phone_number', values: [text] }]
    expect(understand(data, null, region)).toMatchObject({ phone, contact: text })
  })

  it('that cannot be read stays as it was typed', () => {
    const data = [{ name: 'phone_number', values: ['после шести'] }]
    expect(understand(data)).toMatchObject({ phone: null, contact: 'после шести' })
  })

  it('is found in the answer to a question that the form’s author has made for it', () => {
    const own = form([['телефон_для_связи', 'Телефон для связи', 'CUSTOM']])
    const data = [{ name: 'телефон_для_связи', values: ['90 123 45 67'] }]
    expect(understand(data, own)).toMatchObject({ phone: '+998901234567', answers: {} })
    const none = [{ name: 'телефон_для_связи', values: ['нет'] }]
    expect(understand(none, own).answers).toEqual({ 'Телефон для связи': 'нет' })
  })

  it('of one’s own goes before that of one’s work, which stays an answer', () => {
    const data = [
      { name: 'work_phone_number', values: ['+998711234567'] },
      { name: 'phone_number', values: ['+998901234567'] },
    ]
    expect(understand(data)).toMatchObject({
      phone: '+998901234567',
      answers: { 'work phone number': '+998711234567' },
    })
  })
})

describe('a test lead', () => {
  it('is known by what Meta’s tool fills in', () => {
    const dummy = [{ name: 'full_name', values: ['<test lead: dummy data for full_name>'] }]
    expect(understand(dummy)).toMatchObject({ isTest: true })
    expect(understand([{ name: 'full_name', values: ['Test'] }])).not.toHaveProperty('isTest')
  })
})

describe('consents', () => {
  it('are kept as they were given', () => {
    const lead = metaLead.parse({
      id: '1',
      custom_disclaimer_responses: [
        { checkbox_key: 'optional_1', is_checked: '1' },
        { checkbox_key: 'optional_2', is_checked: '' },
        { checkbox_key: 'optional_3', is_checked: true },
        { nonsense: true },
      ],
    })
    expect(detailsOf(lead, 'UZ', null).consents).toEqual([
      { key: 'optional_1', isGiven: true },
      { key: 'optional_2', isGiven: false },
      { key: 'optional_3', isGiven: true },
    ])
  })
})

describe('any form', () => {
  const letters = fc.constantFrom(
    'а',
    'ғ',
    'ў',
    'ҳ',
    'q',
    'o‘',
    '_',
    '?',
    '__proto__',
    'constructor',
    'phone_number',
    'email',
  )
  const key = fc.oneof(
    fc.string(),
    fc.array(letters, { maxLength: 4 }).map((parts) => parts.join('')),
    fc.constantFrom(
      'full_name',
      'first_name',
      'last_name',
      'phone_number',
      'email',
      '1',
      '__proto__',
    ),
  )
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('', ' ', '901234567', '+998901234567', 'a@b.uz', 'ингл'),
  )
  const data = fc.array(fc.record({ name: key, values: fc.array(value, { maxLength: 3 }) }), {
    maxLength: 8,
  })
  const question = fc.record({
    key,
    label: fc.oneof(key, fc.constantFrom('', 'Телефон', 'Имя')),
    type: fc.constantFrom(
      'CUSTOM',
      'FULL_NAME',
      'FIRST_NAME',
      'PHONE',
      'EMAIL',
      'CITY',
      'NEW_TYPE',
    ),
    options: fc.array(fc.record({ key: value, value: fc.constantFrom('А', 'Б') }), {
      maxLength: 2,
    }),
  })
  const anyForm: fc.Arbitrary<KnownForm | null> = fc.option(
    fc.record({
      id: fc.constant('77'),
      questions: fc.array(question, { maxLength: 6 }),
      mapping: fc.dictionary(key, fc.constantFrom(...FIELD_ROLES), { maxKeys: 3 }),
    }),
  )

  it('is understood without a failure, and none of its answers is lost', () => {
    fc.assert(
      fc.property(data, anyForm, (fields, one) => {
        const { name, contact, email, answers = {} } = understand(fields, one)
        // As it is stored and read again.
        const kept = leadSchema.shape.answers.parse(JSON.parse(JSON.stringify(answers)))
        const all = [name, contact, email, ...Object.values(kept)].filter(Boolean).join('\n')
        for (const { name: field, values } of fields) {
          const options = one?.questions.findLast((asked) => asked.key === field)?.options ?? []
          const words = new Map(options.map((option) => [option.key, option.value]))
          for (const text of values) expect(all).toContain((words.get(text) ?? text).trim())
        }
      }),
      { numRuns: 500 },
    )
  })

  it('keeps as many answers as were given, whatever their keys', () => {
    const custom = fc.uniqueArray(key, { maxLength: 8 })
    fc.assert(
      fc.property(custom, (keys) => {
        const fields = keys.map((name, n) => ({ name, values: [`answer ${n}`] }))
        const mapping = Object.fromEntries(keys.map((name) => [name, 'answer' as const]))
        const { answers = {} } = understand(fields, { id: '77', questions: [], mapping })
        expect(Object.keys(answers)).toHaveLength(keys.length)
      }),
    )
  })
})

describe('a form of Meta’s', () => {
  it('is read with what can be read of it', () => {
    const odd = {
      id: '778812345678901',
      name: 7,
      status: 'ARCHIVED',
      leads_count: 12,
      questions: [{ key: 'a', label: 'А', options: [{ key: 'x' }] }, { label: 'no key' }, null],
    }
    expect(leadgenForm.parse(odd)).toEqual({
      id: '778812345678901',
      name: '',
      locale: null,
      status: 'ARCHIVED',
      leadsCount: 12,
      expiredLeadsCount: 0,
      questions: [{ key: 'a', label: 'А', type: 'CUSTOM', options: [] }],
    })
  })
})
