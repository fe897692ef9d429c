import { dayIn } from '../bot/clock.ts'
import { text } from '../bot/texts.ts'
import type { Locale } from '../locales.ts'
import { findProject } from '../store/projects.ts'
import { findReport } from '../store/reports.ts'

/** Where a report's file is in R2. */
export function reportKey(id: string): string {
  return `reports/${id}`
}

/** A report as a chat gets it; the bytes are those that the API gives. */
export async function readLetter(
  env: Env,
  reportId: string,
  locale: Locale,
): Promise<{ caption: string; fileName: string; bytes: ArrayBuffer; threadId: number | null }> {
  const [report, file] = await Promise.all([
    findReport(env.DB, reportId),
    env.R2_REPORTS.get(reportKey(reportId)),
  ])
  if (!report || !file) throw new Error('a report that was to be delivered has no file')
  const project = await findProject(env.DB, report.projectId)
  const { from, to } = report.period
  const params = {
    project: project?.name ?? report.projectId,
    from: dayIn(from, locale),
    to: dayIn(to, locale),
  }
  return {
    caption: text(locale, 'report.caption', params),
    fileName: report.fileName ?? `${reportId}.${report.format}`,
    bytes: await file.arrayBuffer(),
    // In the project's own chat it belongs to the project's topic.
    threadId: project && project.chatId === report.chatId ? project.threadId : null,
  }
}
