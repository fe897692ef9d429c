import { isUnanswered, type LeadData, type LeadTimer } from '../../src/lead.ts'
import type { ProjectRules } from '../../src/project-rules.ts'
import { afterWorkingMinutes } from '../../src/working-hours.ts'

/** What of its project decides when a lead does something by itself. */
export type TimerRules = Pick<
  ProjectRules,
  'responseMinutes' | 'workingHours' | 'returnMinutes'
> & {
  timezone: string
}

/** What a lead does by itself next, and when (ms); `null` when nothing. */
export function nextTimer(
  lead: LeadData,
  rules: TimerRules,
): { at: number; timer: LeadTimer } | null {
  const timers = [nudgeOf(lead, rules), expiryOf(lead, rules), ...remindersOf(lead)]
  return timers.reduce(
    (first, next) => (next && (!first || next.at < first.at) ? next : first),
    null,
  )
}

type Timed = { at: number; timer: LeadTimer } | null

/** The team after the response time, the admins after as much again since then. */
function nudgeOf(lead: LeadData, rules: TimerRules): Timed {
  const { responseMinutes } = rules
  if (!isUnanswered(lead) || responseMinutes === null || lead.nudges >= 2) return null
  const waitingSince = Date.parse(lead.waitingSince)
  if (lead.nudges === 0) {
    const at = after(waitingSince, responseMinutes, rules)
    return { at, timer: { kind: 'nudge', level: 1 } }
  }
  // The team may have been told late: it is given its time all the same.
  const told = Date.parse(lead.nudgedAt ?? lead.waitingSince)
  const at = Math.max(
    after(waitingSince, responseMinutes * 2, rules),
    after(told, responseMinutes, rules),
  )
  return { at, timer: { kind: 'nudge', level: 2 } }
}

function expiryOf(lead: LeadData, rules: TimerRules): Timed {
  const { returnMinutes } = rules
  const { assignee, touchedAt } = lead
  if (lead.status !== 'in_progress' || returnMinutes === null || !assignee || !touchedAt)
    return null
  // A manager who asked to be reminded has not forgotten it.
  const reminded = lead.reminders.filter(({ userId }) => userId === assignee.id).map(({ at }) => at)
  const since = Math.max(...[touchedAt, ...reminded].map((at) => Date.parse(at)))
  return { at: after(since, returnMinutes, rules), timer: { kind: 'expire' } }
}

function remindersOf(lead: LeadData): Timed[] {
  return lead.reminders.map(({ id, at }) => ({
    at: Date.parse(at),
    timer: { kind: 'remind', reminderId: id },
  }))
}

function after(since: number, minutes: number, { workingHours, timezone }: TimerRules): number {
  return afterWorkingMinutes(since, minutes, workingHours, timezone)
}
