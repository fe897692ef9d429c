import { z } from 'zod'

const positionSchema = z.object({ createdAt: z.string(), id: z.string() })

/** How far something has come that goes round and round; `position` is `null` at a round's end. */
export interface Round {
  position: z.infer<typeof positionSchema> | null
  begunAt: string
}

/** The present round, or the last one; `null` when there never was one. */
export async function findRound(db: D1Database, name: string): Promise<Round | null> {
  const row = await db
    .prepare('SELECT position, begun_at AS begunAt FROM rounds WHERE name = ?1')
    .bind(name)
    .first<{ position: string | null; begunAt: string }>()
  if (!row) return null
  const position = row.position === null ? null : positionSchema.parse(JSON.parse(row.position))
  return { position, begunAt: row.begunAt }
}

export async function saveRound(
  db: D1Database,
  name: string,
  { position, begunAt }: Round,
  at: string,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO rounds (name, position, begun_at, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?4)
       ON CONFLICT (name) DO UPDATE SET position = excluded.position,
         begun_at = excluded.begun_at, updated_at = excluded.updated_at`,
    )
    .bind(name, position && JSON.stringify(position), begunAt, at)
    .run()
}
