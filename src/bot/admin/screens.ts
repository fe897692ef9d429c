import { InlineKeyboard } from 'grammy/web'
import type { Locale } from '../../locales.ts'
import type { Project } from '../../store/projects.ts'
import { type User, type UserRole, USER_ROLES } from '../../store/users.ts'
import type { ShutReason } from '../telegram.ts'
import { escapeHtml, plainText, projectName, text, type TextKey } from '../texts.ts'
import { type Deed, packAdmin } from './press.ts'
import { CHOICES, RULE_OF, type RuleDeed, rulesInWords, wordOf } from './rules.ts'

/** What the panel shows: Telegram's HTML and the buttons below it. */
export interface Screen {
  html: string
  buttons: InlineKeyboard
}

/** Entries a page; more buttons are hard to read on a phone. */
export const PAGE = 8

type Button = InlineKeyboard['inline_keyboard'][number][number]

/** Where everything begins. */
export function homeScreen(locale: Locale): Screen {
  const rows = (['projects', 'chats', 'people', 'invites'] as const).map((deed) => [
    button(plainText(locale, `admin.button.${deed}`), deed),
  ])
  return { html: text(locale, 'admin.home'), buttons: InlineKeyboard.from(rows) }
}

/** All projects, and whether each has a chat. */
export function projectsScreen(projects: Project[], page: number, locale: Locale): Screen {
  const rows = projects
    .slice(page * PAGE, (page + 1) * PAGE)
    .map(({ id, name, chatId }) => [
      button(`${chatId ? '✅' : '⚠️'} ${projectName(name, locale)}`, 'project', '', id),
    ])
  rows.push(...turning('projects', page, projects.length > (page + 1) * PAGE))
  return framed(text(locale, 'admin.projects'), rows, 'home', locale)
}

/** One project: where its leads go, and how its team works. */
export function projectScreen(project: Project, locale: Locale): Screen {
  const { name, chatId, threadId, rules } = project
  const place = chatId
    ? text(locale, threadId ? 'admin.place.topic' : 'admin.place.chat', {
        chat: project.chatTitle ?? chatId,
      })
    : text(locale, 'admin.place.none')
  const html = [
    `<b>${escapeHtml(projectName(name, locale))}</b>`,
    place,
    '',
    rulesInWords(rules, locale),
  ].join('\n')
  const rows = (['mode', 'minutes', 'return', 'summary'] as const).flatMap((deed) =>
    inThrees(choices(deed, project, locale)),
  )
  if (chatId) {
    rows.push([button(plainText(locale, 'admin.button.chat'), 'chat', '', project.id)])
  }
  return framed(html, rows, 'projects', locale)
}

function choices(deed: RuleDeed, { id, rules }: Project, locale: Locale): Button[] {
  return CHOICES[deed].map((choice) => {
    const word = wordOf(choice)
    const mark = rules[RULE_OF[deed]] === choice ? '✓ ' : ''
    return button(`${mark}${labelOf(deed, choice, locale)}`, deed, word, id)
  })
}

/** More in a row cannot be read on a phone. */
function inThrees(buttons: Button[]): Button[][] {
  const rows = Math.ceil(buttons.length / 3)
  return Array.from({ length: rows }, (_, row) => buttons.slice(row * 3, row * 3 + 3))
}

type Choice = (typeof CHOICES)[RuleDeed][number]

function labelOf(deed: RuleDeed, choice: Choice, locale: Locale): string {
  if (choice === null) return `${ICONS[deed]} —`
  if (typeof choice === 'string') return plainText(locale, `admin.mode.${choice}`)
  if (deed === 'summary') return `${ICONS.summary} ${choice}:00`
  if (deed === 'minutes') return `${ICONS.minutes} ${choice}`
  return `${ICONS.return} ${plainText(locale, 'admin.hours', { count: choice / 60 })}`
}

const ICONS = { mode: '', minutes: '⏱', return: '↩️', summary: '🌙' } as const

/** Chats that are bound, and whether anything can be said there. */
export function chatsScreen(
  chats: { project: Project; shut: ShutReason | null }[],
  page: number,
  locale: Locale,
): Screen {
  const rows = chats.slice(page * PAGE, (page + 1) * PAGE).map(({ project, shut }) => {
    const title = project.chatTitle ?? project.chatId ?? ''
    const name = projectName(project.name, locale)
    return [button(`${shut ? '🔴' : '✅'} ${title} · ${name}`, 'chat', '', project.id)]
  })
  rows.push(...turning('chats', page, chats.length > (page + 1) * PAGE))
  const key: TextKey = chats.length > 0 ? 'admin.chats' : 'admin.chats_none'
  return framed(text(locale, key), rows, 'home', locale)
}

