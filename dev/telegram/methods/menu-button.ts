import type { MenuButton } from 'grammy/types'
import { z } from 'zod'
import type { Arguments } from '../arguments.ts'
import type { Core } from '../core.ts'
import { badRequest } from '../errors.ts'
import { checkLink } from '../links.ts'
import type { Method } from './method.ts'

const MenuButtonGiven = z.discriminatedUnion('type', [
  z.object({ type: z.literal('default') }),
  z.object({ type: z.literal('commands') }),
  z.object({
    type: z.literal('web_app'),
    text: z.string(),
    web_app: z.object({ url: z.string() }),
  }),
])

/** The menu button without a person is everybody's. */
const EVERYBODY = 0

const setChatMenuButton: Method = (core, args) => {
  const button = readMenuButton(args)
  core.world.menuButtons.set(menuOwner(core, args), button)
  core.watch.changed()
  return true
}

function readMenuButton(args: Arguments): MenuButton {
  if (args.text('menu_button') === '') return { type: 'default' }
  const button = MenuButtonGiven.safeParse(args.json('menu_button'))
  if (!button.success) throw badRequest("can't parse menu button: MenuButton has unsupported type")
  if (button.data.type !== 'web_app') return button.data
  const { text, web_app } = button.data
  if (text === '') throw badRequest('menu button text must be non-empty')
  const checked = checkLink(web_app.url, { httpsOnly: true })
  if ('problem' in checked) {
    throw badRequest(`menu button Web App URL '${web_app.url}' is invalid: ${checked.problem}`)
  }
  return { type: 'web_app', text, web_app: { url: checked.url } }
}

function menuOwner({ world }: Core, args: Arguments): number {
  if (!args.has('chat_id')) return EVERYBODY
  const userId = args.integer('chat_id')
  if (userId <= 0) throw badRequest('invalid chat_id specified')
  if (!world.people.has(userId)) throw badRequest('user not found')
  return userId
}

const getChatMenuButton: Method = (core, args) => menuButtonOf(core, menuOwner(core, args))

/** The button beside the field where somebody types; without one of their own, everybody's. */
export function menuButtonOf({ world }: Pick<Core, 'world'>, userId: number): MenuButton {
  const own = world.menuButtons.get(userId)
  if (own && own.type !== 'default') return own
  return world.menuButtons.get(EVERYBODY) ?? { type: 'commands' }
}

export const menuButtonMethods = {
  setChatMenuButton,
  getChatMenuButton,
} satisfies Record<string, Method>
