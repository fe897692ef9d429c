/** A key under which a request is carried out once, however often it is sent. */
export function newIdempotencyKey(): string {
  // Not `randomUUID`: over plain http, as on a machine in the office, browsers do not have it.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
