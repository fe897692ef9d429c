import { z } from 'zod'
import { KEY_ROLES, type KeyRole, SCOPES, type Scope } from '../auth/permissions.ts'
import { isoTime } from '../time.ts'

/** A portal key as it can be shown: without the key. */
export const portalKeySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  role: z.enum(KEY_ROLES),
  scopes: z.array(z.enum(SCOPES)),
  createdBy: z.string(),
  lastUsedAt: z.string().nullable().describe('To within ten minutes'),
  createdAt: z.string(),
})

export type PortalKey = z.infer<typeof portalKeySchema>

type Row = Omit<PortalKey, 'scopes'> & { scopes: string }

const COLUMNS = `id, name, role, scopes, created_by AS createdBy, last_used_at AS lastUsedAt,
  created_at AS createdAt`

const scopesSchema = z.array(z.enum(SCOPES))

export async function findPortalKey(db: D1Database, keyHash: string): Promise<PortalKey | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM portal_keys WHERE key_hash = ?1`)
    .bind(keyHash)
    .first<Row>()
  return row && fromRow(row)
}

export async function listPortalKeys(db: D1Database): Promise<PortalKey[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM portal_keys ORDER BY created_at DESC, id LIMIT 1000`)
    .all<Row>()
  return results.map(fromRow)
}

/** Writes a new key down; `null` when there is one with this id. */
export async function insertPortalKey(
  db: D1Database,
  key: { id: string; keyHash: string; name: string; role: KeyRole; scopes: Scope[]; by: string },
): Promise<PortalKey | null> {
  const at = isoTime()
  const { meta } = await db
    .prepare(
      `INSERT INTO portal_keys (id, key_hash, name, role, scopes, created_by, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT (id) DO NOTHING`,
    )
    .bind(key.id, key.keyHash, key.name, key.role, JSON.stringify(key.scopes), key.by, at)
    .run()
  if (meta.changes === 0) return null
  const { id, name, role, scopes, by: createdBy } = key
  return { id, name, role, scopes, createdBy, lastUsedAt: null, createdAt: at }
}

/** Removes a key: it opens nothing from now on. False when there is no such key. */
export async function deletePortalKey(db: D1Database, id: string): Promise<boolean> {
  const { meta } = await db.prepare('DELETE FROM portal_keys WHERE id = ?1').bind(id).run()
  return meta.changes > 0
}

const USE_KNOWN_TO_MS = 10 * 60_000

/** Writes down that a key was used, unless that was done in the last ten minutes. */
export async function touchPortalKey(db: D1Database, key: PortalKey): Promise<void> {
  const now = Date.now()
  if (key.lastUsedAt && now - Date.parse(key.lastUsedAt) < USE_KNOWN_TO_MS) return
  await db
    .prepare('UPDATE portal_keys SET last_used_at = ?2, updated_at = ?2 WHERE id = ?1')
    .bind(key.id, isoTime(now))
    .run()
}

function fromRow(row: Row): PortalKey {
  return { ...row, scopes: scopesSchema.parse(JSON.parse(row.scopes)) }
}
