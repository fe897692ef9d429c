import { canWorkLeads } from '../auth/permissions.ts'
import { workersChanged } from '../look-again.ts'
import { joinProject, standingIn } from '../store/members.ts'
import { recentProject } from '../store/projects.ts'
import type { User } from '../store/users.ts'
import { leadOf } from '../stubs.ts'
import type { ErrandDeps } from './errands.ts'

/**
 * Why somebody may not work a lead here; `null`: they may. Admins and who has the lead always may,
 * other managers when they are of its project. Whoever works in the project's own chat is from then on.
 */
export async function refusalFor(
  user: User,
  leadId: string,
  { env, chatId }: ErrandDeps,
): Promise<'refused.manager' | 'refused.member' | null> {
  if (!canWorkLeads(user.role)) return 'refused.manager'
  const lead = user.role === 'admin' ? null : (await leadOf(env, leadId).read())?.lead
  if (!lead || lead.assignee?.id === user.id) return null
  const { projectId } = lead
  const { isMember, hasManagers, isOnlyProject } = await standingIn(env.DB, projectId, user.id)
  if (isMember || !hasManagers) return null
  const project = await recentProject(env.DB, projectId)
  if (project?.chatId !== chatId) return isOnlyProject ? null : 'refused.member'
  await joinProject(env.DB, { projectId, user })
  await workersChanged(env)
  return null
}
