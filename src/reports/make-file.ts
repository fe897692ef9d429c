import Papa from 'papaparse'
import { sourceOf } from '../meta/aggregate.ts'
import { boundsOf } from '../period.ts'
import { settingsOf } from '../settings.ts'
import { sumInsights } from '../store/insights.ts'
import { type LeadPosition, listLeads } from '../store/leads.ts'
import { findProject, placeOf } from '../store/projects.ts'
import type { Report } from '../store/reports.ts'
import { reportKey } from './letter.ts'
import { campaignTable, leadTable, type Table } from './tables.ts'

/** Excel takes a CSV for UTF-8 only when it begins with this. */
const BOM = '\ufeff'

/** What a spreadsheet would run as a formula; a phone, which also begins with a plus, is none. */
const FORMULA = /^(?!\+\d[\d ]*$)[=+\-@\t\r]/

const LEADS_A_PAGE = 200

/** Collects a report's rows, renders the file and puts it to R2; made again it is the same file. */
export async function makeReportFile(
  env: Env,
  report: Report,
): Promise<{ fileName: string; bytes: number; rows: number }> {
  const table = await collect(env, report)
  const csv = BOM + Papa.unparse(table, { escapeFormulae: FORMULA, newline: '\r\n' })
  const bytes = new TextEncoder().encode(csv)
  const fileName = `${report.kind}_${report.period.from}_${report.period.to}.${report.format}`
  await env.R2_REPORTS.put(reportKey(report.id), bytes, {
    httpMetadata: {
      contentType: 'text/csv; charset=utf-8',
      contentDisposition: `attachment; filename="${fileName}"`,
    },
  })
  return { fileName, bytes: bytes.byteLength, rows: table.data.length }
}

async function collect(env: Env, { kind, projectId, period }: Report): Promise<Table> {
  const project = await findProject(env.DB, projectId)
  if (!project) throw new Error('the project of the report is gone')
  const { locale, timezone } = placeOf(project, settingsOf(env))
  if (kind === 'campaigns') {
    const source = await sourceOf(env, projectId)
    const range = { accountId: source?.accountId ?? '', projectId, ...period }
    const { campaigns, totals } = await sumInsights(env.DB, range)
    return campaignTable(campaigns, totals, source?.currency ?? '', locale)
  }
  const bounds = boundsOf(period, timezone)
  const leads = []
  let after: LeadPosition | null = null
  do {
    const page = await listLeads(
      env.DB,
      { projectId, ...bounds },
      { after, limit: LEADS_A_PAGE, oldestFirst: true },
    )
    leads.push(...page.leads.filter(({ isTest }) => !isTest))
    after = page.next
  } while (after !== null)
  return leadTable(leads, { locale, timezone })
}
