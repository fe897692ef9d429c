import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  advance,
  amend,
  beginForm,
  correct,
  fieldsOf,
  type FormMoment,
  type FormProject,
  goOn,
  type LeadForm,
  openForm,
  refuse,
} from '../../../../src/bot/flow.ts'
import type { FormInput } from '../../../../src/bot/form-values.ts'
import { questionSchema } from '../../../../src/project-rules.ts'

const place = { region: 'UZ', timezone: 'Asia/Tashkent' }
const request = { id: 'lead', createdAt: '2026-11-24T20:00:00.000Z', manager: null }
const BEGUN = beginForm({ begun: 1, origin: null, suggestion: 'Aziza' })

const label = { ru: 'Вопрос' }
const PROJECT: FormProject = {
  ...place,
  questions: [
    questionSchema.parse({
      id: 'level',
      type: 'choice',
      label,
      options: [{ ru: 'А' }, { ru: 'Б' }],
    }),
    questionSchema.parse({ id: 'day', type: 'date', label, isRequired: true }),
  ],
}
const EMPTY = { project: null, request: null }

const said = (text: string): FormInput => ({ type: 'text', text })
const moment = (messageId: number): FormMoment => ({
  updateId: 1_000 + messageId,
  messageId,
  now: Date.parse('2026-11-25T10:00:00Z'),
  place,
})

/** The form after these answers, each in a message of its own, numbered from 1. */
function after(form: LeadForm, ...words: string[]): LeadForm {
  return words.reduce((present, text, index) => {
    const step = advance(present, said(text), moment(index + 1))
    if (!('form' in step)) throw new Error(`${text}: ${JSON.stringify(step)}`)
    return step.form
  }, form)
}

const opened = (project: FormProject | null = null) =>
  openForm(BEGUN, { project, request: null }, 2)

describe('leaving a request', () => {
  it('asks name, contact and comment, and shows them to be confirmed', () => {
    const form = after(opened(), 'Aziza', '901234567', 'English')
    expect(form.step).toEqual({ at: 'confirming', summary: 1_003 })
    expect(form.answers).toMatchObject({
      name: { value: { words: 'Aziza' }, messageId: 1 },
      contact: { value: { contact: { phone: '+998901234567' } }, messageId: 2 },
      comment: { value: { words: 'English' }, messageId: 3 },
    })
  })

  it('asks the project’s own questions after the contact, in their order', () => {
    expect([...fieldsOf(opened(PROJECT)).keys()]).toEqual([
      'name',
      'contact',
      'q_level',
      'q_day',
      'comment',
    ])
    const form = after(opened(PROJECT), 'Aziza', '901234567', 'Пропустить', 'завтра', 'Skip')
    expect(form.step.at).toBe('confirming')
    expect(form.answers).toMatchObject({
      q_level: { value: { type: 'skipped' } },
      q_day: { value: { date: '2026-11-26' } },
      comment: { value: { type: 'skipped' } },
    })
  })

  it('first asks whether to add to the request that is open', () => {
    const form = openForm(BEGUN, { project: PROJECT, request }, 2)
    expect(form.step).toEqual({ at: 'choosing', request })
    expect(advance(form, said('hello'), moment(1))).toEqual({ problem: 'press_please' })
  })

  it('takes words to add to it', () => {
    const form: LeadForm = { ...BEGUN, step: { at: 'adding', request } }
    expect(advance(form, said(' more '), moment(1))).toEqual({ note: 'more', request })
    expect(advance(form, { type: 'other' }, moment(1))).toEqual({ problem: 'text_please' })
    expect(advance(form, said('x'.repeat(1_001)), moment(1))).toEqual({
      problem: 'too_long',
      max: 1_000,
    })
  })

  it('takes the name of whoever answers before they are asked, and learns the questions after', () => {
    const early = after(BEGUN, 'Aziza')
    expect(early.step).toMatchObject({ at: 'asking', field: 'contact' })
    const late = openForm(early, { project: PROJECT, request }, 9)
    expect(late.step).toBe(early.step)
    expect(after(late, '901234567').step).toMatchObject({ field: 'q_level' })
  })

  it('does not ask anew when what it needs to know comes twice or too late', () => {
    const form = after(opened(), 'Aziza')
    expect(openForm(form, EMPTY, 9)).toEqual(form)
    expect(openForm(openForm(form, { project: PROJECT, request }, 9), EMPTY, 9)).toMatchObject({
      project: PROJECT,
    })
  })
})

