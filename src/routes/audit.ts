import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { listAudit } from '../store/audit.ts'
import { pageOf, takes, tells } from './openapi.ts'

const entrySchema = z.object({
  id: z.int(),
  actorId: z.string(),
  actorName: z.string(),
  action: z.string(),
  target: z.string(),
  details: z.record(z.string(), z.unknown()),
  at: z.string(),
})

const query = z.object({
  cursor: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** Who did what. */
export const audit = new Hono<AppEnv>().get(
  '/',
  allow('audit:read'),
  tells('Who did what, newest first', pageOf(entrySchema)),
  takes('query', query),
  async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const items = await listAudit(c.env.DB, { before: cursor ?? null, limit })
    const last = items.length === limit ? items.at(-1) : undefined
    return c.json({ items, nextCursor: last ? String(last.id) : null })
  },
)
