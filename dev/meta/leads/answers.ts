import { chance, choose } from '../random.ts'
import type { Lead } from '../state.ts'
import type { person } from '../world/people.ts'
import type { Form, Question } from '../world/pages.ts'

type Person = ReturnType<typeof person>
type Luck = readonly (string | number)[]

const STANDARD: Partial<Record<Question['type'], (who: Person) => string>> = {
  FULL_NAME: (who) => who.fullName,
  FIRST_NAME: (who) => who.firstName,
  LAST_NAME: (who) => who.lastName,
  PHONE: (who) => who.phone,
  EMAIL: (who) => who.email,
  CITY: (who) => who.city,
}

/** What a person answers to a form: choices as option keys, skipped questions as an empty list. */
export function answersOf(form: Form, who: Person, ...luck: Luck): Lead['answers'] {
  return form.questions.map((question) => ({
    name: question.key,
    values: valuesOf(question, who, [...luck, question.key]),
  }))
}

/** What Meta's testing tool fills in when it is given no answers. */
export function dummyAnswers(form: Form): Lead['answers'] {
  return form.questions.map(({ key, type, options }) => ({
    name: key,
    values: [
      options?.[0]?.key ??
        (type === 'EMAIL' ? 'test@meta.com' : `<test lead: dummy data for ${key}>`),
    ],
  }))
}

function valuesOf(question: Question, who: Person, luck: Luck): string[] {
  if (question.optional && chance(...luck, 'skip') < 0.4) return []
  const standard = STANDARD[question.type]
  if (standard) return [standard(who)]
  if (question.options) return chosen(question, luck)
  return question.samples ? [choose(question.samples, ...luck)] : []
}

function chosen({ options = [], multiple }: Question, luck: Luck): string[] {
  const keys = options.map((option) => option.key)
  const favourite = Math.floor(chance(...luck) * keys.length)
  return keys.filter(
    (key, index) => index === favourite || (multiple && chance(...luck, key) < 0.3),
  )
}
