import type { Question } from '../project-rules.ts'
import {
  type Field,
  type FormInput,
  type FormProblem,
  MAX_COMMENT_LENGTH,
  type Place,
  readValue,
  type Value,
} from './form-values.ts'
import type { Origin } from './start-payload.ts'

/** An answer and the message it came in: an edit of that message corrects it. */
export interface FormAnswer {
  value: Value
  messageId: number | null
}

/** What a form has to know of the outside: it is read when the form begins. */
export interface FormProject extends Place {
  questions: Question[]
}

/** A request of the same person that is not closed yet. */
export interface OpenRequest {
  id: string
  createdAt: string
  /** Who has it; `null`: nobody yet. */
  manager: string | null
}

/**
 * Where a form stands.
 * - `opening`: the project's questions and the person's open requests are being read.
 * - `choosing`: whether to add to the open request or to leave a new one.
 * - `adding`: the words to add to it.
 * - `asking`: an answer; `refused` is the message of the last one that was none.
 * - `confirming`: everything is answered; `summary` tells its buttons from those of older ones.
 */
export type FormStep =
  | { at: 'opening' }
  | { at: 'choosing' | 'adding'; request: OpenRequest }
  | { at: 'asking'; field: string; isCorrection: boolean; refused: number | null }
  | { at: 'confirming'; summary: number }

/** A request that is being left, as far as it has come. */
export interface LeadForm {
  /** The update that began it: what tells it from any other. */
  begun: number
  origin: Origin | null
  /** The name of the person’s profile, when it is one that people are called by. */
  suggestion: string | null
  /** `null` until it is read, or when it could not be read: then there are no questions of its own. */
  project: FormProject | null
  /** By the name of what was asked. */
  answers: Record<string, FormAnswer>
  step: FormStep
}

/** What an answer is given with: where from and when. */
export interface FormMoment {
  updateId: number
  messageId: number | null
  now: number
  /** The country and timezone while the project's are not known. */
  place: Place
}

/** The form goes on; or has words to add to a request; or asks the same again and says why. */
export type FormAdvance = { form: LeadForm } | { note: string; request: OpenRequest } | FormProblem

/** The form's beginning. */
export function beginForm(begin: Pick<LeadForm, 'begun' | 'origin' | 'suggestion'>): LeadForm {
  return { ...begin, project: null, answers: {}, step: { at: 'opening' } }
}

/** Everything that is asked, in order, by name. */
export function fieldsOf(form: LeadForm): Map<string, Field> {
  const questions = form.project?.questions ?? []
  return new Map<string, Field>([
    ['name', { type: 'name' }],
    ['contact', { type: 'contact' }],
    ...questions.map((question): [string, Field] => [`q_${question.id}`, question]),
    ['comment', { type: 'comment' }],
  ])
}

/** Whether anything would be lost if the form began anew. */
export function hasAnswers(form: LeadForm): boolean {
  return Object.keys(form.answers).length > 0
}

/** What was read for it has come: the first question, or first whether to add to what is open. */
export function openForm(
  form: LeadForm,
  { project, request }: { project: FormProject | null; request: OpenRequest | null },
  updateId: number,
): LeadForm {
  const opened = { ...form, project: form.project ?? project }
  // Whoever has begun to answer is not asked what they came for.
  if (form.step.at !== 'opening') return opened
  return request ? { ...opened, step: { at: 'choosing', request } } : goOn(opened, updateId)
}

/** To the next question that has no answer; to the summary when there is none. */
export function goOn(form: LeadForm, updateId: number): LeadForm {
  const field = [...fieldsOf(form).keys()].find((name) => !form.answers[name])
  return field === undefined
    ? { ...form, step: { at: 'confirming', summary: updateId } }
    : { ...form, step: { at: 'asking', field, isCorrection: false, refused: null } }
}

/** What a message means to the form. */
export function advance(form: LeadForm, input: FormInput, moment: FormMoment): FormAdvance {
  const { step } = form
  switch (step.at) {
    case 'opening':
      // Who answers before being asked begins with the first question.
      return answer(form, 'name', input, moment)
    case 'choosing':
    case 'confirming':
      return { problem: 'press_please' }
    case 'adding':
      return addition(step.request, input)
    case 'asking':
      return answer(form, step.field, input, moment)
  }
}

/**
 * What an edited message means: a new answer instead of the one that it was; `kept`, when it is no
 * answer any more, is the name of what was asked. `null`: it was no answer, or says the same.
 */
export function amend(
  form: LeadForm,
  input: FormInput,
  moment: FormMoment,
): FormAdvance | { kept: string } | null {
  const { step } = form
  const { messageId } = moment
  if (step.at === 'asking' && step.refused !== null && step.refused === messageId) {
    return advance(form, input, moment)
  }
  const [name] = Object.entries(form.answers).find(([, one]) => one.messageId === messageId) ?? []
  const field = name === undefined ? undefined : fieldsOf(form).get(name)
  if (messageId === null || name === undefined || !field) return null
  const value = readValue(field, input, form.project ?? moment.place, moment.now)
  if ('problem' in value) return { kept: name }
  if (JSON.stringify(value) === JSON.stringify(form.answers[name]?.value)) return null
  const amended = withAnswer(form, name, value, messageId)
  // An older summary must not send what it does not show.
  return { form: step.at === 'confirming' ? goOn(amended, moment.updateId) : amended }
}

/** Asks one of the answers again; `null` when nothing of that name is asked. */
export function correct(form: LeadForm, field: string): LeadForm | null {
  if (!fieldsOf(form).has(field)) return null
  return { ...form, step: { at: 'asking', field, isCorrection: true, refused: null } }
}

/** A refused answer's message is remembered: its author may edit it instead of writing anew. */
export function refuse(form: LeadForm, messageId: number | null): LeadForm {
  const { step } = form
  return step.at === 'asking' ? { ...form, step: { ...step, refused: messageId } } : form
}

function answer(
  form: LeadForm,
  name: string,
  input: FormInput,
  moment: FormMoment,
): { form: LeadForm } | FormProblem {
  const field = fieldsOf(form).get(name)
  // The question is no more: what is still to be asked is asked.
  if (!field) return { form: goOn(form, moment.updateId) }
  const value = readValue(field, input, form.project ?? moment.place, moment.now)
  if ('problem' in value) return value
  return { form: goOn(withAnswer(form, name, value, moment.messageId), moment.updateId) }
}

function addition(request: OpenRequest, input: FormInput): FormAdvance {
  if (input.type === 'forwarded') return { problem: 'write_yourself' }
  if (input.type !== 'text' || !input.text.trim()) return { problem: 'text_please' }
  const note = input.text.trim()
  if (note.length > MAX_COMMENT_LENGTH) return { problem: 'too_long', max: MAX_COMMENT_LENGTH }
  return { note, request }
}

function withAnswer(
  form: LeadForm,
  name: string,
  value: Value,
  messageId: number | null,
): LeadForm {
  return { ...form, answers: { ...form.answers, [name]: { value, messageId } } }
}
