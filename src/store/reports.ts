import { z } from 'zod'
import { isoTime } from '../time.ts'

export const REPORT_KINDS = ['leads', 'campaigns'] as const
export const REPORT_FORMATS = ['csv', 'xlsx', 'pdf'] as const
export const REPORT_STATES = ['queued', 'ready', 'failed'] as const

/** One file for one project and one period (days of the project's timezone, both included). */
export const reportSchema = z.object({
  id: z.uuid(),
  projectId: z.string(),
  kind: z.enum(REPORT_KINDS),
  format: z.enum(REPORT_FORMATS),
  period: z.object({ from: z.iso.date(), to: z.iso.date() }),
  state: z.enum(REPORT_STATES),
  error: z
    .string()
    .nullable()
    .describe('Why it failed; of a ready one, why its chat has not got it'),
  fileName: z.string().nullable(),
  bytes: z.int().nullable(),
  rows: z.int().nullable(),
  chatId: z.string().nullable().describe('The chat it is delivered to'),
  requestedBy: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export type Report = z.infer<typeof reportSchema>

type Row = Omit<Report, 'period'> & { periodFrom: string; periodTo: string }

const COLUMNS = `id, project_id AS projectId, kind, format, period_from AS periodFrom,
  period_to AS periodTo, state, error, file_name AS fileName, bytes, rows, chat_id AS chatId,
  requested_by AS requestedBy, created_at AS createdAt, updated_at AS updatedAt`

export type NewReport = Pick<
  Report,
  'id' | 'projectId' | 'kind' | 'format' | 'period' | 'chatId' | 'requestedBy'
>

/** Registers a report that is to be made; the same id again is the same report. */
export async function insertReport(
  db: D1Database,
  report: NewReport,
): Promise<{ report: Report; isNew: boolean }> {
  const { id, projectId, kind, format, period, chatId, requestedBy } = report
  const { meta } = await db
    .prepare(
      `INSERT INTO reports (id, project_id, kind, format, period_from, period_to, state, chat_id,
         requested_by, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'queued', ?7, ?8, ?9, ?9) ON CONFLICT DO NOTHING`,
    )
    .bind(id, projectId, kind, format, period.from, period.to, chatId, requestedBy, isoTime())
    .run()
  const stored = await findReport(db, id)
  if (!stored) throw new Error('a report that was just registered is not there')
  return { report: stored, isNew: meta.changes > 0 }
}

export async function findReport(db: D1Database, id: string): Promise<Report | null> {
  const row = await db.prepare(`SELECT ${COLUMNS} FROM reports WHERE id = ?1`).bind(id).first<Row>()
  return row && fromRow(row)
}

/** A page of reports, newest first. */
export async function listReports(
  db: D1Database,
  page: { after: { createdAt: string; id: string } | null; limit: number },
): Promise<{ reports: Report[]; next: { createdAt: string; id: string } | null }> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM reports WHERE ?1 IS NULL OR (created_at, id) < (?1, ?2)
       ORDER BY created_at DESC, id DESC LIMIT ?3`,
    )
    .bind(page.after?.createdAt ?? null, page.after?.id ?? null, page.limit + 1)
    .all<Row>()
  const reports = results.slice(0, page.limit).map(fromRow)
  const last = results.length > page.limit ? reports.at(-1) : undefined
  return { reports, next: last ? { createdAt: last.createdAt, id: last.id } : null }
}

/** Reports that were asked for before a time and are still not made. */
export async function listStuckReports(db: D1Database, before: string): Promise<Report[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM reports WHERE state = 'queued' AND created_at < ?1 LIMIT 50`)
    .bind(before)
    .all<Row>()
  return results.map(fromRow)
}

export async function setReportReady(
  db: D1Database,
  id: string,
  file: { fileName: string; bytes: number; rows: number },
): Promise<void> {
  await db
    .prepare(
      `UPDATE reports SET state = 'ready', error = NULL, file_name = ?2, bytes = ?3, rows = ?4,
       updated_at = ?5 WHERE id = ?1`,
    )
    .bind(id, file.fileName, file.bytes, file.rows, isoTime())
    .run()
}

export async function setReportFailed(db: D1Database, id: string, error: string): Promise<void> {
  await db
    .prepare(`UPDATE reports SET state = 'failed', error = ?2, updated_at = ?3 WHERE id = ?1`)
    .bind(id, error, isoTime())
    .run()
}

/** The file is there, and its chat has not got it. */
export async function setReportUndelivered(
  db: D1Database,
  id: string,
  error: string,
): Promise<void> {
  await db
    .prepare(`UPDATE reports SET error = ?2, updated_at = ?3 WHERE id = ?1 AND state = 'ready'`)
    .bind(id, error, isoTime())
    .run()
}

function fromRow({ periodFrom, periodTo, ...row }: Row): Report {
  return { ...row, period: { from: periodFrom, to: periodTo } }
}
