import { parsePhone } from '../contact.ts'
import type { LeadDetails } from '../lead.ts'
import type { KnownForm } from '../store/forms.ts'
import { answersOf, type Field, fieldFor, fieldsOf, phoneField } from './form-fields.ts'
import type { MetaLead } from './replies.ts'

/**
 * A lead's form, understood by what is known of it; what is neither name, phone nor e-mail stays as an
 * answer. `region` is the country of phones without one.
 */
export function detailsOf(lead: MetaLead, region: string, form: KnownForm | null): LeadDetails {
  const fields = fieldsOf(lead.field_data, form)
  const phone = phoneField(fields, region)
  const email = fieldFor(fields, 'email')
  const names = namesOf(fields)
  const used = new Set([phone, email, ...names])
  return {
    details: 'complete',
    name: names.map(({ text }) => text).join(' ') || null,
    contact: phone?.text ?? email?.text ?? null,
    phone: phone ? parsePhone(phone.text, region) : null,
    email: email?.text ?? null,
    answers: answersOf(fields.filter((field) => !used.has(field))),
    campaignId: lead.campaign_id ?? null,
    campaignName: lead.campaign_name ?? null,
    ...(lead.ad_id ? { adId: lead.ad_id } : {}),
    ...(lead.ad_name ? { adName: lead.ad_name } : {}),
    ...(lead.form_id ? { formId: lead.form_id } : {}),
    ...(lead.custom_disclaimer_responses ? { consents: lead.custom_disclaimer_responses } : {}),
    ...(isDummy(lead) ? { isTest: true } : {}),
  }
}

/** A full name, else the first and the last one. */
function namesOf(fields: Field[]): Field[] {
  const full = fieldFor(fields, 'name')
  if (full) return [full]
  const parts = [fieldFor(fields, 'first_name'), fieldFor(fields, 'last_name')]
  return parts.filter((part) => part !== undefined)
}

const DUMMY = /^<test lead: dummy data for .*>$/s

/** Whether Meta's testing tool has filled in the form by itself. */
export function isDummy({ field_data: data }: Pick<MetaLead, 'field_data'>): boolean {
  return data.some(({ values }) => values.some((value) => DUMMY.test(value)))
}
