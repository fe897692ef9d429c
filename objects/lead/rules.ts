import type { Locale } from '../../src/locales.ts'
import { placeOf, type Project } from '../../src/store/projects.ts'
import type { TimerRules } from './timers.ts'

/** What a lead has to know of its project: when to act by itself, and whether it is given out in turn. */
export type LeadRules = TimerRules & { isGivenOut: boolean }

/** The settings that hold for what a project leaves open. */
interface Defaults {
  DEFAULT_TIMEZONE: string
  DEFAULT_LOCALE: Locale
  DEFAULT_REGION: string
}

/** What of a project's rules its leads live by. */
export function rulesOf(project: Project, defaults: Defaults): LeadRules {
  const { responseMinutes, workingHours, returnMinutes, assignment } = project.rules
  const { timezone } = placeOf(project, defaults)
  return {
    responseMinutes,
    workingHours,
    returnMinutes,
    timezone,
    isGivenOut: assignment !== 'free',
  }
}
