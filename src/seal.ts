import { sha256 } from './secrets.ts'
import type { Settings } from './settings.ts'

/** A secret at rest: AES-GCM, with the id of its key so that keys can be rotated. */
export interface Sealed {
  kid: string
  iv: string
  text: string
}

/** The key that seals, and the one that may have sealed before. */
export type Keys = Pick<Settings, 'ENCRYPTION_KEY' | 'ENCRYPTION_KEY_PREVIOUS'>

/** Seals a secret for one owner: opened in another's name, it does not open. */
export async function seal(keys: Keys, owner: string, secret: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const key = await importKey(keys.ENCRYPTION_KEY)
  const bytes = new TextEncoder().encode(secret)
  const sealed = await crypto.subtle.encrypt(parameters(iv, owner), key, bytes)
  return {
    kid: await keyId(keys.ENCRYPTION_KEY),
    iv: iv.toBase64(),
    text: new Uint8Array(sealed).toBase64(),
  }
}

/**
 * Opens what was sealed for this owner.
 * @throws Error when neither the present nor the previous key fits, or the owner is another.
 */
export async function unseal(keys: Keys, owner: string, sealed: Sealed): Promise<string> {
  const key = await importKey(await keyOf(keys, sealed.kid))
  const iv = Uint8Array.fromBase64(sealed.iv)
  const bytes = Uint8Array.fromBase64(sealed.text)
  return new TextDecoder().decode(await crypto.subtle.decrypt(parameters(iv, owner), key, bytes))
}

/** Whether it was sealed with the present key; what was not is to be sealed anew. */
export async function isSealedWithPresentKey(keys: Keys, sealed: Sealed): Promise<boolean> {
  return sealed.kid === (await keyId(keys.ENCRYPTION_KEY))
}

async function keyOf(keys: Keys, kid: string): Promise<string> {
  for (const key of [keys.ENCRYPTION_KEY, keys.ENCRYPTION_KEY_PREVIOUS]) {
    if (key && (await keyId(key)) === kid) return key
  }
  throw new Error('sealed with a key that is neither ENCRYPTION_KEY nor ENCRYPTION_KEY_PREVIOUS')
}

function parameters(iv: Uint8Array, owner: string): SubtleCryptoEncryptAlgorithm {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(owner) }
}

function importKey(base64: string): Promise<CryptoKey> {
  const bytes = Uint8Array.fromBase64(base64)
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

async function keyId(base64: string): Promise<string> {
  return (await sha256(base64)).slice(0, 8)
}
