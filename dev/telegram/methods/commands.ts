import type { BotCommand } from 'grammy/types'
import { z } from 'zod'
import { findPlace } from '../access.ts'
import type { Arguments } from '../arguments.ts'
import { isAdmin } from '../chats.ts'
import type { Core } from '../core.ts'
import { badRequest } from '../errors.ts'
import type { Place } from '../world.ts'
import { lengthOf } from '../entities/formatted-text.ts'
import type { Method } from './method.ts'

const Scope = z.discriminatedUnion('type', [
  z.object({
    type: z.enum(['default', 'all_private_chats', 'all_group_chats', 'all_chat_administrators']),
  }),
  z.object({
    type: z.enum(['chat', 'chat_administrators']),
    chat_id: z.union([z.string(), z.number()]),
  }),
  z.object({
    type: z.literal('chat_member'),
    chat_id: z.union([z.string(), z.number()]),
    user_id: z.number().positive(),
  }),
])
const Commands = z.array(z.object({ command: z.string(), description: z.string() }))

const setMyCommands: Method = (core, args) => {
  const commands = Commands.safeParse(args.json('commands') ?? [])
  if (!commands.success) throw badRequest("can't parse BotCommand: expected an Object")
  const checked = commands.data.map((command) => checkCommand(command))
  if (checked.length > 100) throw badRequest('BOT_COMMANDS_TOO_MUCH')
  core.world.commands.set(scopeKey(core, args), checked)
  core.watch.changed()
  return true
}

function checkCommand({ command, description }: BotCommand): BotCommand {
  const name = command.trim().replace(/^\//, '')
  const words = description.trim()
  if (name === '') throw badRequest('command must be non-empty')
  if (lengthOf(name) > 32) throw badRequest('command length must not exceed 32')
  if (words === '') throw badRequest('command description must be non-empty')
  if (lengthOf(words) > 256) throw badRequest('command description length must not exceed 256')
  if (!/^[a-z\d_]+$/.test(name)) throw badRequest('BOT_COMMAND_INVALID')
  return { command: name, description: words }
}

/** The list that a call means: its scope and its language together. */
function scopeKey(core: Core, args: Arguments): string {
  const language = args.text('language_code')
  if (!/^(?:[a-z]{2})?$/.test(language)) throw badRequest('invalid language code specified')
  const scope = Scope.safeParse(
    args.text('scope') === '' ? { type: 'default' } : args.json('scope'),
  )
  if (!scope.success) throw badRequest("can't parse BotCommandScope: Unsupported type specified")
  const { type } = scope.data
  if (!('chat_id' in scope.data)) return keyOf(language, type)
  const place = findPlace(core, String(scope.data.chat_id), 'members')
  return keyOf(language, type, place.id, 'user_id' in scope.data ? scope.data.user_id : undefined)
}

const keyOf = (language: string, ...scope: (string | number | undefined)[]) =>
  [...scope.filter((part) => part !== undefined), language].join(' ')

const getMyCommands: Method = (core, args) => core.world.commands.get(scopeKey(core, args)) ?? []

const deleteMyCommands: Method = (core, args) => {
  core.world.commands.delete(scopeKey(core, args))
  core.watch.changed()
  return true
}

/** The commands that somebody is offered in a chat: the narrowest scope that has any, in their language first. */
export function offeredCommands(
  { world }: Pick<Core, 'world'>,
  place: Place,
  userId: number,
): BotCommand[] {
  const language = world.people.get(userId)?.language_code?.slice(0, 2) ?? ''
  const runsGroup = isAdmin(place.members.get(userId))
  const scopes: (string | number)[][] =
    place.type === 'private'
      ? [['chat', place.id], ['all_private_chats'], ['default']]
      : [
          ['chat_member', place.id, userId],
          ...(runsGroup ? [['chat_administrators', place.id]] : []),
          ['chat', place.id],
          ...(runsGroup ? [['all_chat_administrators']] : []),
          ['all_group_chats'],
          ['default'],
        ]
  const keys = scopes.flatMap((scope) => [keyOf(language, ...scope), keyOf('', ...scope)])
  return keys.map((key) => world.commands.get(key)).find((list) => list?.length) ?? []
}

export const commandMethods = {
  setMyCommands,
  getMyCommands,
  deleteMyCommands,
} satisfies Record<string, Method>
