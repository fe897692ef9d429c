import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { commandLists } from '../../../src/bot/introduce.ts'
import { checkCommands } from '../../../src/schedule/check-commands.ts'
import { settingsOf } from '../../../src/settings.ts'
import { toldTo } from '../chats.ts'
import { Outside, telegramError, telegramOk } from '../outside.ts'

const MIDNIGHT = Date.parse('2026-11-25T00:00:00Z')
const settings = { ...settingsOf(env), PUBLIC_URL: 'https://bot.test' }

let outside: Outside

/** Telegram offers our commands, except in lists whose number is among these. */
function telegramWithout(...lacking: number[]): void {
  outside.answer(({ name, params }) => {
    if (name !== 'getMyCommands') return undefined
    const asked = JSON.stringify([params['scope'], params['language_code']])
    const n = commandLists().findIndex(({ where }) => {
      const { scope, language_code: language } = { language_code: undefined, ...where }
      return JSON.stringify([scope, language]) === asked
    })
    return telegramOk(lacking.includes(n) ? [] : commandLists()[n]?.commands)
  })
}

beforeEach(() => {
  outside = new Outside()
})

const repairs = () => outside.sent('setMyCommands')
const told = async (tick: number) => {
  await checkCommands(env, settings, tick)
  return (await toldTo(outside, '1001')).filter((text) => text.includes('Меню команд'))
}

describe('what Telegram offers people', () => {
  it('is left alone when it is ours', async () => {
    telegramWithout()
    expect(await told(MIDNIGHT)).toEqual([])
    expect(outside.sent('getMyCommands')).toHaveLength(6)
    expect(repairs()).toEqual([])
  })

  it('is put right where it is not, and the admins are told once', async () => {
    telegramWithout(1, 2)
    await told(MIDNIGHT)
    expect(await told(MIDNIGHT)).toHaveLength(1)
    expect(repairs()).toHaveLength(4)
    expect(repairs()[0]?.params).toMatchObject({ commands: commandLists()[1]?.commands })
  })

  it('is asked for once a day, and only by a bot with an address', async () => {
    telegramWithout(1)
    for (const minutes of [5, 60, 12 * 60, 24 * 60 - 5]) await told(MIDNIGHT + minutes * 60_000)
    await checkCommands(env, settingsOf(env), MIDNIGHT)
    expect(outside.sent('getMyCommands')).toEqual([])
  })

  it('is asked for again the next day when Telegram does not answer', async () => {
    outside.answer(({ name }) =>
      name === 'getMyCommands' ? telegramError(502, 'Bad Gateway') : undefined,
    )
    expect(await told(MIDNIGHT)).toEqual([])
    expect(repairs()).toEqual([])
  })
})