describe('a correction', () => {
  const whole = after(opened(), 'Aziza', '901234567', 'English')

  it('asks that answer again, and then shows a summary of its own', () => {
    const asked = correct(whole, 'name')
    expect(asked?.step).toMatchObject({ at: 'asking', field: 'name', isCorrection: true })
    const corrected = asked && advance(asked, said('Malika'), moment(7))
    expect(corrected).toMatchObject({
      form: {
        step: { at: 'confirming', summary: 1_007 },
        answers: { name: { value: { words: 'Malika' } }, comment: { value: { words: 'English' } } },
      },
    })
  })

  it('of what was never asked is none', () => {
    expect(correct(whole, 'q_other')).toBeNull()
    expect(correct(whole, '')).toBeNull()
  })

  it('may be left alone: the answer stays', () => {
    const asked = correct(whole, 'name')
    expect(asked && goOn(asked, 9)).toMatchObject({
      step: { at: 'confirming', summary: 9 },
      answers: whole.answers,
    })
  })
})

describe('an edited message', () => {
  const form = after(opened(), 'Aziza', '901234567')

  it('corrects the answer that it was', () => {
    expect(amend(form, said('Malika'), moment(1))).toMatchObject({
      form: { answers: { name: { value: { words: 'Malika' } } }, step: form.step },
    })
  })

  it('makes a new summary, so that the one before cannot be sent', () => {
    const whole = after(form, 'English')
    const amended = amend(whole, said('Malika'), moment(1))
    expect(whole.step).toEqual({ at: 'confirming', summary: 1_001 })
    expect(amended).toMatchObject({ form: { step: { at: 'confirming' } } })
  })

  it('that is no answer any more leaves the one before', () => {
    expect(amend(form, said('call me'), moment(2))).toEqual({ kept: 'contact' })
    expect(amend(form, { type: 'other' }, moment(1))).toEqual({ kept: 'name' })
  })

  it('that says the same, or was no answer, means nothing', () => {
    expect(amend(form, said('Aziza'), moment(1))).toBeNull()
    expect(amend(form, said('Malika'), moment(55))).toBeNull()
  })

  it('is the answer when the message before its edit was none', () => {
    const asked = refuse(after(opened(), 'Aziza'), 8)
    expect(amend(asked, said('901234567'), moment(8))).toMatchObject({
      form: { answers: { contact: { messageId: 8 } }, step: { field: 'comment' } },
    })
    expect(amend(asked, said('still wrong'), moment(8))).toEqual({ problem: 'contact_wrong' })
  })
})

describe('any sequence of inputs', () => {
  const input = fc.oneof(
    fc.constantFrom('Aziza', '901234567', 'Пропустить', 'А', '25.11', '', '123').map(said),
    fc.string({ maxLength: 1_200 }).map(said),
    fc.constantFrom<FormInput[]>(
      { type: 'other' },
      { type: 'forwarded' },
      { type: 'contact', phone: '998901234567', isOwn: true },
      { type: 'contact', phone: '', isOwn: false },
    ),
  )

  it('never loses an answer, and can always be finished', () => {
    const project = fc.constantFrom(null, PROJECT)
    fc.assert(
      fc.property(project, fc.array(input, { maxLength: 30 }), (known, inputs) => {
        let form = opened(known)
        for (const [index, one] of inputs.entries()) {
          const step = advance(form, one, moment(index + 1))
          if (!('form' in step)) continue
          expect(step.form.answers).toMatchObject(form.answers)
          form = step.form
        }
        const wanted: Record<string, string> = {
          name: 'Aziza',
          contact: '901234567',
          q_level: 'Б',
          q_day: '25.11.2026',
          comment: 'Skip',
        }
        while (form.step.at === 'asking') form = after(form, wanted[form.step.field] ?? '')
        expect(form.step.at).toBe('confirming')
      }),
    )
  })
})
