import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { lengthOf } from '../period.ts'
import { askedPart } from '../reports/asked-part.ts'
import { reportKey } from '../reports/letter.ts'
import { orderReport } from '../reports/order.ts'
import { findProject, FIRST_PROJECT_ID } from '../store/projects.ts'
import {
  findReport,
  listReports,
  REPORT_KINDS,
  type Report,
  reportSchema,
} from '../store/reports.ts'
import { refOf } from './idempotency.ts'
import {
  invalidField,
  isRepeatable,
  mayConflict,
  packCursor,
  pageOf,
  pageQuery,
  takes,
  tells,
  unpackCursor,
} from './openapi.ts'

const MAX_DAYS = 37 * 31

const order = z.strictObject({
  projectId: z.string().max(64).default(FIRST_PROJECT_ID),
  period: z
    .strictObject({ from: z.iso.date(), to: z.iso.date() })
    .refine(({ from, to }) => from <= to, { path: ['from'], error: 'is after `to`' }),
  format: z.enum(['csv'], { error: 'only csv is made so far' }),
  kind: z.enum(REPORT_KINDS),
})

const idParam = z.object({ id: z.uuid() })

/** Report files: ordered here, made by a workflow, kept in R2. */
export const reports = new Hono<AppEnv>()
  .get(
    '/',
    allow('reports:read'),
    tells('Reports, newest first', pageOf(reportSchema)),
    takes('query', pageQuery),
    async (c) => {
      const { cursor, limit } = c.req.valid('query')
      const page = await listReports(c.env.DB, { after: unpackCursor(cursor), limit })
      return c.json({ items: page.reports, nextCursor: packCursor(page.next) })
    },
  )
  .post(
    '/',
    allow('reports:create'),
    tells('Orders a report; it is delivered to the chat of its project', reportSchema, 202),
    isRepeatable,
    takes('json', order),
    async (c) => {
      const body = c.req.valid('json')
      const project = await findProject(c.env.DB, body.projectId)
      if (!project) throw invalidField('projectId', 'there is no such project')
      if (lengthOf(body.period) > MAX_DAYS)
        throw invalidField('period.from', 'is too far from `to`')
      const { caller } = c.var
      const ordered = await orderReport(c.env, {
        ...body,
        ref: refOf(c) ?? crypto.randomUUID(),
        chatId: project.chatId,
        requestedBy: caller.id,
      })
      return c.json(ordered.report, 202)
    },
  )
  .get(
    '/:id',
    allow('reports:read'),
    tells('A report and its state', reportSchema),
    takes('param', idParam),
    async (c) => c.json(await existing(c, c.req.valid('param').id)),
  )
  .get(
    '/:id/file',
    allow('reports:read'),
    tells('The file; ranges and conditions are answered', 'text/csv', 200, 206),
    mayConflict,
    takes('param', idParam),
    async (c) => {
      const report = await existing(c, c.req.valid('param').id)
      if (report.state !== 'ready') {
        throw new AppError('NOT_READY', `The report is ${report.state}`, {
          details: { state: report.state, error: report.error },
        })
      }
      return sendFile(c, reportKey(report.id))
    },
  )

async function existing(c: Context<AppEnv>, id: string): Promise<Report> {
  const report = await findReport(c.env.DB, id)
  if (!report) throw new AppError('NOT_FOUND', 'There is no such report')
  return report
}

/** The file or the part of it that is asked for; HEAD is answered the same without the bytes. */
async function sendFile(c: Context<AppEnv>, key: string): Promise<Response> {
  const file = await c.env.R2_REPORTS.head(key)
  if (!file) throw new AppError('NOT_FOUND', 'The file is gone')
  const { size, httpEtag: etag, uploaded: modifiedAt } = file
  const headers = new Headers({
    etag,
    'last-modified': modifiedAt.toUTCString(),
    'accept-ranges': 'bytes',
  })
  file.writeHttpMetadata(headers)
  const asked = askedPart(c.req.raw.headers, { size, etag, modifiedAt })
  if (asked.status === 304) return new Response(null, { status: 304, headers })
  if (asked.status === 412) {
    throw new AppError('PRECONDITION_FAILED', 'The file is another than the one that was meant')
  }
  if (asked.status === 416) {
    c.header('content-range', `bytes */${size}`)
    throw new AppError('RANGE_NOT_SATISFIABLE', `The file has ${size} bytes`, { details: { size } })
  }
  const { offset, length } = asked.status === 206 ? asked : { offset: 0, length: size }
  headers.set('content-length', String(length))
  if (asked.status === 206) {
    headers.set('content-range', `bytes ${offset}-${offset + length - 1}/${size}`)
  }
  const { status } = asked
  if (c.req.method === 'HEAD') return new Response(null, { status, headers })
  const sent = await c.env.R2_REPORTS.get(key, {
    onlyIf: { etagMatches: file.etag },
    ...(status === 206 ? { range: { offset, length } } : {}),
  })
  // Made anew in this very moment: what was found out of it is true no more.
  if (!sent || !('body' in sent)) return sendFile(c, key)
  return new Response(sent.body, { status, headers })
}
