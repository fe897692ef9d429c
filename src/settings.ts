import { z } from 'zod'
import { LOCALES } from './locales.ts'
import { isTimezone } from './timezone.ts'

const root = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
  .transform((url) => url.replace(/\/+$/, ''))

const timezone = z
  .string()
  .refine(isTimezone, { error: 'must be an IANA timezone like Asia/Tashkent' })

const key = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/, { error: 'must be 32 bytes in base64: openssl rand -base64 32' })

const metaSecret = z.string().min(1)

const schema = z.object({
  TELEGRAM_BOT_TOKEN: z
    .string()
    .trim()
    .regex(/^\d+:[\w-]+$/, { error: 'must be the token from @BotFather, like 123456:ABC-DEF' }),
  TELEGRAM_WEBHOOK_SECRET: z.string().regex(/^[\w-]{1,256}$/, {
    error: 'must be 1 to 256 characters of A-Z a-z 0-9 _ -: openssl rand -hex 32',
  }),
  TELEGRAM_API_ROOT: root.default('https://api.telegram.org'),
  TELEGRAM_GROUP_LIMIT: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, { error: 'must be a number of messages a minute' })
    .default('20')
    .transform(Number),
  ADMIN_IDS: z
    .string()
    .regex(/^\s*\d+\s*(,\s*\d+\s*)*$/, {
      error: 'must be Telegram user ids divided by commas; @userinfobot tells yours',
    })
    .transform((ids) => ids.split(',').map((id) => id.trim())),
  META_APP_ID: z
    .string()
    .regex(/^\d+$/, { error: 'must be the numeric id of the Meta app' })
    .optional(),
  META_APP_SECRET: metaSecret.optional(),
  META_APP_SECRET_PREVIOUS: metaSecret.optional(),
  META_VERIFY_TOKEN: metaSecret.optional(),
  META_GRAPH_ROOT: root.default('https://graph.facebook.com'),
  META_DIALOG_ROOT: root.default('https://www.facebook.com'),
  META_GRAPH_VERSION: z
    .string()
    .regex(/^v\d+\.\d+$/, { error: 'must be a version like v26.0' })
    .default('v26.0'),
  ENCRYPTION_KEY: key,
  ENCRYPTION_KEY_PREVIOUS: key.optional(),
  SESSION_SECRET: z.string().min(16, {
    error: 'must be at least 16 characters: openssl rand -hex 32',
  }),
  PUBLIC_URL: root.optional(),
  DEFAULT_TIMEZONE: timezone.default('Asia/Tashkent'),
  DEFAULT_LOCALE: z.enum(LOCALES).default('ru'),
  DEFAULT_REGION: z
    .string()
    .regex(/^[A-Z]{2}$/, { error: 'must be two capital letters of a country, like UZ' })
    .default('UZ'),
})

/** Where the app of the agency lives in Meta. */
export interface MetaSettings {
  appId: string
  appSecret: string
  /** While the secret is being changed: what Meta may still sign with, and ask us to sign with. */
  previousSecret: string | null
  verifyToken: string
  graphRoot: string
  dialogRoot: string
  version: string
}

/** The configuration, parsed; `meta` is null when Meta is off. */
export interface Settings extends Omit<z.infer<typeof schema>, `META_${string}`> {
  meta: MetaSettings | null
}

/** A setting is missing or malformed; the message names it and says what it must be. */
export class MisconfiguredError extends Error {
  override name = 'MisconfiguredError'
}

const parsed = new WeakMap<object, Settings>()

/**
 * The settings of this Worker, parsed once for each `env`.
 * @throws MisconfiguredError naming every setting that is missing or malformed, and never its value.
 */
export function settingsOf(env: object): Settings {
  const known = parsed.get(env)
  if (known) return known
  const settings = parseSettings(env)
  parsed.set(env, settings)
  return settings
}

/** Parses settings from a bag of strings; an empty string counts as not set. */
export function parseSettings(env: object): Settings {
  const set = Object.entries(env).filter(([, value]) => typeof value === 'string' && value !== '')
  const result = schema.safeParse(Object.fromEntries(set))
  const problems = result.success ? [] : result.error.issues.map(describe)
  problems.push(...halfConfiguredMeta(new Set(set.map(([name]) => name))))
  if (!result.success || problems.length > 0) throw new MisconfiguredError(problems.join('; '))
  const { META_APP_ID, META_APP_SECRET, META_VERIFY_TOKEN, ...rest } = result.data
  const {
    META_APP_SECRET_PREVIOUS,
    META_GRAPH_ROOT,
    META_DIALOG_ROOT,
    META_GRAPH_VERSION,
    ...settings
  } = rest
  const isOn = META_APP_ID && META_APP_SECRET && META_VERIFY_TOKEN
  return {
    ...settings,
    meta: isOn
      ? {
          appId: META_APP_ID,
          appSecret: META_APP_SECRET,
          previousSecret: META_APP_SECRET_PREVIOUS ?? null,
          verifyToken: META_VERIFY_TOKEN,
          graphRoot: META_GRAPH_ROOT,
          dialogRoot: META_DIALOG_ROOT,
          version: META_GRAPH_VERSION,
        }
      : null,
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const name = String(issue.path[0])
  const isMissing = issue.code === 'invalid_type'
  return isMissing ? `${name} is not set (see .dev.vars.example)` : `${name} ${issue.message}`
}

const META_NAMES = ['META_APP_ID', 'META_APP_SECRET', 'META_VERIFY_TOKEN']

function halfConfiguredMeta(set: Set<string>): string[] {
  const missing = META_NAMES.filter((name) => !set.has(name))
  if (missing.length === 0 || missing.length === META_NAMES.length) return []
  return missing.map((name) => `${name} is not set, though other META_ settings are`)
}
