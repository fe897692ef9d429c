import { canWorkLeads } from '../../auth/permissions.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { orderReport } from '../../reports/order.ts'
import { lastDays } from '../../period.ts'
import { listProjectIdsOf, listProjectsToWork } from '../../store/members.ts'
import { listProjects, placeOf, type Project } from '../../store/projects.ts'
import type { User } from '../../store/users.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { answerRow, editRow, messageRow } from '../owed.ts'
import { isPrivateChat, recognise } from '../people.ts'
import { projectButtons } from '../project-buttons.ts'
import { plainText, text } from '../texts.ts'

const DAYS = 7

export interface ReportArgs {
  by: Person
  threadId: number | null
  /** The project pressed, and where; `null`: the command itself. */
  pressed: { projectId: string; messageId: number; callbackId: string } | null
}

/** Orders the report of the last seven days, to be delivered to this chat; of several projects it asks. */
export async function report(args: ReportArgs, deps: ErrandDeps): Promise<NewRow[]> {
  const { by, threadId, pressed } = args
  const { env, settings, locale } = deps
  const user = await recognise(env, settings, by)
  if (!canWorkLeads(user.role)) {
    const words = plainText(user.locale ?? by.locale, 'report.refused')
    return [pressed ? answerRow(pressed.callbackId, words, true) : messageRow(words, { threadId })]
  }
  const projects = await projectsHere(user, threadId, deps)
  const [only] = projects
  if (!only) return reply(text(locale, 'report.no_project'), args)
  if (!pressed && projects.length > 1) {
    return [
      messageRow(text(locale, 'report.ask'), {
        threadId,
        markup: projectButtons('report', projects, locale),
      }),
    ]
  }
  const project = pressed ? projects.find(({ id }) => id === pressed.projectId) : only
  if (!project) return reply(text(locale, 'report.no_project'), args)
  await order(project, user, deps)
  return reply(text(locale, 'report.started', { project: project.name }), args)
}

/** In a group those that are bound to it, in private a person's own, or all that they may work. */
async function projectsHere(
  { id, role }: User,
  threadId: number | null,
  { env, chatId }: ErrandDeps,
): Promise<Project[]> {
  const all = await listProjects(env.DB)
  if (!isPrivateChat(chatId)) {
    const bound = all.filter((project) => project.chatId === chatId)
    const ofTopic = bound.filter((project) => project.threadId === threadId)
    return ofTopic.length > 0 ? ofTopic : bound
  }
  const own = await listProjectIdsOf(env.DB, id)
  if (own.length === 0 && role === 'admin') return all
  const ids = own.length > 0 ? own : (await listProjectsToWork(env.DB, id)).ids
  return all.filter((project) => ids.includes(project.id))
}

async function order(
  { id: projectId, ...project }: Project,
  { id: requestedBy }: User,
  { env, settings, chatId, updateId }: ErrandDeps,
): Promise<void> {
  await orderReport(env, {
    ref: `telegram:${updateId}`,
    projectId,
    kind: 'leads',
    format: 'csv',
    period: lastDays(DAYS, placeOf(project, settings).timezone, Date.now()),
    chatId,
    requestedBy,
  })
}

/** The answer stands where the question stood, when there was one. */
function reply(html: string, { threadId, pressed }: ReportArgs): NewRow[] {
  if (!pressed) return [messageRow(html, { threadId })]
  return [editRow(pressed.messageId, html), answerRow(pressed.callbackId, '')]
}