/** One chat: what the bot may do there, and how much waits. */
export function chatScreen(
  project: Project,
  { rights, waiting, parked }: { rights: string; waiting: number; parked: number },
  locale: Locale,
): Screen {
  const chat = project.chatTitle ?? project.chatId ?? ''
  const html = [
    `<b>${escapeHtml(chat)}</b>`,
    text(locale, 'admin.chat_of', { project: project.name }),
    '',
    rights,
    '',
    text(locale, 'admin.owed', { waiting, parked }),
  ].join('\n')
  const rows = [[button(plainText(locale, 'admin.button.test'), 'test', '', project.id)]]
  return framed(html, rows, 'chats', locale)
}

const ROLE_ICONS = { admin: '👑', manager: '👔', client: '🙂' } as const

/** People, those of the team first. */
export function peopleScreen(
  people: User[],
  { page, hasMore }: { page: number; hasMore: boolean },
  locale: Locale,
): Screen {
  const rows = people.map(({ id, name, role, awaySince, blockedAt }) => {
    const marks = `${awaySince ? ' 🌴' : ''}${blockedAt ? ' 🚫' : ''}`
    return [button(`${ROLE_ICONS[role]} ${name}${marks}`, 'person', '', id)]
  })
  rows.push(...turning('people', page, hasMore))
  return framed(text(locale, 'admin.people'), rows, 'home', locale)
}

/** One person: their role, whether they are there, the projects they work for. */
export function personScreen(user: User, projects: Project[], locale: Locale): Screen {
  const { id, name, username, role, awaySince, blockedAt } = user
  const lines = [
    `<b>${escapeHtml(name)}</b>${username ? ` @${escapeHtml(username)}` : ''}`,
    `${ROLE_ICONS[role]} ${text(locale, `admin.role.${role}`)}`,
  ]
  if (awaySince) lines.push(text(locale, 'admin.is_away'))
  if (blockedAt) lines.push(text(locale, 'admin.has_blocked'))
  if (projects.length > 0) {
    const names = projects.map((project) => projectName(project.name, locale)).join(', ')
    lines.push(text(locale, 'admin.works_for', { projects: names }))
  }
  const others = USER_ROLES.filter((other) => other !== role)
  const rows: Button[][] = [
    others.map((other) =>
      button(`→ ${plainText(locale, `admin.role.${other}`)}`, 'role', other, id),
    ),
  ]
  if (role !== 'client') {
    const label = plainText(locale, awaySince ? 'admin.button.back' : 'admin.button.away')
    rows.push([button(label, 'away', awaySince ? 'off' : 'on', id)])
  }
  for (const project of projects) {
    const label = plainText(locale, 'admin.button.remove', { project: project.name })
    rows.push([button(label, 'x', id, project.id)])
  }
  return framed(lines.join('\n'), rows, 'people', locale)
}

/** Whether a person is to have another role, and what that means for them. */
export function roleScreen({ id, name }: User, role: UserRole, locale: Locale): Screen {
  const what = text(locale, `admin.give_role.${role}`, { name })
  const html = `${what}\n\n<i>${text(locale, 'admin.give_role.note')}</i>`
  const rows = [[button(plainText(locale, 'admin.button.give_role'), 'give', role, id)]]
  return framed(html, rows, 'person', locale, id)
}

/** Links that were given out, and new ones. */
export function invitesScreen(open: number, toInvite: InlineKeyboard, locale: Locale): Screen {
  const rows: Button[][] = [...toInvite.inline_keyboard]
  if (open > 0) rows.push([button(plainText(locale, 'admin.button.revoke'), 'revoke')])
  return framed(text(locale, 'admin.invites', { count: open }), rows, 'home', locale)
}

/** One invitation, to be handed on. */
export function inviteScreen(html: string, locale: Locale): Screen {
  return framed(html, [], 'invites', locale)
}

function framed(html: string, rows: Button[][], back: Deed, locale: Locale, backId = ''): Screen {
  const last = [button(plainText(locale, 'admin.button.to'), back, '', backId)]
  return { html, buttons: InlineKeyboard.from([...rows, last]) }
}

function turning(deed: Deed, page: number, hasMore: boolean): Button[][] {
  const row: Button[] = []
  if (page > 0) row.push(button('◀️', deed, page - 1))
  if (hasMore) row.push(button('▶️', deed, page + 1))
  return row.length > 0 ? [row] : []
}

/** Telegram cuts long labels; what is longer than this nobody reads anyway. */
const MAX_LABEL = 60

function button(label: string, deed: Deed, choice: string | number = '', id = ''): Button {
  return InlineKeyboard.text(label.slice(0, MAX_LABEL), packAdmin(deed, choice, id))
}
