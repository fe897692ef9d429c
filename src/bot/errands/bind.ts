import { NO_CHAT } from '../../lead.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { recordAudit } from '../../store/audit.ts'
import { listOpenLeadIds } from '../../store/leads.ts'
import { listParked, type ParkedRowShown } from '../../store/parked.ts'
import { listProjects, type Project, updateProject } from '../../store/projects.ts'
import type { User } from '../../store/users.ts'
import { conversationOf, leadOf } from '../../stubs.ts'
import type { Person } from '../context.ts'
import { adminsOnly } from './admins-only.ts'
import type { ErrandDeps } from '../errands.ts'
import { answerRow, editRow, messageRow } from '../owed.ts'
import { recognise } from '../people.ts'
import { projectButtons } from '../project-buttons.ts'
import { probe, rightsInWords } from '../probe.ts'
import { botIdOf, telegramOf } from '../telegram.ts'
import { text } from '../texts.ts'

/** More open leads than any team has; the rest are found in the portal. */
const MAX_SHOWN = 200

/** So many leads that waited for a chat go on in one go, so many times: ten thousand. */
const REVIVED_TOGETHER = 200
const MAX_REVIVALS = 50

export interface BindArgs {
  by: Person
  threadId: number | null
  title: string
  /** The project pressed, and where; `null`: the command itself. */
  pressed: { projectId: string; messageId: number; callbackId: string } | null
}

/** From now on this chat or topic shows a project's leads, those that are open now included. */
export async function bind(args: BindArgs, deps: ErrandDeps): Promise<NewRow[]> {
  const { by, threadId, pressed } = args
  const { env, settings, locale } = deps
  const user = await recognise(env, settings, by)
  if (user.role !== 'admin') {
    return [adminsOnly(pressed ? (user.locale ?? locale) : locale, pressed, threadId)]
  }
  const projects = await listProjects(env.DB)
  const [only] = projects
  if (!pressed && (projects.length > 1 || !only)) {
    const markup = projectButtons('bind', projects, locale)
    return [messageRow(text(locale, 'bind.ask'), { threadId, markup })]
  }
  const project = pressed ? projects.find(({ id }) => id === pressed.projectId) : only
  if (!project) return reply(text(locale, 'bind.no_project'), args)
  const words = await bindTo(project, user, args, deps)
  const others = projects.filter(
    ({ id, chatId, threadId: thread }) =>
      id !== project.id && chatId === deps.chatId && thread === threadId,
  )
  const also = others.map(({ name }) => text(locale, 'bind.also', { project: name }))
  return reply([...words, ...also].join('\n\n'), args)
}

async function bindTo(
  project: Project,
  user: User,
  { threadId, title }: BindArgs,
  { env, settings, chatId, locale }: ErrandDeps,
): Promise<string[]> {
  await updateProject(env.DB, project.id, { chatId, threadId, chatTitle: title })
  await recordAudit(env.DB, {
    actorId: user.id,
    actorName: user.name,
    action: 'project.bind',
    target: project.id,
    details: { chatId, threadId },
  })
  await showWaiting(env, { projectId: project.id, chatId, threadId })
  const botId = botIdOf(settings.TELEGRAM_BOT_TOKEN)
  const rights = await probe(telegramOf(settings), chatId, botId)
  const words = [
    text(locale, threadId === null ? 'bind.done' : 'bind.done_topic', {
      project: project.name,
      chat: title,
    }),
    rightsInWords(rights, locale),
  ]
  if (project.chatId && project.chatId !== chatId) {
    words.push(text(locale, 'bind.instead', { chat: project.chatTitle ?? project.chatId }))
  }
  return words
}

/** The answer stands where the question stood, when there was one. */
function reply(html: string, { threadId, pressed }: BindArgs): NewRow[] {
  if (!pressed) return [messageRow(html, { threadId })]
  return [editRow(pressed.messageId, html), answerRow(pressed.callbackId, '')]
}

async function showWaiting(
  env: Env,
  { projectId, chatId, threadId }: { projectId: string; chatId: string; threadId: number | null },
): Promise<void> {
  await reviveAll(env)
  const open = await listOpenLeadIds(env.DB, projectId, MAX_SHOWN)
  const chat = conversationOf(env, chatId)
  await chat.moveCards(open, threadId)
  await chat.reopen()
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
