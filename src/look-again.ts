import { canWorkLeads } from './auth/permissions.ts'
import { listProjects, RECENT_MS } from './store/projects.ts'
import type { UserRole } from './store/users.ts'
import { boardOf, conversationOf } from './stubs.ts'

/** How a project's team works has changed: its open leads do by that what they do by themselves. */
export async function rulesChanged(env: Env, projectId: string): Promise<void> {
  // Only then nobody goes by the rules of before any more.
  await boardOf(env, projectId).lookAgain(['new', 'in_progress'], Date.now() + RECENT_MS)
}

/** Somebody has come, or come back, to whom leads can be given: those that wait for that are. */
export async function workersChanged(env: Env): Promise<void> {
  const projects = await listProjects(env.DB)
  const inTurn = projects.filter(({ rules }) => rules.assignment !== 'free')
  await Promise.all(inTurn.map(({ id }) => boardOf(env, id).lookAgain(['new'], Date.now())))
}

/** A person has another role: it holds at once for all that they are offered and told. */
export async function roleChanged(env: Env, id: string, role: UserRole): Promise<void> {
  if (role === 'manager') await workersChanged(env)
  if (!canWorkLeads(role)) {
    const projects = await listProjects(env.DB)
    await Promise.all(projects.map((project) => boardOf(env, project.id).dismiss(id)))
  }
  // What they are offered to press follows in their own chat.
  await conversationOf(env, id).learnRole()
}
