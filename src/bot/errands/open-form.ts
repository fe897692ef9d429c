import { log } from '../../log.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { listLeads } from '../../store/leads.ts'
import { placeOf } from '../../store/projects.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import type { FormProject, OpenRequest } from '../flow.ts'
import { learnedRow } from '../owed.ts'
import { projectFor } from './project-for.ts'

/** Nobody waits for the first question longer than this. */
const PATIENCE_MS = 3_000

/** Of so many of a person's last requests an open one is looked for. */
const LOOKED_THROUGH = 20

/**
 * Reads what a request that begins has to know: the project's questions, and whether a request of
 * the same person is open. Should that fail, the request is left without.
 */
export async function openForm(
  { by, begun, projectId }: { by: Person; begun: number; projectId: string | null },
  deps: ErrandDeps,
): Promise<NewRow[]> {
  const reading = new AbortController()
  const opened = await Promise.race([read(by, projectId, deps), runOut(reading.signal)])
    .catch((error: unknown) => {
      log('warn', 'form.opened_without_project', { error })
      return { project: null, request: null }
    })
    .finally(() => reading.abort())
  return [learnedRow(deps.updateId, { name: 'formOpened', args: { begun, ...opened } })]
}

/** A database that does not answer is like one that fails. */
async function runOut(signal: AbortSignal): Promise<never> {
  await scheduler.wait(PATIENCE_MS, { signal })
  throw new Error('the project was not read in time')
}

async function read(
  by: Person,
  projectId: string | null,
  { env, settings }: ErrandDeps,
): Promise<{ project: FormProject; request: OpenRequest | null }> {
  const project = await projectFor(env, projectId)
  const filter = { userId: by.id, projectId: project.id }
  const { leads } = await listLeads(env.DB, filter, { after: null, limit: LOOKED_THROUGH })
  const open = leads.find(({ status }) => status !== 'closed')
  const { region, timezone } = placeOf(project, settings)
  return {
    project: { questions: project.rules.questions, region, timezone },
    request: open
      ? { id: open.id, createdAt: open.createdAt, manager: open.assignee?.name ?? null }
      : null,
  }
}
