import { z } from 'zod'

/** Telegram sets no limit of its own: it is traded for a session at once. */
const LASTS_S = 10 * 60
const SKEW_S = 60

const userSchema = z.object({
  id: z.int().positive(),
  first_name: z.string(),
  last_name: z.string().optional(),
  username: z.string().optional(),
  language_code: z.string().optional(),
})

/** The person for whom Telegram has opened a Mini App. */
export type MiniAppUser = z.infer<typeof userSchema>

/**
 * Who opened the Mini App, if Telegram has signed that and lately: `initData` as Telegram gave it,
 * `now` in ms. `null` for everything else. Telegram: Mini Apps, "Validating data received via the
 * Mini App": only `hash` is left out of what is signed, `signature` stays in.
 */
export async function readInitData(
  initData: string,
  botToken: string,
  now: number,
): Promise<MiniAppUser | null> {
  const fields = [...new URLSearchParams(initData)]
  const names = new Set(fields.map(([name]) => name))
  // Twice the same field would let one be checked and the other be read.
  if (names.size !== fields.length) return null
  const values = new Map(fields)
  const isSigned = await isSignedBy(botToken, fields, values.get('hash') ?? '')
  const age = now / 1000 - Number(values.get('auth_date') ?? NaN)
  if (!isSigned || !(age < LASTS_S && age > -SKEW_S)) return null
  return userSchema.safeParse(parsed(values.get('user') ?? '')).data ?? null
}

async function isSignedBy(
  botToken: string,
  fields: [string, string][],
  hash: string,
): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/.test(hash)) return false
  const lines = fields
    .filter(([name]) => name !== 'hash')
    .map(([name, value]) => `${name}=${value}`)
  const secret = await crypto.subtle.sign(
    'HMAC',
    await keyOf('WebAppData', 'sign'),
    bytes(botToken),
  )
  const key = await keyOf(secret, 'verify')
  return crypto.subtle.verify('HMAC', key, Uint8Array.fromHex(hash), bytes(lines.sort().join('\n')))
}

async function keyOf(key: string | ArrayBuffer, use: 'sign' | 'verify'): Promise<CryptoKey> {
  const raw = typeof key === 'string' ? bytes(key) : key
  return crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, [use])
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // Signed and yet no JSON: nobody we know.
    return null
  }
}
