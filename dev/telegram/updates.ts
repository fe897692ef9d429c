import type { Update } from 'grammy/types'
import { isAdmin, isInside } from './chats.ts'
import type { Core } from './core.ts'
import { type Place, type Stored, UpdateKind, type World } from './world.ts'

const DAY_MS = 24 * 60 * 60 * 1000

const NOT_DEFAULT = new Set<UpdateKind>([
  'chat_member',
  'message_reaction',
  'message_reaction_count',
])

/** What `allowed_updates` means: the known names of a list, the default set, or (`keep`) that nothing changes. */
export function readAllowedUpdates(value: unknown): UpdateKind[] | 'default' | 'keep' {
  if (!Array.isArray(value) || value.some((name) => typeof name !== 'string')) return 'keep'
  const names = new Set(value.map((name) => String(name).toLowerCase()))
  const known = UpdateKind.options.filter((kind) => names.has(kind))
  return known.length > 0 ? known : 'default'
}

const isAllowed = ({ allowedUpdates }: World, kind: UpdateKind) =>
  allowedUpdates ? allowedUpdates.includes(kind) : !NOT_DEFAULT.has(kind)

/** An update before it has an id: what happened, in whose queue, and how long it is worth telling. */
interface News {
  content: Omit<Update, 'update_id'>
  kind: UpdateKind
  queue: string
  lifetimeMs?: number
}

/** Puts an update on its way and gives its id; `null` when the bot did not ask for such updates. */
export function announce(
  core: Core,
  { content, kind, queue, lifetimeMs = DAY_MS }: News,
): number | null {
  const { world, clock } = core
  if (!isAllowed(world, kind)) return null
  world.lastUpdateId = nextUpdateId(world, clock.now())
  world.lastUpdateAt = clock.now()
  core.deliveries.add({
    update: structuredClone({ update_id: world.lastUpdateId, ...content }),
    queue,
    expiresAt: clock.now() + lifetimeMs,
    fails: 0,
    wakesAt: clock.now(),
    wasForgotten: false,
  })
  return world.lastUpdateId
}

/** One after another; but after a week of silence the count goes on from a random number. */
function nextUpdateId({ lastUpdateId, lastUpdateAt }: World, now: number): number {
  const isLongSilence = lastUpdateAt > 0 && now - lastUpdateAt > 7 * DAY_MS
  return isLongSilence ? 100_000_000 + Math.floor(Math.random() * 800_000_000) : lastUpdateId + 1
}

const SERVICE_FIELDS = [
  'new_chat_members',
  'left_chat_member',
  'migrate_to_chat_id',
  'migrate_from_chat_id',
  'forum_topic_created',
  'forum_topic_edited',
  'forum_topic_closed',
  'forum_topic_reopened',
] as const

/** Whether a message is something that happened in the chat rather than something said. */
export const isService = ({ message }: Stored) =>
  SERVICE_FIELDS.some((field) => message[field] !== undefined)

/** Whether the bot is shown this message: never its own words, in groups as privacy mode says. */
export function isShownToBot({ bot }: Core, place: Place, stored: Stored): boolean {
  const { message } = stored
  // The last thing it hears of a group is that it is out, by whatever hand.
  if (message.left_chat_member?.id === bot.id) return true
  if (stored.isBots) return isService(stored)
  if (place.type === 'private') return true
  if (!isInside(place.bot)) return false
  if (isService(stored) || isAdmin(place.bot) || bot.can_read_all_group_messages) return true
  const replied = place.messages.get(stored.replyTo ?? 0)
  return Boolean(replied?.isBots) || isCommandForBot(bot.username, place, stored)
}

/** `/cmd@bot` is for the bot; a plain `/cmd` only if the bot was the last bot to speak. */
function isCommandForBot(username: string, place: Place, { message }: Stored): boolean {
  const commands = (message.entities ?? [])
    .filter(({ type }) => type === 'bot_command')
    .map(({ offset, length }) => (message.text ?? '').slice(offset, offset + length))
  const hasSpoken = [...place.messages.values()].some((other) => other.isBots && !isService(other))
  return commands.some((command) => {
    const addressee = command.split('@')[1]?.toLowerCase()
    return addressee === undefined ? hasSpoken : addressee === username.toLowerCase()
  })
}
