import { parsePhone } from '../contact.ts'
import type { LeadDetails } from '../lead.ts'
import type { MetaLead } from './replies.ts'

const NAMES = ['full_name', 'name']
const PHONES = ['phone_number', 'phone', 'work_phone_number']
const EMAILS = ['email', 'work_email']

/** A lead's form, understood; what is neither name, phone nor e-mail stays as an answer. */
export function detailsOf(lead: MetaLead, region: string): LeadDetails {
  const fields = new Map(
    lead.field_data.map(({ name, values }) => [name, values.join(', ').trim()]),
  )
  const phone = first(fields, PHONES)
  const email = first(fields, EMAILS)
  return {
    details: 'complete',
    name: first(fields, NAMES) ?? fullName(fields),
    contact: phone ?? email,
    phone: phone === null ? null : parsePhone(phone, region),
    email,
    answers: answersOf(fields),
    campaignId: lead.campaign_id ?? null,
    campaignName: lead.campaign_name ?? null,
    ...(lead.ad_id ? { adId: lead.ad_id } : {}),
    ...(lead.form_id ? { formId: lead.form_id } : {}),
  }
}

function first(fields: Map<string, string>, names: string[]): string | null {
  return names.map((name) => fields.get(name)).find(Boolean) ?? null
}

function fullName(fields: Map<string, string>): string | null {
  return [fields.get('first_name'), fields.get('last_name')].filter(Boolean).join(' ') || null
}

const KNOWN = new Set([...NAMES, ...PHONES, ...EMAILS, 'first_name', 'last_name'])

function answersOf(fields: Map<string, string>): Record<string, string> {
  const answers = [...fields].filter(([name, value]) => !KNOWN.has(name) && value !== '')
  return Object.fromEntries(answers.map(([name, value]) => [name.replaceAll('_', ' '), value]))
}
