import { existsSync } from 'node:fs'
import { parseArgs, parseEnv } from 'node:util'
import { readFileSync } from 'node:fs'
import { introduce } from '../src/bot/introduce.ts'
import { telegramOf } from '../src/bot/telegram.ts'
import { parseSettings, type Settings } from '../src/settings.ts'
import { ROOT } from './run-worker.ts'

/**
 * `npm run setup -- --url https://…`: tells Telegram and Meta where the deployed Worker is, and
 * checks each step. Settings come from .dev.vars or the environment.
 */
const { values } = parseArgs({ options: { url: { type: 'string' } } })
const file = `${ROOT}.dev.vars`
const kept = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
const settings = parseSettings({ ...kept, ...process.env })
const url = (values.url ?? settings.PUBLIC_URL)?.replace(/\/+$/, '')
if (!url) throw new Error('Say where the Worker is: --url https://…, or PUBLIC_URL')

const steps: [name: string, step: () => Promise<string>][] = [
  ['The Worker answers', () => worker(url)],
  ['Telegram knows the bot', () => bot(settings)],
  ['Telegram knows the Worker', () => webhook(settings, url)],
  ['Meta knows the Worker', () => metaWebhook(settings, url)],
]

let isGood = true
for (const [name, step] of steps) {
  try {
    console.log(`✓ ${name}: ${await step()}`)
  } catch (error) {
    isGood = false
    console.error(`✗ ${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
process.exit(isGood ? 0 : 1)

async function worker(address: string): Promise<string> {
  const response = await fetch(`${address}/health`)
  if (!response.ok)
    throw new Error(`${address}/health answers ${response.status}: ${await response.text()}`)
  return address
}

async function bot(known: Settings): Promise<string> {
  const { username } = await telegramOf(known).getMe()
  return `@${username}`
}

async function webhook(known: Settings, address: string): Promise<string> {
  const telegram = telegramOf(known)
  await introduce(telegram, { url: address, secret: known.TELEGRAM_WEBHOOK_SECRET })
  const info = await telegram.getWebhookInfo()
  if (info.last_error_message) throw new Error(`Telegram says: ${info.last_error_message}`)
  return `${info.url}, ${info.pending_update_count} updates wait`
}

/** Meta calls the Worker back while this runs, to see that it knows the word. */
async function metaWebhook({ meta }: Settings, address: string): Promise<string> {
  if (!meta) return 'off, its settings are not set'
  const form = new URLSearchParams({
    object: 'page',
    callback_url: `${address}/meta/webhook`,
    verify_token: meta.verifyToken,
    fields: 'leadgen',
    include_values: 'true',
    access_token: `${meta.appId}|${meta.appSecret}`,
  })
  const path = `${meta.graphRoot}/${meta.version}/${meta.appId}/subscriptions`
  const response = await fetch(path, { method: 'POST', body: form })
  if (!response.ok) throw new Error(`Meta says: ${await response.text()}`)
  return `${address}/meta/webhook gets leadgen`
}
