import { roleChanged, rulesChanged, workersChanged } from '../../look-again.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { listOpenInvites, revokeOpenInvites } from '../../store/invites.ts'
import { dismissMember, listProjectIdsOf } from '../../store/members.ts'
import { changeRule, findProject, listProjects } from '../../store/projects.ts'
import {
  changeUserRole,
  findUser,
  listPeople,
  setUserAway,
  type User,
  USER_ROLES,
} from '../../store/users.ts'
import { conversationOf } from '../../stubs.ts'
import type { AdminPress } from '../admin/press.ts'
import { choiceOf, RULE_OF, type RuleDeed } from '../admin/rules.ts'
import {
  chatScreen,
  chatsScreen,
  homeScreen,
  invitesScreen,
  PAGE,
  peopleScreen,
  personScreen,
  projectScreen,
  projectsScreen,
  roleScreen,
  type Screen,
} from '../admin/screens.ts'
import type { Person } from '../context.ts'
import { adminsOnly } from './admins-only.ts'
import type { ErrandDeps } from '../errands.ts'
import { answerRow, editRow, messageRow } from '../owed.ts'
import { recognise } from '../people.ts'
import { probe, rightsInWords } from '../probe.ts'
import { botIdOf, telegramOf } from '../telegram.ts'
import { plainText, type TextKey } from '../texts.ts'
import { whomToInvite } from './invite.ts'

/** A press of the panel, and the message it stands in; `null`: Telegram knows that no more. */
type Pressed = AdminPress & { messageId: number | null; callbackId: string }

/** What a press comes to: what to show, and a word that passes by. */
interface Outcome {
  screen: Screen | null
  word?: TextKey
}

/** Shows the admin's panel, or does what one of its buttons says and shows what has become of it. */
export async function adminPanel(
  { by, pressed }: { by: Person; pressed: Pressed | null },
  deps: ErrandDeps,
): Promise<NewRow[]> {
  const { env, settings, locale } = deps
  const user = await recognise(env, settings, by)
  if (user.role !== 'admin') return [adminsOnly(locale, pressed)]
  if (!pressed) return [shown(homeScreen(locale), null)]
  const { screen, word } = await act(pressed, user, deps)
  const words = word ? plainText(locale, word) : ''
  const answer = answerRow(pressed.callbackId, words)
  return screen ? [shown(screen, pressed.messageId), answer] : [answer]
}

function shown({ html, buttons }: Screen, messageId: number | null): NewRow {
  if (messageId === null) return messageRow(html, { markup: buttons })
  return editRow(messageId, html, buttons)
}

/** What the button stood for is no more. */
const STALE: Outcome = { screen: null, word: 'press.unknown' }

async function act(press: AdminPress, user: User, deps: ErrandDeps): Promise<Outcome> {
  switch (press.deed) {
    case 'home':
      return { screen: homeScreen(deps.locale) }
    case 'projects':
      return {
        screen: projectsScreen(await listProjects(deps.env.DB), pageOf(press), deps.locale),
      }
    case 'project':
      return showProject(press.id, deps)
    case 'mode':
    case 'minutes':
    case 'return':
    case 'summary':
      return setRule(press.deed, press, user, deps)
    case 'chats':
      return showChats(press, deps)
    case 'chat':
      return showChat(press.id, deps)
    case 'test':
      return testChat(press.id, deps)
    case 'people':
      return showPeople(press, deps)
    case 'person':
      return showPerson(press.id, deps)
    case 'role':
      return askRole(press, deps)
    case 'give':
      return giveRole(press, user, deps)
    case 'away':
      await setUserAway(deps.env.DB, press.id, press.choice === 'on')
      if (press.choice !== 'on') await workersChanged(deps.env)
      return showPerson(press.id, deps, 'admin.saved')
    case 'x':
      await dismissMember(deps.env.DB, { projectId: press.id, userId: press.choice, by: user })
      return showPerson(press.choice, deps, 'admin.saved')
    case 'invites':
      return showInvites(deps)
    case 'revoke':
      await revokeOpenInvites(deps.env.DB, user)
      return showInvites(deps, 'admin.saved')
  }
}

function pageOf({ choice }: AdminPress): number {
  return /^\d{1,4}$/.test(choice) ? Number(choice) : 0
}

async function showProject(id: string, deps: ErrandDeps, word?: TextKey): Promise<Outcome> {
  const project = await findProject(deps.env.DB, id)
  if (!project) return STALE
  return { screen: projectScreen(project, deps.locale), ...(word ? { word } : {}) }
}

