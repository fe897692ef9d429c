import { formatPhone } from '../../contact.ts'
import type { NewLead } from '../../lead.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import type { Locale } from '../../locales.ts'
import { saidIn } from '../../project-rules.ts'
import { findCampaignName } from '../../store/campaigns.ts'
import { placeOf } from '../../store/projects.ts'
import { leadIdOf, leadOf } from '../../stubs.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { fieldsOf, type LeadForm } from '../flow.ts'
import { showValue } from '../form-values.ts'
import { messageRow } from '../owed.ts'
import { recognise } from '../people.ts'
import { text } from '../texts.ts'
import { projectFor } from './project-for.ts'

/** Makes a lead of what a person has answered and confirmed. */
export async function makeLead(
  { by, form }: { by: Person; form: LeadForm },
  { env, settings, chatId, updateId, locale }: ErrandDeps,
): Promise<NewRow[]> {
  await recognise(env, settings, by)
  const project = await projectFor(env, form.origin?.projectId ?? null)
  const campaignId = form.origin?.campaignId ?? null
  const id = leadIdOf('telegram', `${chatId}:${updateId}`)
  const comment = wordsOf(form, 'comment')
  const answer = await leadOf(env, id).carryOut({
    id,
    type: 'receive',
    lead: {
      projectId: project.id,
      source: 'telegram',
      sourceRef: chatId,
      userId: by.id,
      name: wordsOf(form, 'name'),
      ...contactOf(form),
      campaignId,
      campaignName: campaignId && (await findCampaignName(env.DB, campaignId)),
      utmSource: form.origin?.source ?? null,
      answers: answersOf(form, placeOf(project, settings).locale),
    },
    ...(comment ? { note: comment } : {}),
    by: null,
  })
  if (!answer.ok) throw new Error(`a new lead was refused: ${answer.code}`)
  return [messageRow(text(locale, 'form.accepted'))]
}

function wordsOf(form: LeadForm, name: string): string | null {
  const value = form.answers[name]?.value
  return value?.type === 'words' ? value.words : null
}

/** Who left no phone to be called by has perhaps given one in answer to a question of the project. */
function contactOf(form: LeadForm): Pick<NewLead, 'contact' | 'phone' | 'email' | 'isVerified'> {
  const values = [...fieldsOf(form).keys()].flatMap((name) => form.answers[name]?.value ?? [])
  const left = values.find((value) => value.type === 'contact')
  const answered = values.find((value) => value.type === 'phone')?.phone ?? null
  return {
    contact: left?.contact.contact ?? (answered && formatPhone(answered)),
    phone: left?.contact.phone ?? answered,
    email: left?.contact.email ?? null,
    isVerified: left?.isVerified ?? false,
  }
}

/** Answers to the project's own questions, in the language that its team works in. */
function answersOf(form: LeadForm, locale: Locale): Record<string, string> {
  const answers = new Map<string, string>()
  for (const [name, field] of fieldsOf(form)) {
    const value = form.answers[name]?.value
    const shown = value && showValue(value, field, locale)
    if (!('label' in field) || !shown) continue
    const label = saidIn(field.label, locale)
    // Two questions may be called the same.
    answers.set(answers.has(label) ? `${label} (${field.id})` : label, shown)
  }
  return Object.fromEntries(answers)
}
