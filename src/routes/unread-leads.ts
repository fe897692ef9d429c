import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { findUnread, listUnread, unreadLeadSchema } from '../store/unread-leads.ts'
import { pageOf as metaPageOf } from '../stubs.ts'
import { packCursor, pageOf, pageQuery, takes, tells, unpackCursor } from './openapi.ts'

const retriedSchema = z.object({
  isRead: z.boolean(),
  unread: unreadLeadSchema.nullable().describe('Why it is not; null when it is'),
})

/** Leads whose forms could not be read, why, and a way to try it again. */
export const unreadLeads = new Hono<AppEnv>()
  .get(
    '/',
    allow('health:read'),
    tells('Leads that could not be read, oldest first', pageOf(unreadLeadSchema)),
    takes('query', pageQuery),
    async (c) => {
      const { cursor, limit } = c.req.valid('query')
      const items = await listUnread(c.env.DB, { after: unpackCursor(cursor), limit })
      const last = items.length === limit ? items.at(-1) : undefined
      const next = last ? { createdAt: last.since, id: last.leadId } : null
      return c.json({ items, nextCursor: packCursor(next) })
    },
  )
  .post(
    '/:leadId/retry',
    allow('health:write'),
    tells('Tries to read a lead now', retriedSchema),
    takes('param', z.object({ leadId: z.uuid() })),
    async (c) => {
      const { leadId } = c.req.valid('param')
      const found = await findUnread(c.env.DB, leadId)
      if (!found) throw new AppError('NOT_FOUND', 'There is no such unread lead')
      await metaPageOf(c.env, found.pageId).retryLead(found.leadgenId)
      const { id: actorId, name: actorName } = c.var.caller
      await recordAudit(c.env.DB, { actorId, actorName, action: 'lead.reread', target: leadId })
      const unread = await findUnread(c.env.DB, leadId)
      return c.json({ isRead: unread === null, unread })
    },
  )
