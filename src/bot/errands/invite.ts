import { InlineKeyboard } from 'grammy/web'
import { workersChanged } from '../../look-again.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { hmacSha256, sha256 } from '../../secrets.ts'
import { recordAudit } from '../../store/audit.ts'
import {
  findInvite,
  insertInvite,
  type Invite,
  type InviteRole,
  useInvite,
} from '../../store/invites.ts'
import { findProject, listProjects } from '../../store/projects.ts'
import type { User } from '../../store/users.ts'
import { conversationOf } from '../../stubs.ts'
import { isoTime } from '../../time.ts'
import { inviteScreen } from '../admin/screens.ts'
import { packPress } from '../callback-data.ts'
import type { Person } from '../context.ts'
import { adminsOnly } from './admins-only.ts'
import type { ErrandDeps } from '../errands.ts'
import { answerRow, editRow, errandRow, messageRow } from '../owed.ts'
import { recognise, register } from '../people.ts'
import { telegramOf } from '../telegram.ts'
import { plainText, projectName, text } from '../texts.ts'

const VALID_DAYS = 7
const DAY_MS = 24 * 3_600_000

/** What an errand that was cut off has done already is said again for so long. */
const SAID_AGAIN_MS = 3_600_000

/** 160 bits; a start payload has room for 64 characters. */
const TOKEN_LENGTH = 40

/** More projects than fit below a message are invited to from the admin panel. */
const MAX_CHOICES = 40

/** A button of an invitation's question. */
export interface InvitePress {
  role: InviteRole
  projectId: string
  messageId: number
  callbackId: string
}

/** Asks whom to invite, and gives the link once that is known. */
export async function invite(
  { by, pressed }: { by: Person; pressed: InvitePress | null },
  deps: ErrandDeps,
): Promise<NewRow[]> {
  const { env, settings, locale } = deps
  const user = await recognise(env, settings, by)
  if (user.role !== 'admin') return [adminsOnly(locale, pressed)]
  if (!pressed) {
    return [messageRow(text(locale, 'invite.ask'), { markup: await whomToInvite(deps) })]
  }
  const project = await findProject(env.DB, pressed.projectId)
  if (!project) return [answerRow(pressed.callbackId, plainText(locale, 'press.unknown'))]
  const url = await newInvite(pressed, user, deps)
  const words = text(locale, `invite.link_${pressed.role}`, { project: project.name, url })
  const { html, buttons } = inviteScreen(words, locale)
  return [editRow(pressed.messageId, html, buttons), answerRow(pressed.callbackId, '')]
}

/** The buttons of all that can be invited to. */
export async function whomToInvite({ env, locale }: ErrandDeps): Promise<InlineKeyboard> {
  const projects = await listProjects(env.DB)
  return InlineKeyboard.from(
    projects.slice(0, MAX_CHOICES).map(({ id, name }) =>
      (['manager', 'client'] as const).map((role) => {
        const label = plainText(locale, `invite.button.${role}`)
        const words = projects.length > 1 ? `${label} · ${projectName(name, locale)}` : label
        return InlineKeyboard.text(
          words.slice(0, 60),
          packPress({ verb: 'invite', id: `${role}-${id}` }),
        )
      }),
    ),
  )
}

async function newInvite(
  { role, projectId }: InvitePress,
  user: User,
  { env, settings, chatId, updateId }: ErrandDeps,
): Promise<string> {
  // Made of what asked for it: asked twice, it is one link, and nobody has to keep the token.
  const seed = `invite:${chatId}:${updateId}`
  const token = (await hmacSha256(settings.SESSION_SECRET, seed)).slice(0, TOKEN_LENGTH)
  const tokenHash = await sha256(token)
  const known = await findInvite(env.DB, tokenHash)
  if (!known) {
    const expiresAt = isoTime(Date.now() + VALID_DAYS * DAY_MS)
    await insertInvite(env.DB, { tokenHash, role, projectId, createdBy: user.id, expiresAt })
    await recordAudit(env.DB, {
      actorId: user.id,
      actorName: user.name,
      action: 'invite.create',
      target: projectId,
      details: { role },
    })
  }
  const { username } = await telegramOf(settings).getMe()
  return `https://t.me/${username}?start=inv_${token}`
}

/** Takes an invitation, once and by one person; says so, and why not. */
export async function acceptInvite(
  { by, token }: { by: Person; token: string },
  deps: ErrandDeps,
): Promise<NewRow[]> {
  const { env, settings, locale, updateId } = deps
  await register(env, settings, by)
  const tokenHash = await sha256(token)
  const isUsedNow = await useInvite(env.DB, { tokenHash, user: by })
  const found = await findInvite(env.DB, tokenHash)
  if (!found || !(isUsedNow || isJustUsedBy(by, found))) {
    const why = found ? (found.usedBy === null ? 'expired' : 'used') : 'unknown'
    return [messageRow(text(locale, `invite.${why}`))]
  }
  if (found.role === 'manager') await workersChanged(env)
  const project = (await findProject(env.DB, found.projectId))?.name ?? found.projectId
  await conversationOf(env, found.createdBy).tell({
    key: `invite:${tokenHash}`,
    text: `invite.came_${found.role}`,
    params: { project, name: by.name, username: by.username ? `@${by.username}` : by.id },
  })
  const welcome = text(locale, `invite.welcome_${found.role}`, { project, name: by.name })
  const help = text(locale, `help.${(await recognise(env, settings, by)).role}`)
  return [
    messageRow(`${welcome}\n\n${help}`),
    errandRow(updateId, { name: 'offerCommands', args: { wasChanged: true }, locale }),
  ]
}

/** Done twice, an acceptance says the same twice; it gives nothing a second time. */
function isJustUsedBy({ id }: Person, { usedBy, usedAt }: Invite): boolean {
  return usedBy === id && usedAt !== null && Date.parse(usedAt) > Date.now() - SAID_AGAIN_MS
}
