import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { MisconfiguredError, parseSettings, type Settings } from '../../src/settings.ts'
import type { Upload } from './deploy-worker.ts'
import { type Found, StepError } from './report.ts'

/** Settings that nobody but the Worker may see. */
export const SECRETS = [
  'TELEGRAM_BOT_TOKEN',
  'TELEGRAM_WEBHOOK_SECRET',
  'META_APP_ID',
  'META_APP_SECRET',
  'META_APP_SECRET_PREVIOUS',
  'META_VERIFY_TOKEN',
  'ENCRYPTION_KEY',
  'ENCRYPTION_KEY_PREVIOUS',
  'SESSION_SECRET',
] as const

/** Settings that anybody may see. */
export const VARS = [
  'ADMIN_IDS',
  'PUBLIC_URL',
  'DEFAULT_TIMEZONE',
  'DEFAULT_LOCALE',
  'DEFAULT_REGION',
  'TELEGRAM_API_ROOT',
  'TELEGRAM_GROUP_LIMIT',
  'META_GRAPH_ROOT',
  'META_DIALOG_ROOT',
  'META_GRAPH_VERSION',
] as const

export type Values = Readonly<Record<string, string>>

/** What the Worker is to be given, and the same as it will understand it. */
export interface Configured extends Upload {
  settings: Settings
}

/** Values of the file, or of the environment, which comes first; an empty one is none. */
export function readValues(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Values {
  const kept = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  return Object.fromEntries(
    [...SECRETS, ...VARS].flatMap((name) => {
      const value = env[name] || kept[name]
      return value ? [[name, value]] : []
    }),
  )
}

/**
 * Random secrets for those that are missing. With another key nothing that is sealed could be
 * opened, and with another session secret everybody would be signed out: these two are made only
 * for a Worker that is known to have none (`held`; null: it is not known).
 */
export function missingSecrets(values: Values, held: ReadonlySet<string> | null): Values {
  const isWanted = (name: string) => values[name] === undefined
  const isNew = (name: string) => isWanted(name) && held !== null && !held.has(name)
  const hasMeta = Boolean(values['META_APP_ID'] && values['META_APP_SECRET'])
  return {
    ...(isWanted('TELEGRAM_WEBHOOK_SECRET') ? { TELEGRAM_WEBHOOK_SECRET: random('hex') } : {}),
    ...(hasMeta && isWanted('META_VERIFY_TOKEN') ? { META_VERIFY_TOKEN: random('hex') } : {}),
    ...(isNew('ENCRYPTION_KEY') ? { ENCRYPTION_KEY: random('base64') } : {}),
    ...(isNew('SESSION_SECRET') ? { SESSION_SECRET: random('hex') } : {}),
  }
}

function random(encoding: 'hex' | 'base64'): string {
  return randomBytes(32).toString(encoding)
}

/** In the place of what only Cloudflare knows, so that all the rest can be checked. */
const UNSEEN = { ENCRYPTION_KEY: `${'A'.repeat(43)}=`, SESSION_SECRET: 'known to Cloudflare only' }

/** Everything that is set, completed and checked; what was made is kept in the file. */
export async function configure(
  file: string,
  example: string,
  values: Values,
  held: ReadonlySet<string> | null,
): Promise<Found<Configured>> {
  const made = missingSecrets(values, held)
  const all = { ...values, ...made }
  const before = readFileSync(existsSync(file) ? file : example, 'utf8')
  if (Object.keys(made).length > 0) writeFileSync(file, withValues(before, made), { mode: 0o600 })
  const settings = checked({ ...UNSEEN, ...all })
  const names = Object.keys(made)
  return {
    value: { settings, secrets: pick(all, SECRETS), vars: pick(all, VARS) },
    says: [
      names.length > 0 ? `made and kept in .dev.vars: ${names.join(', ')}` : 'complete',
      ...(settings.meta ? [] : ['Meta is off, for META_APP_ID and META_APP_SECRET are not set']),
    ].join('; '),
  }
}

function checked(values: Values): Settings {
  try {
    return parseSettings(values)
  } catch (error) {
    if (!(error instanceof MisconfiguredError)) throw error
    throw new StepError(
      error.message.replaceAll(' (see .dev.vars.example)', ''),
      'Fill them into .dev.vars, which says where to get each',
    )
  }
}

/** The text of an env file with these values: in the place of empty ones, else at its end. */
export function withValues(text: string, values: Values): string {
  let filled = text === '' || text.endsWith('\n') ? text : `${text}\n`
  for (const [name, value] of Object.entries(values)) {
    const empty = new RegExp(`^${name}=[ \\t]*$`, 'm')
    const line = `${name}=${value}`
    filled = empty.test(filled) ? filled.replace(empty, () => line) : `${filled}${line}\n`
  }
  return filled
}

function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)))
}
