const DAY_S = 86_400

/** Meta keeps what a lead says for so long (Meta: lead ads, retrieving). */
const KEPT_DAYS = 90

/**
 * From when on a form's leads are compared (epoch seconds): from where the last reading ended, so that
 * an outage is made up for from its beginning; `days` back at least, for Meta may tell of a lead late;
 * and never further back than Meta goes. A form that was never read is read from when its page was
 * connected, which the page knows.
 */
export function readingStart(readTo: number, now: number, days: number): number {
  return Math.max(Math.min(readTo, now - days * DAY_S), now - KEPT_DAYS * DAY_S)
}
