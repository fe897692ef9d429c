import { parsePhone } from '../contact.ts'
import type { FieldRole, KnownForm, Question } from '../store/forms.ts'

/** What one question of a form was answered, with what is known of the question. */
export interface Field {
  key: string
  /** The question as people read it. */
  label: string
  role: FieldRole
  /** Whether people have said what the question asks for. */
  isSet: boolean
  /** The answer as people read it, several as one; empty when there is none. */
  text: string
}

// Maps, and no objects: a key can be any word.
const ROLE_OF_TYPE = new Map<string, FieldRole>([
  ['FULL_NAME', 'name'],
  ['FIRST_NAME', 'first_name'],
  ['LAST_NAME', 'last_name'],
  ['PHONE', 'phone'],
  ['WORK_PHONE_NUMBER', 'phone'],
  ['WHATSAPP_NUMBER', 'phone'],
  ['EMAIL', 'email'],
  ['WORK_EMAIL', 'email'],
])

/** For forms that nobody described to us, and questions that were given a key on purpose. */
const ROLE_OF_KEY = new Map<string, FieldRole>([
  ['full_name', 'name'],
  ['name', 'name'],
  ['first_name', 'first_name'],
  ['last_name', 'last_name'],
  ['phone_number', 'phone'],
  ['phone', 'phone'],
  ['work_phone_number', 'phone'],
  ['whatsapp_number', 'phone'],
  ['email', 'email'],
  ['work_email', 'email'],
])

const CUSTOM = 'CUSTOM'

/** What a question asks for: as people have set it, else by its type, else by its key. */
function roleOf(
  key: string,
  question: Question | undefined,
  mapping: KnownForm['mapping'],
): FieldRole {
  const set = isSet(key, mapping) ? mapping[key] : undefined
  const byType = question && question.type !== CUSTOM ? ROLE_OF_TYPE.get(question.type) : undefined
  return set ?? byType ?? ROLE_OF_KEY.get(key) ?? 'answer'
}

function isSet(key: string, mapping: KnownForm['mapping']): boolean {
  return Object.hasOwn(mapping, key)
}

/** The fields of a lead in their order, understood by its form; `null`: nothing is known of the form. */
export function fieldsOf(
  data: { name: string; values: string[] }[],
  form: KnownForm | null,
): Field[] {
  const mapping = form?.mapping ?? {}
  const questions = new Map(form?.questions.map((question) => [question.key, question]))
  return data.map(({ name: key, values }) => {
    const question = questions.get(key)
    const words = new Map(question?.options.map((option) => [option.key, option.value]))
    const texts = values.map((value) => (words.get(value) ?? value).trim())
    return {
      key,
      label: labelOf(key, question),
      role: roleOf(key, question, mapping),
      isSet: isSet(key, mapping),
      text: texts.filter(Boolean).join(', '),
    }
  })
}

function labelOf(key: string, question: Question | undefined): string {
  const label = question?.label.trim() || key.replaceAll('_', ' ').trim() || '?'
  // No record can hold this name.
  return label === '__proto__' ? 'proto' : label
}

const ASKS_FOR_PHONE = /телефон|telefon|phone|whats\s?app|номер|raqam|рақам/i

/**
 * The field to call by: a question for a phone, a person's own before one of their work; else an
 * answer that is a phone, to a question of the form's author for one. Of several the first that can
 * be called.
 */
export function phoneField(fields: Field[], region: string): Field | undefined {
  const asked = fields.filter(({ role, text }) => role === 'phone' && text !== '')
  const sorted = asked.toSorted((a, b) => Number(isOfWork(a)) - Number(isOfWork(b)))
  const isPhone = ({ text }: Field) => parsePhone(text, region) !== null
  const guessed = fields.filter(
    ({ role, isSet, key, label }) =>
      role === 'answer' && !isSet && ASKS_FOR_PHONE.test(`${key} ${label}`),
  )
  return sorted.find(isPhone) ?? sorted[0] ?? guessed.find(isPhone)
}

function isOfWork({ key }: Field): boolean {
  return key.startsWith('work_')
}

/** The first answer to a question for this; a person's own before one of their work. */
export function fieldFor(fields: Field[], role: FieldRole): Field | undefined {
  const asked = fields.filter((field) => field.role === role && field.text !== '')
  return asked.find((field) => !isOfWork(field)) ?? asked[0]
}

/** What is left of the fields as questions and answers; no answer is lost to another of its name. */
export function answersOf(fields: Field[]): Record<string, string> {
  const answers = new Map<string, string>()
  for (const { label, text } of fields) {
    if (text === '') continue
    let name = label
    for (let n = 2; answers.has(name); n++) name = `${label} (${n})`
    answers.set(name, text)
  }
  return Object.fromEntries(answers)
}
