import { createHmac } from 'node:crypto'
import { metaJson } from '../json.ts'
import type { Lead } from '../state.ts'

/** Meta puts at most so many updates into one notification. */
export const MAX_UPDATES = 1000

/** One thing that happened on a page: `value` is what the notification says about it. */
export interface Change {
  pageId: string
  value: unknown
}

/** What a notification says of a lead: ids and times, never what the person answered. */
export function changeOf(lead: Lead, pageId: string): Change {
  return {
    pageId,
    value: {
      leadgen_id: lead.id,
      page_id: pageId,
      form_id: lead.formId,
      ...(lead.adId === null ? {} : { adgroup_id: lead.adId, ad_id: lead.adId }),
      created_time: lead.createdAt,
    },
  }
}

/** How a notification is written. */
export interface BodyOptions {
  /** Whether ids are JSON strings or, as Meta's pages print them, numbers longer than a double holds. */
  ids: 'strings' | 'numbers'
  /** With values off, Meta says only which field changed. */
  includeValues: boolean
  sentAt: number
}

/** The exact bytes of a notification; neighbouring changes of a page share an entry. */
export function bodyOf(changes: readonly Change[], options: BodyOptions): string {
  const entries: { id: string; changes: unknown[] }[] = []
  for (const { pageId, value } of changes) {
    const last = entries.at(-1)
    const change = { field: 'leadgen', value }
    if (last?.id === pageId) last.changes.push(change)
    else entries.push({ id: pageId, changes: [change] })
  }
  const entry = entries.map(({ id, changes }) => ({
    id,
    time: options.sentAt,
    ...(options.includeValues ? { changes } : { changed_fields: ['leadgen'] }),
  }))
  const text = metaJson({ object: 'page', entry })
  return options.ids === 'numbers' ? bareIds(text) : text
}

// Done on the text: a number of this length would not survive JSON.stringify.
function bareIds(text: string): string {
  return text.replaceAll(
    /"(id|leadgen_id|page_id|form_id|ad_id|adgroup_id)":"(\d+)"/g,
    (_all, name: string, digits: string) => `"${name}":${digits}`,
  )
}

/** `X-Hub-Signature-256` of a body. */
export function signatureOf(body: string, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`
}