async function setRule(
  deed: RuleDeed,
  { choice, id }: AdminPress,
  by: User,
  deps: ErrandDeps,
): Promise<Outcome> {
  const value = choiceOf(deed, choice)
  if (value === undefined) return STALE
  await changeRule(deps.env.DB, { id, rule: RULE_OF[deed], value, by })
  await rulesChanged(deps.env, id)
  return showProject(id, deps, 'admin.saved')
}

async function showChats(press: AdminPress, { env, locale }: ErrandDeps): Promise<Outcome> {
  const projects = await listProjects(env.DB)
  const chats = await Promise.all(
    projects.flatMap(({ chatId, ...rest }) => {
      if (chatId === null) return []
      const project = { ...rest, chatId }
      return [
        conversationOf(env, chatId)
          .shut()
          .then((shut) => ({ project, shut: shut?.why ?? null })),
      ]
    }),
  )
  return { screen: chatsScreen(chats, pageOf(press), locale) }
}

async function showChat(id: string, deps: ErrandDeps, word?: TextKey): Promise<Outcome> {
  const { env, settings, locale } = deps
  const project = await findProject(env.DB, id)
  if (!project?.chatId) return STALE
  const botId = botIdOf(settings.TELEGRAM_BOT_TOKEN)
  const [rights, owed] = await Promise.all([
    probe(telegramOf(settings), project.chatId, botId),
    conversationOf(env, project.chatId).owed(),
  ])
  const screen = chatScreen(project, { rights: rightsInWords(rights, locale), ...owed }, locale)
  return { screen, ...(word ? { word } : {}) }
}

/** Says something in the project's chat, where its cards go; what comes of it is seen there. */
async function testChat(id: string, deps: ErrandDeps): Promise<Outcome> {
  const project = await findProject(deps.env.DB, id)
  if (!project?.chatId) return STALE
  await conversationOf(deps.env, project.chatId).tell({
    key: `test:${deps.chatId}:${deps.updateId}`,
    text: 'admin.test_message',
    params: { project: project.name },
    threadId: project.threadId,
  })
  return { screen: null, word: 'admin.test_sent' }
}

async function showPeople(press: AdminPress, { env, locale }: ErrandDeps): Promise<Outcome> {
  const page = pageOf(press)
  const people = await listPeople(env.DB, { offset: page * PAGE, limit: PAGE + 1 })
  const screen = peopleScreen(
    people.slice(0, PAGE),
    { page, hasMore: people.length > PAGE },
    locale,
  )
  return { screen }
}

async function showPerson(id: string, deps: ErrandDeps, word?: TextKey): Promise<Outcome> {
  const { env, locale } = deps
  const [user, ids, projects] = await Promise.all([
    findUser(env.DB, id),
    listProjectIdsOf(env.DB, id),
    listProjects(env.DB),
  ])
  if (!user) return STALE
  const theirs = projects.filter((project) => ids.includes(project.id))
  return { screen: personScreen(user, theirs, locale), ...(word ? { word } : {}) }
}

async function askRole({ choice, id }: AdminPress, deps: ErrandDeps): Promise<Outcome> {
  const role = USER_ROLES.find((known) => known === choice)
  const user = await findUser(deps.env.DB, id)
  // A role that they have meanwhile is nothing to be asked about.
  if (!role || !user || user.role === role) return showPerson(id, deps)
  return { screen: roleScreen(user, role, deps.locale) }
}

async function giveRole({ choice, id }: AdminPress, by: User, deps: ErrandDeps): Promise<Outcome> {
  const role = USER_ROLES.find((known) => known === choice)
  if (!role) return STALE
  if (role !== 'admin' && deps.settings.ADMIN_IDS.includes(id)) {
    return { screen: null, word: 'admin.is_configured' }
  }
  await changeUserRole(deps.env.DB, { id, role, by })
  await roleChanged(deps.env, id, role)
  return showPerson(id, deps, 'admin.saved')
}

async function showInvites(deps: ErrandDeps, word?: TextKey): Promise<Outcome> {
  const open = await listOpenInvites(deps.env.DB, MAX_COUNTED)
  const screen = invitesScreen(open.length, await whomToInvite(deps), deps.locale)
  return { screen, ...(word ? { word } : {}) }
}

const MAX_COUNTED = 100
