import type { NewRow } from '../../outbox/outbox.ts'
import { FIRST_PROJECT_ID } from '../../store/projects.ts'
import { leadIdOf, leadOf } from '../../stubs.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import type { LeadAnswers } from '../flow.ts'
import { messageRow } from '../owed.ts'
import { recognise } from '../people.ts'
import { text } from '../texts.ts'

/** Makes a lead of what a person has answered and confirmed. */
export async function makeLead(
  { by, answers }: { by: Person; answers: LeadAnswers },
  { env, settings, chatId, updateId, locale }: ErrandDeps,
): Promise<NewRow[]> {
  await recognise(env, settings, by)
  const id = leadIdOf('telegram', `${chatId}:${updateId}`)
  const answer = await leadOf(env, id).carryOut({
    id,
    type: 'receive',
    lead: {
      projectId: FIRST_PROJECT_ID,
      source: 'telegram',
      sourceRef: chatId,
      userId: by.id,
      name: answers.name,
      ...answers.contact,
    },
    ...(answers.comment ? { note: answers.comment } : {}),
    by: null,
  })
  if (!answer.ok) throw new Error(`a new lead was refused: ${answer.code}`)
  return [messageRow(text(locale, 'form.accepted'), { markup: { remove_keyboard: true } })]
}
