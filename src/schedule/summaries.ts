import { Temporal } from 'temporal-polyfill'

/** A project that gets a summary of its day, at an hour of its own timezone. */
export interface Summarised {
  id: string
  timezone: string
  /** 0 to 23; `null`: it gets none. */
  summaryHour: number | null
}

/** One day of one project, and the time (ms) that its summary tells of: the end is exclusive. */
export interface DueSummary {
  projectId: string
  day: string
  from: number
  to: number
}

/** A summary that could not be sent on time is still worth reading for so long. */
const LATE_BY_MS = 3 * 3_600_000

/**
 * The summaries that are due at a tick (ms): each tells of the time since the one before it, so that
 * nothing falls between two of them. Every tick asks again as long as one is worth sending.
 */
export function summariesDueAt(tick: number, projects: Summarised[]): DueSummary[] {
  return projects.flatMap(({ id, timezone, summaryHour }) => {
    if (summaryHour === null) return []
    const today = Temporal.Instant.fromEpochMilliseconds(tick)
      .toZonedDateTimeISO(timezone)
      .toPlainDate()
    // One of the late evening may be sent after midnight.
    return [today.subtract({ days: 1 }), today].flatMap((day) => {
      const to = momentOf(day, summaryHour, timezone)
      if (tick < to || tick >= to + LATE_BY_MS) return []
      const from = momentOf(day.subtract({ days: 1 }), summaryHour, timezone)
      return [{ projectId: id, day: day.toString(), from, to }]
    })
  })
}

/** An hour that a change of clocks leaves out is the one after it. */
function momentOf(day: Temporal.PlainDate, hour: number, timezone: string): number {
  return day.toZonedDateTime({ timeZone: timezone, plainTime: { hour } }).epochMilliseconds
}
