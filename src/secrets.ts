const encoder = new TextEncoder()

/** SHA-256 of a text, lower-case hex. */
export async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))).toHex()
}

/** Compares two texts without telling by its duration where they differ. */
export async function isSameSecret(given: string, expected: string): Promise<boolean> {
  const [a, b] = await Promise.all(
    [given, expected].map((text) => crypto.subtle.digest('SHA-256', encoder.encode(text))),
  )
  return a !== undefined && b !== undefined && crypto.subtle.timingSafeEqual(a, b)
}

/** HMAC-SHA256 of a text, lower-case hex. */
export async function hmacSha256(secret: string, text: string): Promise<string> {
  const signature = await crypto.subtle.sign('HMAC', await hmacKey(secret), encoder.encode(text))
  return new Uint8Array(signature).toHex()
}

/** Whether `signature` (hex) is the HMAC-SHA256 of exactly these bytes. */
export async function isSignedWith(
  secret: string,
  bytes: ArrayBuffer,
  signature: string,
): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/i.test(signature)) return false
  return crypto.subtle.verify('HMAC', await hmacKey(secret), Uint8Array.fromHex(signature), bytes)
}

const keys = new Map<string, Promise<CryptoKey>>()

function hmacKey(secret: string): Promise<CryptoKey> {
  let key = keys.get(secret)
  if (!key) {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    key = crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, [
      'sign',
      'verify',
    ])
    keys.set(secret, key)
  }
  return key
}
