import { type Contact, MAX_CONTACT_LENGTH, parseContact } from '../contact.ts'

export const MAX_NAME_LENGTH = 100
export const MAX_COMMENT_LENGTH = 1_000

/** A request that is being left, as far as it has come. */
export type LeadForm =
  | { step: 'name' }
  | { step: 'contact'; name: string }
  | { step: 'comment'; name: string; contact: Contact }
  | { step: 'confirm'; name: string; contact: Contact; comment: string | null }

export type LeadAnswers = Omit<Extract<LeadForm, { step: 'confirm' }>, 'step'>

/** What a person did, as far as the form cares; `other` is a sticker, a photo and the like. */
export type FormInput =
  | { type: 'text'; text: string }
  | { type: 'contact'; phone: string }
  | { type: 'skip' }
  | { type: 'send' }
  | { type: 'restart' }
  | { type: 'other' }

export type FormProblem =
  | { problem: 'text_please' | 'name_empty' | 'phone_wrong' | 'contact_wrong' | 'press_please' }
  | { problem: 'too_long'; max: number }

/** The form goes on, is answered, or asks the same again and says why. */
export type FormStep = { form: LeadForm } | { answers: LeadAnswers } | FormProblem

/** The form's beginning. */
export const BEGIN: LeadForm = { step: 'name' }

/** What an input means to the form; `region` is the country of numbers written without one. */
export function advance(form: LeadForm, input: FormInput, region: string): FormStep {
  if (input.type === 'restart') return { form: BEGIN }
  switch (form.step) {
    case 'name':
      return takeName(input)
    case 'contact':
      return takeContact(form.name, input, region)
    case 'comment':
      return takeComment(form, input)
    case 'confirm':
      return takeConfirmation(form, input)
  }
}

function takeName(input: FormInput): FormStep {
  if (input.type !== 'text') return { problem: 'text_please' }
  const name = input.text.trim()
  if (name.length > MAX_NAME_LENGTH) return { problem: 'too_long', max: MAX_NAME_LENGTH }
  return /\p{L}/u.test(name) ? { form: { step: 'contact', name } } : { problem: 'name_empty' }
}

function takeContact(name: string, input: FormInput, region: string): FormStep {
  if (input.type === 'other') return { problem: 'text_please' }
  if (input.type !== 'text' && input.type !== 'contact') return { problem: 'contact_wrong' }
  // A shared contact's number comes with its country but sometimes without the plus.
  const text = input.type === 'text' ? input.text : `+${input.phone.replace(/\D/g, '')}`
  if (text.length > MAX_CONTACT_LENGTH) return { problem: 'too_long', max: MAX_CONTACT_LENGTH }
  const contact = parseContact(text, region)
  if (contact === 'PHONE_WRONG') return { problem: 'phone_wrong' }
  if (contact === 'CONTACT_WRONG') return { problem: 'contact_wrong' }
  return { form: { step: 'comment', name, contact } }
}

function takeComment(
  { name, contact }: Extract<LeadForm, { step: 'comment' }>,
  input: FormInput,
): FormStep {
  if (input.type === 'skip') return { form: { step: 'confirm', name, contact, comment: null } }
  if (input.type !== 'text') return { problem: 'text_please' }
  const comment = input.text.trim()
  if (comment.length > MAX_COMMENT_LENGTH) return { problem: 'too_long', max: MAX_COMMENT_LENGTH }
  return { form: { step: 'confirm', name, contact, comment: comment || null } }
}

function takeConfirmation(
  { step: _step, ...answers }: Extract<LeadForm, { step: 'confirm' }>,
  input: FormInput,
): FormStep {
  return input.type === 'send' ? { answers } : { problem: 'press_please' }
}
