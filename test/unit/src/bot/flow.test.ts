import { describe, expect, it } from 'vitest'
import {
  advance,
  BEGIN,
  type FormInput,
  type LeadForm,
  MAX_COMMENT_LENGTH,
  MAX_NAME_LENGTH,
} from '../../../../src/bot/flow.ts'

const contact = { contact: '+998 90 123 45 67', phone: '+998901234567', email: null }
const FORMS: Record<LeadForm['step'], LeadForm> = {
  name: BEGIN,
  contact: { step: 'contact', name: 'Aziza' },
  comment: { step: 'comment', name: 'Aziza', contact },
  confirm: { step: 'confirm', name: 'Aziza', contact, comment: null },
}
const text = (words: string): FormInput => ({ type: 'text', text: words })

describe('leaving a request', () => {
  it('asks name, contact and comment, and is answered when it is confirmed', () => {
    const inputs = [text(' Aziza '), text('901234567'), text('English'), { type: 'send' } as const]
    let form: LeadForm = BEGIN
    for (const input of inputs) {
      const step = advance(form, input, 'UZ')
      if ('answers' in step) {
        expect(step.answers).toEqual({ name: 'Aziza', contact, comment: 'English' })
        return
      }
      if ('form' in step) form = step.form
    }
    expect.unreachable()
  })

  it.each([
    ['90 123 45 67', '+998901234567'],
    ['+7 (912) 345-67-89', '+79123456789'],
    ['+998901234567', '+998901234567'],
  ])('understands the phone %s', (words, phone) => {
    const step = advance(FORMS.contact, text(words), 'UZ')
    expect('form' in step && step.form).toMatchObject({ contact: { phone } })
  })

  it('understands a shared contact whose number comes without a plus', () => {
    const step = advance(FORMS.contact, { type: 'contact', phone: '998901234567' }, 'UZ')
    expect('form' in step && step.form).toMatchObject({ contact: { phone: '+998901234567' } })
  })

  it.each(['aziza@mail.uz', '@aziza_k', 'https://t.me/aziza_k'])('takes %s', (words) => {
    expect(advance(FORMS.contact, text(words), 'UZ')).toHaveProperty('form.contact.contact', words)
  })

  it.each([
    ['name', { type: 'other' }, { problem: 'text_please' }],
    ['name', { type: 'contact', phone: '998901234567' }, { problem: 'text_please' }],
    ['name', text('12345'), { problem: 'name_empty' }],
    ['name', text('   '), { problem: 'name_empty' }],
    ['name', text('a'.repeat(101)), { problem: 'too_long', max: MAX_NAME_LENGTH }],
    ['contact', { type: 'other' }, { problem: 'text_please' }],
    ['contact', { type: 'skip' }, { problem: 'contact_wrong' }],
    ['contact', text('call me'), { problem: 'contact_wrong' }],
    ['contact', text('123'), { problem: 'phone_wrong' }],
    ['contact', text('+999999999999999'), { problem: 'phone_wrong' }],
    ['contact', text('0'.repeat(500)), { problem: 'too_long', max: 200 }],
    ['comment', { type: 'other' }, { problem: 'text_please' }],
    ['comment', text('a'.repeat(1_001)), { problem: 'too_long', max: MAX_COMMENT_LENGTH }],
    ['confirm', text('yes'), { problem: 'press_please' }],
    ['confirm', { type: 'other' }, { problem: 'press_please' }],
  ] as [LeadForm['step'], FormInput, object][])('at %s, %o: %o', (step, input, problem) => {
    expect(advance(FORMS[step], input, 'UZ')).toEqual(problem)
  })

  it.each(['contact', 'comment', 'confirm'] as const)('can begin again at %s', (step) => {
    expect(advance(FORMS[step], { type: 'restart' }, 'UZ')).toEqual({ form: BEGIN })
  })
})
