import { z } from 'zod'
import { isoTime } from '../time.ts'

/** One authorised Meta user or system user, without its token. */
export const connectionSchema = z.object({
  id: z.string().describe('Id of the Meta user'),
  name: z.string(),
  tokenType: z.string(),
  state: z.enum(['alive', 'dead']),
  problem: z.string().nullable().describe('Why it is dead, as Meta names it: code/subcode'),
  expiresAt: z.string().nullable().describe('null: never'),
  dataAccessExpiresAt: z.string().nullable(),
  scopes: z.array(z.string()),
  pages: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      subscribed: z.boolean(),
      lost: z
        .string()
        .nullable()
        .default(null)
        .describe('Why it cannot be read although the rest can, as Meta names it'),
    }),
  ),
  adAccounts: z.array(
    z.object({ id: z.string(), name: z.string(), currency: z.string(), timezone: z.string() }),
  ),
  checkedAt: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export type ConnectionRecord = z.infer<typeof connectionSchema>

type Row = Omit<ConnectionRecord, 'scopes' | 'pages' | 'adAccounts'> & {
  scopes: string
  pages: string
  adAccounts: string
}

const COLUMNS = `id, name, token_type AS tokenType, state, problem, expires_at AS expiresAt,
  data_access_expires_at AS dataAccessExpiresAt, scopes, pages, ad_accounts AS adAccounts,
  checked_at AS checkedAt, created_at AS createdAt, updated_at AS updatedAt`

export async function findConnection(db: D1Database, id: string): Promise<ConnectionRecord | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM connections WHERE id = ?1`)
    .bind(id)
    .first<Row>()
  return row && fromRow(row)
}

export async function listConnections(db: D1Database): Promise<ConnectionRecord[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM connections ORDER BY created_at, id LIMIT 1000`)
    .all<Row>()
  return results.map(fromRow)
}

/** Those that live, besides this one. */
export async function othersAlive(db: D1Database, id: string): Promise<ConnectionRecord[]> {
  const all = await listConnections(db)
  return all.filter((other) => other.state === 'alive' && other.id !== id)
}

/** Writes what a Connection knows of itself. */
export async function upsertConnection(
  db: D1Database,
  connection: Omit<ConnectionRecord, 'createdAt' | 'updatedAt'>,
): Promise<void> {
  const { scopes, pages, adAccounts, ...row } = connection
  await db
    .prepare(
      `INSERT INTO connections (id, name, token_type, state, problem, expires_at,
         data_access_expires_at, checked_at, scopes, pages, ad_accounts, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, token_type = excluded.token_type,
         state = excluded.state, problem = excluded.problem, expires_at = excluded.expires_at,
         data_access_expires_at = excluded.data_access_expires_at,
         checked_at = excluded.checked_at, scopes = excluded.scopes, pages = excluded.pages,
         ad_accounts = excluded.ad_accounts, updated_at = excluded.updated_at`,
    )
    .bind(
      row.id,
      row.name,
      row.tokenType,
      row.state,
      row.problem,
      row.expiresAt,
      row.dataAccessExpiresAt,
      row.checkedAt,
      ...[scopes, pages, adAccounts].map((list) => JSON.stringify(list)),
      isoTime(),
    )
    .run()
}

export async function deleteConnection(db: D1Database, id: string): Promise<void> {
  await db.prepare('DELETE FROM connections WHERE id = ?1').bind(id).run()
}

const listsSchema = connectionSchema.pick({ scopes: true, pages: true, adAccounts: true })

function fromRow(row: Row): ConnectionRecord {
  const lists = {
    scopes: JSON.parse(row.scopes),
    pages: JSON.parse(row.pages),
    adAccounts: JSON.parse(row.adAccounts),
  }
  return { ...row, ...listsSchema.parse(lists) }
}
