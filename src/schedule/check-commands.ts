import { commandLists } from '../bot/introduce.ts'
import { telegramOf, troubleOf } from '../bot/telegram.ts'
import { log } from '../log.ts'
import type { Settings } from '../settings.ts'
import { isoTime } from '../time.ts'
import { tellAdmins } from './check-webhook.ts'

const TICK_MS = 5 * 60_000
const DAY_MS = 24 * 3_600_000

/**
 * Asks Telegram once a day what it offers people, puts right what is not ours, and tells the admins. A
 * person's own list is given anew whenever they begin, and not asked for.
 */
export async function checkCommands(env: Env, settings: Settings, tick: number): Promise<void> {
  // Without an address of its own it is no bot that people use.
  if (!settings.PUBLIC_URL || tick % DAY_MS >= TICK_MS) return
  const telegram = telegramOf(settings)
  try {
    let isRepaired = false
    for (const { commands, where } of commandLists()) {
      const known = await telegram.getMyCommands(where)
      if (isSame(known, commands)) continue
      await telegram.setMyCommands(commands, where)
      isRepaired = true
    }
    if (isRepaired) await tellAdmins(env, settings, isoTime(tick), 'commands.repaired', {})
  } catch (error) {
    // Asked again tomorrow; that Telegram is down is seen by everything that waits.
    log('warn', 'telegram.commands_check_failed', { code: troubleOf(error).kind })
  }
}

interface Command {
  command: string
  description: string
}

function isSame(one: Command[], other: Command[]): boolean {
  const wordsOf = (list: Command[]) =>
    list.map(({ command, description }) => `${command} ${description}`).join('\n')
  return wordsOf(one) === wordsOf(other)
}
