import type { BotCommand, MenuButton, Message, ReplyKeyboardMarkup } from 'grammy/types'
import { isAdmin, isInside } from './chats.ts'
import type { Core } from './core.ts'
import { shown } from './messages.ts'
import { offeredCommands } from './methods/commands.ts'
import { menuButtonOf } from './methods/menu-button.ts'
import { webhookInfo } from './methods/webhook.ts'
import { tallyOf } from './tally.ts'
import { personOf } from './people/people.ts'
import type { Press } from './presses.ts'
import type { Person, Place, Topic } from './world.ts'

const SHOWN_MESSAGES = 200
const SHOWN_PRESSES = 20

/** A line in somebody's list of chats. */
interface ChatLine {
  id: number
  title: string
  kind: 'bot' | 'group' | 'supergroup'
  isForum: boolean
  topics: (Topic & { last: Message | null })[]
  last: Message | null
  lastInGeneral: Message | null
}

/** What keeps somebody from writing here, if anything. */
type Obstacle = 'not-started' | 'blocked' | 'topic-closed' | 'migrated' | 'deactivated' | null

/** An open chat, as one person sees it. */
interface OpenChat {
  line: ChatLine
  memberCount: number
  messages: (Message & { edits: number })[]
  presses: Press[]
  keyboard: ReplyKeyboardMarkup | null
  keyboardFrom: number
  commands: BotCommand[]
  menuButton: MenuButton
  obstacle: Obstacle
  migratedTo: number | null
}

/** One phone of the chat page: whose it is, their chats, and the chat that is open. */
export interface View {
  me: Person
  bot: { id: number; username: string; name: string }
  chats: ChatLine[]
  open: OpenChat | null
}

/** What stands around the phones: everybody who has one, and how Telegram is doing. */
export const stateOf = (core: Core) => ({
  people: [...core.world.people.values()].map((person) => ({
    ...person,
    home: homeOf(core, person.id),
  })),
  switches: core.switches.current,
  faults: core.faults.list().map(({ id, fault }) => ({ id, fault })),
  webhook: webhookInfo(core),
  tally: tallyOf(core),
  rush: core.rush?.state ?? null,
})

/** Where somebody's phone opens: whoever works in a group, in its first topic; others with the bot. */
function homeOf({ world }: Core, userId: number): { chatId: number; threadId?: number } {
  const group = [...world.places.values()].find(
    ({ members, migratedTo }) => members.get(userId) === 'member' && migratedTo === undefined,
  )
  if (!group) return { chatId: userId }
  const [threadId] = group.topics.keys()
  return { chatId: group.id, ...(threadId !== undefined && { threadId }) }
}

/** What somebody sees, with one chat or one topic of it open. */
export function viewOf(core: Core, userId: number, chatId?: number, threadId?: number): View {
  const me = personOf(core, userId)
  const place = chatId === undefined ? undefined : visiblePlace(core, userId, chatId)
  return {
    me,
    bot: { id: core.bot.id, username: core.bot.username, name: core.bot.first_name },
    chats: chatLines(core, userId),
    open: place ? openChat(core, me, place, threadId) : null,
  }
}

function visiblePlace({ world }: Core, userId: number, chatId: number): Place | 'new' | undefined {
  const place = world.places.get(chatId)
  if (chatId === userId) return place ?? 'new'
  return isInside(place?.members.get(userId)) ? place : undefined
}

function chatLines(core: Core, userId: number): ChatLine[] {
  const own = core.world.places.get(userId)
  const groups = [...core.world.places.values()].filter(
    (place) => place.type !== 'private' && isInside(place.members.get(userId)),
  )
  const bot = own ? lineOf(core, own) : newBotLine(core, userId)
  return [
    bot,
    ...groups.filter(({ migratedTo }) => !migratedTo).map((place) => lineOf(core, place)),
  ]
}

const newBotLine = ({ bot }: Core, id: number): ChatLine => ({
  id,
  title: bot.first_name,
  kind: 'bot',
  isForum: false,
  topics: [],
  last: null,
  lastInGeneral: null,
})

function lineOf({ bot }: Core, place: Place): ChatLine {
  const messages = [...place.messages.values()].map(({ message }) => message)
  return {
    id: place.id,
    title: place.type === 'private' ? bot.first_name : place.title,
    kind: place.type === 'private' ? 'bot' : place.type,
    isForum: place.isForum,
    topics: [...place.topics.values()].map((topic) => ({
      ...topic,
      last: messages.findLast(({ message_thread_id: id }) => id === topic.id) ?? null,
    })),
    last: messages.at(-1) ?? null,
    lastInGeneral: messages.findLast((message) => !message.is_topic_message) ?? null,
  }
}

function openChat(
  core: Core,
  me: Person,
  place: Place | 'new',
  threadId: number | undefined,
): OpenChat {
  if (place === 'new') return newChat(core, me)
  const stored = [...place.messages.values()].filter(
    ({ message }) => !place.isForum || message.message_thread_id === threadId,
  )
  const keyboard = place.keyboard && 'keyboard' in place.keyboard ? place.keyboard : null
  return {
    line: lineOf(core, place),
    memberCount:
      [...place.members.values()].filter(isInside).length + (isInside(place.bot) ? 1 : 0),
    messages: stored
      .slice(-SHOWN_MESSAGES)
      .map((one) => ({ ...shown(place, one), edits: one.edits })),
    presses: core.presses
      .list()
      .filter(({ userId, chatId }) => userId === me.id && chatId === place.id)
      .slice(-SHOWN_PRESSES),
    keyboard,
    keyboardFrom: stored.findLast((one) => one.keyboard)?.message.message_id ?? 0,
    commands: offeredCommands(core, place, me.id),
    menuButton: place.type === 'private' ? menuButtonOf(core, me.id) : { type: 'commands' },
    obstacle: obstacleOf(me, place, threadId),
    migratedTo: place.migratedTo ?? null,
  }
}

const newChat = (core: Core, me: Person): OpenChat => ({
  line: newBotLine(core, me.id),
  memberCount: 0,
  messages: [],
  presses: [],
  keyboard: null,
  keyboardFrom: 0,
  commands: [],
  menuButton: { type: 'commands' },
  obstacle: 'not-started',
  migratedTo: null,
})

function obstacleOf(me: Person, place: Place, threadId: number | undefined): Obstacle {
  if (me.isDeactivated) return 'deactivated'
  if (place.migratedTo !== undefined) return 'migrated'
  if (place.type === 'private') {
    if (me.hasBlocked) return 'blocked'
    return me.hasStarted && place.messages.size > 0 ? null : 'not-started'
  }
  const topic = threadId === undefined ? undefined : place.topics.get(threadId)
  const isClosed = topic ? topic.isClosed : place.isForum && place.isGeneralClosed
  return isClosed && !isAdmin(place.members.get(me.id)) ? 'topic-closed' : null
}
