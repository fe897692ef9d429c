import { NO_CHAT } from '../../lead.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { recordAudit } from '../../store/audit.ts'
import { listOpenLeadIds } from '../../store/leads.ts'
import { listParked, type ParkedRowShown } from '../../store/parked.ts'
import { findProject, FIRST_PROJECT_ID, updateProject } from '../../store/projects.ts'
import { leadOf } from '../../stubs.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { messageRow } from '../owed.ts'
import { recognise } from '../people.ts'
import { text } from '../texts.ts'

/** More open leads than any team has; the rest are found in the portal. */
const MAX_SHOWN = 200

/** So many leads that waited for a chat go on in one go, so many times: ten thousand. */
const REVIVED_TOGETHER = 200
const MAX_REVIVALS = 50

/** From now on this chat or topic shows the project's leads, those that are open now included. */
export async function bind(
  { by, threadId, title }: { by: Person; threadId: number | null; title: string },
  deps: ErrandDeps,
): Promise<NewRow[]> {
  const { env, settings, chatId, locale } = deps
  const user = await recognise(env, settings, by)
  if (user.role !== 'admin') return [messageRow(text(locale, 'refused.admin'), { threadId })]
  await updateProject(env.DB, FIRST_PROJECT_ID, { chatId, threadId, chatTitle: title })
  await recordAudit(env.DB, {
    actorId: user.id,
    actorName: user.name,
    action: 'project.bind',
    target: FIRST_PROJECT_ID,
    details: { chatId, threadId },
  })
  await showWaiting(env)
  const project = await findProject(env.DB, FIRST_PROJECT_ID)
  return [messageRow(text(locale, 'bind.done', { project: project?.name ?? '' }), { threadId })]
}

async function showWaiting(env: Env): Promise<void> {
  await reviveAll(env)
  const open = await listOpenLeadIds(env.DB, FIRST_PROJECT_ID, MAX_SHOWN)
  await Promise.all(open.map((id) => leadOf(env, id).show()))
}

/** Leads that came before there was a chat go on, however many they are. */
async function reviveAll(env: Env): Promise<void> {
  let after: ParkedRowShown | undefined
  for (let n = 0; n < MAX_REVIVALS; n++) {
    const parked = await listParked(env.DB, { reason: NO_CHAT, after, limit: REVIVED_TOGETHER })
    await Promise.all(parked.map(({ name, seq }) => leadOf(env, name).retryParked(seq)))
    after = parked.at(-1)
    if (parked.length < REVIVED_TOGETHER) return
  }
}
