import type { WebhookInfo } from 'grammy/types'
import { ALLOWED_UPDATES, introduce, webhookUrl } from '../bot/introduce.ts'
import { telegramOf, troubleOf } from '../bot/telegram.ts'
import type { TextKey, TextParams } from '../bot/texts.ts'
import { log } from '../log.ts'
import type { Settings } from '../settings.ts'
import { adminIds } from '../store/users.ts'
import { conversationOf } from '../stubs.ts'
import { isoTime } from '../time.ts'

const TICK_MS = 5 * 60_000
const HOUR_MS = 3_600_000

/** So many updates that wait are no chance of the moment. */
const PILED_UP = 20

/** What is wrong with how Telegram brings updates. */
export type WebhookProblem = 'url' | 'updates' | 'piling'

/** Whether a tick is the one of its hour at which Telegram is asked. */
export function isCheckDue(tick: number): boolean {
  return tick % HOUR_MS < TICK_MS
}

/** What is wrong, by what Telegram says; `url` is where updates ought to go. */
export function problemsOf(info: WebhookInfo, url: string, now: number): WebhookProblem[] {
  const problems: WebhookProblem[] = []
  if (info.url !== url) problems.push('url')
  // Absent when it is Telegram's own list, in which `chat_member` is not.
  const allowed = new Set<string>(info.allowed_updates ?? [])
  if (ALLOWED_UPDATES.some((kind) => !allowed.has(kind))) problems.push('updates')
  const failedAt = (info.last_error_date ?? 0) * 1000
  const hasFailed = failedAt > now - HOUR_MS
  if (info.pending_update_count >= PILED_UP && hasFailed) problems.push('piling')
  return problems
}

/** Asks Telegram once an hour how it brings updates, puts it right, and tells the admins what was wrong. */
export async function checkWebhook(env: Env, settings: Settings, tick: number): Promise<void> {
  const { PUBLIC_URL: url, TELEGRAM_WEBHOOK_SECRET: secret } = settings
  // Without it nobody knows here where updates ought to go.
  if (!url || !isCheckDue(tick)) return
  const telegram = telegramOf(settings)
  try {
    const info = await telegram.getWebhookInfo()
    const problems = problemsOf(info, webhookUrl(url), tick)
    if (problems.includes('url') || problems.includes('updates')) {
      await introduce(telegram, { url, secret })
      await tellAdmins(env, settings, `repaired:${isoTime(tick)}`, 'webhook.repaired', {})
    }
    if (problems.includes('piling')) {
      // Once a day: it is told of until somebody has seen to it.
      const params = { count: info.pending_update_count, error: info.last_error_message ?? '' }
      await tellAdmins(env, settings, isoTime(tick).slice(0, 10), 'webhook.piling', params)
    }
  } catch (error) {
    // Asked again in an hour; that Telegram is down is seen by everything that waits.
    log('warn', 'telegram.webhook_check_failed', { code: troubleOf(error).kind })
  }
}

/** Tells each admin something of how Telegram serves the bot, once for its key. */
export async function tellAdmins(
  env: Env,
  settings: Settings,
  key: string,
  text: TextKey,
  params: TextParams,
): Promise<void> {
  for (const id of await adminIds(env.DB, settings)) {
    await conversationOf(env, id).tell({ key: `${text}:${key}`, text, params })
  }
}
