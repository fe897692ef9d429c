import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'

const schema = z.object({
  TELEGRAM_BOT_TOKEN: z.string(),
  TELEGRAM_WEBHOOK_SECRET: z.string(),
  ADMIN_IDS: z.string(),
  META_APP_ID: z.string(),
  META_APP_SECRET: z.string(),
  META_VERIFY_TOKEN: z.string(),
  ENCRYPTION_KEY: z.string(),
  SESSION_SECRET: z.string(),
})

/** Settings of a Worker that runs on this machine only, for a bot and an app that do not exist. */
export type LocalSettings = z.infer<typeof schema>

/** New settings; every secret is random. */
export function newSettings(adminId: number): LocalSettings {
  return {
    TELEGRAM_BOT_TOKEN: `8100200300:${randomBytes(24).toString('base64url')}`,
    TELEGRAM_WEBHOOK_SECRET: randomBytes(24).toString('hex'),
    ADMIN_IDS: String(adminId),
    META_APP_ID: '1234567890',
    META_APP_SECRET: randomBytes(16).toString('hex'),
    META_VERIFY_TOKEN: randomBytes(12).toString('hex'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SESSION_SECRET: randomBytes(32).toString('hex'),
  }
}

/** The settings kept in a file, made when it is not there. */
export function keptSettings(file: string, adminId: number): LocalSettings {
  if (existsSync(file)) return schema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const settings = newSettings(adminId)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(settings, null, 2))
  return settings
}

/** The settings, and where the stand-ins are, as flags of the Worker. */
export function flagsOf(settings: LocalSettings, standIns: string): string[] {
  const roots = {
    TELEGRAM_API_ROOT: `${standIns}/telegram`,
    META_GRAPH_ROOT: `${standIns}/meta`,
    META_DIALOG_ROOT: `${standIns}/meta`,
  }
  return Object.entries({ ...settings, ...roots }).flatMap(([name, value]) => [
    '--var',
    `${name}:${value}`,
  ])
}
