import { canWorkLeads } from '../../auth/permissions.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { orderReport } from '../../reports/order.ts'
import { lastDays } from '../../period.ts'
import { findProject, FIRST_PROJECT_ID, placeOf } from '../../store/projects.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { messageRow } from '../owed.ts'
import { recognise } from '../people.ts'
import { text } from '../texts.ts'

const DAYS = 7

/** Orders the report of the last seven days, to be delivered to this chat. */
export async function report({ by }: { by: Person }, deps: ErrandDeps): Promise<NewRow[]> {
  const { env, settings, chatId, updateId, locale } = deps
  const user = await recognise(env, settings, by)
  if (!canWorkLeads(user.role)) return [messageRow(text(locale, 'refused.manager'))]
  const project = await findProject(env.DB, FIRST_PROJECT_ID)
  if (!project) throw new Error('the first project is missing')
  await orderReport(env, {
    ref: `telegram:${updateId}`,
    projectId: project.id,
    kind: 'leads',
    format: 'csv',
    period: lastDays(DAYS, placeOf(project, settings).timezone, Date.now()),
    chatId,
    requestedBy: user.id,
  })
  return [messageRow(text(locale, 'report.started'))]
}
