import { describe, expect, it } from 'vitest'
import { ANN, BOB, DAN, forum, refusal, stage } from './stage.ts'

const list = (...names: string[]) => names.map((command) => ({ command, description: command }))

async function withOffers() {
  const made = await stage({ webhook: false })
  const offered = async (userId: number, chatId: number) => {
    const response = await made.telegram.page.request(`/page/view?as=${userId}&chat=${chatId}`)
    const view = (await response.json()) as { open: { commands: { command: string }[] } }
    return view.open.commands.map(({ command }) => command)
  }
  return { ...made, offered }
}

describe('commands', () => {
  it('are kept by scope and language, and forgotten together', async () => {
    const { api } = await stage({ webhook: false })
    await api.setMyCommands(list('start'))
    await api.setMyCommands(
      list('старт').map((one) => ({ ...one, command: 'begin' })),
      { language_code: 'ru' },
    )
    expect(await api.getMyCommands()).toEqual(list('start'))
    expect(await api.getMyCommands({ language_code: 'ru' })).toEqual([
      { command: 'begin', description: 'старт' },
    ])
    expect(await api.getMyCommands({ scope: { type: 'all_private_chats' } })).toEqual([])
    await api.deleteMyCommands({ language_code: 'ru' })
    expect(await api.getMyCommands({ language_code: 'ru' })).toEqual([])
    expect(await api.getMyCommands()).toEqual(list('start'))
  })

  it.each([
    [[{ command: '', description: 'x' }], 'command must be non-empty'],
    [[{ command: 'x'.repeat(33), description: 'x' }], 'command length must not exceed 32'],
    [[{ command: 'x', description: ' ' }], 'command description must be non-empty'],
    [
      [{ command: 'x', description: 'x'.repeat(257) }],
      'command description length must not exceed 256',
    ],
    [[{ command: 'Старт', description: 'x' }], 'BOT_COMMAND_INVALID'],
    [list(...Array.from({ length: 101 }, (_, index) => `c${index}`)), 'BOT_COMMANDS_TOO_MUCH'],
  ])('are refused: %#', async (commands, words) => {
    const { api } = await stage({ webhook: false })
    expect(await refusal(api.setMyCommands(commands))).toBe(`400 Bad Request: ${words}`)
  })

  it.each([
    [{ type: 'everybody' }, "can't parse BotCommandScope: Unsupported type specified"],
    [{ type: 'chat', chat_id: 5 }, 'chat not found'],
  ])('are refused for the scope %j', async (scope, words) => {
    const { api } = await stage({ webhook: false })
    expect(await refusal(api.setMyCommands(list('x'), { scope: scope as never }))).toBe(
      `400 Bad Request: ${words}`,
    )
  })

  it('are offered to each person by the narrowest scope, in their language first', async () => {
    const { api, telegram, offered } = await withOffers()
    const { id } = forum({ telegram })
    telegram.say(ANN, ANN, { text: '/start' })
    await api.setMyCommands(list('default'))
    expect([await offered(ANN, ANN), await offered(BOB, id)]).toEqual([['default'], ['default']])
    await api.setMyCommands(list('private'), { scope: { type: 'all_private_chats' } })
    await api.setMyCommands(list('private_ru'), {
      scope: { type: 'all_private_chats' },
      language_code: 'ru',
    })
    await api.setMyCommands(list('groups'), { scope: { type: 'all_group_chats' } })
    await api.setMyCommands(list('admins'), { scope: { type: 'all_chat_administrators' } })
    expect([await offered(ANN, ANN), await offered(BOB, id), await offered(DAN, id)]).toEqual([
      ['private_ru'],
      ['groups'],
      ['admins'],
    ])
    await api.setMyCommands(list('here'), { scope: { type: 'chat', chat_id: id } })
    await api.setMyCommands(list('bob'), {
      scope: { type: 'chat_member', chat_id: id, user_id: BOB },
    })
    expect([await offered(BOB, id), await offered(DAN, id)]).toEqual([['bob'], ['here']])
  })
})

describe('the menu button', () => {
  const app = {
    type: 'web_app',
    text: 'Портал',
    web_app: { url: 'https://app.example.com/' },
  } as const

  it('is everybody’s, unless somebody has their own', async () => {
    const { api } = await stage({ webhook: false })
    expect(await api.getChatMenuButton()).toEqual({ type: 'commands' })
    await api.setChatMenuButton({ menu_button: app })
    expect(await api.getChatMenuButton({ chat_id: ANN })).toEqual(app)
    await api.setChatMenuButton({ chat_id: ANN, menu_button: { type: 'commands' } })
    expect(await api.getChatMenuButton({ chat_id: ANN })).toEqual({ type: 'commands' })
    await api.setChatMenuButton({ chat_id: ANN })
    expect(await api.getChatMenuButton({ chat_id: ANN })).toEqual(app)
  })

  it('opens only https', async () => {
    const { api } = await stage({ webhook: false })
    const menu_button = { ...app, web_app: { url: 'http://127.0.0.1:8787/portal' } }
    expect(await refusal(api.setChatMenuButton({ menu_button }))).toBe(
      "400 Bad Request: menu button Web App URL 'http://127.0.0.1:8787/portal' is invalid: Only HTTPS links are allowed",
    )
    expect(await refusal(api.setChatMenuButton({ chat_id: 999, menu_button: app }))).toBe(
      '400 Bad Request: user not found',
    )
  })
})
