import { isUnanswered, type LeadData, type LeadTimer } from '../../src/lead.ts'
import { change, type Decision, free } from './decision.ts'

/** What was to happen by itself happens if it still should: something else may have come first. */
export function tick(lead: LeadData, timer: LeadTimer, at: string): Decision {
  const asItIs: Decision = { ok: true, lead, owes: [] }
  switch (timer.kind) {
    case 'nudge': {
      if (!isUnanswered(lead) || lead.nudges >= timer.level) return asItIs
      const kind = timer.level === 1 ? 'overdue:team' : 'overdue:admins'
      const { waitingSince } = lead
      const nudged = { nudges: timer.level, nudgedAt: at }
      return change(lead, nudged, at, [{ kind, waitingSince }])
    }
    case 'expire': {
      const from = lead.assignee
      if (lead.status !== 'in_progress' || !from) return asItIs
      return change(lead, { status: 'new', ...free(at) }, at, [
        { kind: 'returned', userId: from.id },
        { kind: 'assign', butNot: from.id },
      ])
    }
    case 'remind': {
      const due = lead.reminders.find(({ id }) => id === timer.reminderId)
      if (!due) return asItIs
      const reminders = lead.reminders.filter((one) => one !== due)
      const { userId, text } = due
      // From here on it counts whether its manager does anything.
      const touched = lead.touchedAt && lead.assignee?.id === userId ? { touchedAt: at } : {}
      return change(lead, { reminders, ...touched }, at, [{ kind: 'reminder', userId, text }])
    }
  }
}
