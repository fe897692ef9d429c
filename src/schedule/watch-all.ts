import { log } from '../log.ts'
import { listProjects } from '../store/projects.ts'
import { watchOf } from '../stubs.ts'

const TICK_MS = 5 * 60_000

/** Numbers of Meta come every hour and leads at any time: so often is soon enough to be told. */
const EVERY_MS = 15 * 60_000

/** Whether a tick is the one of its quarter of an hour at which projects are looked at. */
export function isLookDue(tick: number): boolean {
  return tick % EVERY_MS < TICK_MS
}

/** Has every project looked at whose turn it is; one that cannot be keeps back no other. */
export async function watchAll(env: Env, tick: number): Promise<void> {
  if (!isLookDue(tick)) return
  const projects = await listProjects(env.DB)
  const looks = await Promise.allSettled(projects.map(({ id }) => watchOf(env, id).look()))
  const failed = looks.filter((look) => look.status === 'rejected')
  for (const { reason } of failed) log('error', 'watch.not_looked', { error: reason })
}
