import { canWorkLeads } from '../auth/permissions.ts'
import { workersChanged } from '../look-again.ts'
import { joinProject, standingIn } from '../store/members.ts'
import { recentProject } from '../store/projects.ts'
import type { User } from '../store/users.ts'
import { leadOf } from '../stubs.ts'
import type { ErrandDeps } from './errands.ts'

/** Whether somebody may work a lead; `read`: the lead, if it had to be read to know. */
export type MayWork =
  | { refusal: 'refused.manager' | 'refused.member' }
  | { refusal: null; read: ReadLead | null }

/** A lead with its history. */
export type ReadLead = NonNullable<Awaited<ReturnType<ReturnType<typeof leadOf>['read']>>>

/**
 * Whether somebody may work a lead here. Admins and who has the lead always may,
 * other managers when they are of its project. Whoever works in the project's own chat is from then on.
 */
export async function mayWork(
  user: User,
  leadId: string,
  { env, chatId }: ErrandDeps,
): Promise<MayWork> {
  if (!canWorkLeads(user.role)) return { refusal: 'refused.manager' }
  const read = user.role === 'admin' ? null : await leadOf(env, leadId).read()
  const may: MayWork = { refusal: null, read }
  if (!read || read.lead.assignee?.id === user.id) return may
  const { projectId } = read.lead
  const { isMember, hasManagers, isOnlyProject } = await standingIn(env.DB, projectId, user.id)
  if (isMember || !hasManagers) return may
  const project = await recentProject(env.DB, projectId)
  if (project?.chatId !== chatId) return isOnlyProject ? may : { refusal: 'refused.member' }
  await joinProject(env.DB, { projectId, user })
  await workersChanged(env)
  return may
}
