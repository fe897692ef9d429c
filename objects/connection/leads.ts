import { parseJson } from '../../src/json.ts'
import type { MetaAnswer, MetaFailure } from '../../src/meta/answer.ts'
import * as replies from '../../src/meta/replies.ts'
import { type MetaTrouble, troubleOf } from '../../src/meta/trouble.ts'
import { type Usage, usageOf } from '../../src/meta/usage.ts'
import type { Caller, Door } from './door.ts'
import { listAll } from './list-all.ts'

/** What became of one lead that was to be read. */
export type LeadReading =
  | { id: string; ok: true; lead: replies.MetaLead }
  | { id: string; ok: false; kind: 'gone' | 'again'; code: string }

/** What a reading of leads came to; with a `stop` those without a reading are to be read again. */
export interface LeadsRead {
  readings: LeadReading[]
  stop: MetaFailure | null
}

/** Meta takes so many calls in one batch. */
export const MAX_BATCH = 50

/** Reads leads, up to `MAX_BATCH` at a time in one call; one that cannot be read holds up no other. */
export async function readLeads(
  door: Door,
  pageId: string,
  ids: string[],
): Promise<MetaAnswer<LeadsRead>> {
  const [only] = ids
  if (only !== undefined && ids.length === 1) return readLead(door, pageId, only)
  const parts = ids.map((id) => ({
    method: 'GET',
    relative_url: `${door.version}/${id}?fields=${replies.LEAD_FIELDS}`,
  }))
  const answer = await door.call(replies.batchReply, `page:${pageId}`, pageId, {
    path: '',
    method: 'POST',
    params: { batch: JSON.stringify(parts), include_headers: 'true' },
  })
  if (!answer.ok) return answer
  return readParts(door, pageId, ids, answer.value)
}

async function readLead(door: Door, pageId: string, id: string): Promise<MetaAnswer<LeadsRead>> {
  const params = { fields: replies.LEAD_FIELDS }
  const answer = await door.call(replies.metaLead, `page:${pageId}`, pageId, { path: id, params })
  if (answer.ok) return readingsOf([{ id, ok: true, lead: answer.value }])
  const { kind, code } = answer
  return kind === 'gone' ? readingsOf([{ id, ok: false, kind, code }]) : answer
}

function readingsOf(readings: LeadReading[], stop: MetaFailure | null = null) {
  return { ok: true as const, value: { readings, stop } }
}

function readParts(
  door: Door,
  pageId: string,
  ids: string[],
  parts: (replies.BatchPart | null)[],
): MetaAnswer<LeadsRead> {
  const readings: LeadReading[] = []
  const refused: { id: string; trouble: MetaTrouble }[] = []
  for (const [index, id] of ids.entries()) {
    const part = parts[index] ?? null
    const usage = part && usageOf(headersOf(part))
    if (usage) door.keepToUsage(pageId, usage)
    const reading = readPart(id, part)
    if ('id' in reading) readings.push(reading)
    else refused.push({ id, trouble: withMinutes(reading, usage) })
  }
  return sortRefused(door, pageId, readings, refused)
}

/**
 * A dead token and a limit stop everything that was not read. A permission does when it is missing
 * from every part: from one alone it may be that lead's.
 */
function sortRefused(
  door: Door,
  pageId: string,
  readings: LeadReading[],
  refused: { id: string; trouble: MetaTrouble }[],
): MetaAnswer<LeadsRead> {
  const caller: Caller = `page:${pageId}`
  const stops = refused.filter(({ trouble }) => trouble.kind !== 'permission')
  const [worst] = stops.toSorted((a, b) => rankOf(a.trouble) - rankOf(b.trouble))
  const [first] = refused
  if (worst) {
    const stop = door.fail(caller, pageId, worst.trouble)
    return readings.length > 0 ? readingsOf(readings, stop) : stop
  }
  if (first && readings.length === 0) return door.fail(caller, pageId, first.trouble)
  const again = refused.map(({ id, trouble: { code } }): LeadReading => {
    return { id, ok: false, kind: 'again', code }
  })
  return readingsOf([...readings, ...again])
}

function rankOf({ kind }: MetaTrouble): number {
  return kind === 'throttled' ? 1 : 0
}

function headersOf({ headers }: replies.BatchPart): Headers {
  const all = new Headers()
  for (const { name, value } of headers) {
    // Names and values that are no headers say nothing, and the answer itself is good.
    if (/^[\w-]+$/.test(name) && /^[\x20-\x7e]*$/.test(value)) all.append(name, value)
  }
  return all
}

function withMinutes(trouble: MetaTrouble, usage: Usage | null): MetaTrouble {
  if (trouble.kind !== 'throttled') return trouble
  return { kind: 'throttled', code: trouble.code, minutes: usage?.minutes ?? null }
}

/** What a part gave; a trouble when it may be that of all. */
function readPart(id: string, part: replies.BatchPart | null): LeadReading | MetaTrouble {
  // Meta answers `null` for a part that it had no time for.
  if (part === null) return { id, ok: false, kind: 'again', code: 'no_answer' }
  const body = parsedBody(part.body)
  const lead = part.code === 200 ? replies.metaLead.safeParse(body) : null
  if (lead?.success) return { id, ok: true, lead: lead.data }
  const trouble = troubleOf(part.code, body)
  if (OF_ALL.has(trouble.kind)) return trouble
  return { id, ok: false, kind: trouble.kind === 'gone' ? 'gone' : 'again', code: trouble.code }
}

const OF_ALL = new Set<MetaTrouble['kind']>(['dead', 'role', 'throttled', 'permission'])

function parsedBody(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    // A part that is no JSON is read as a broken answer.
    return undefined
  }
}

const LEADS_A_PAGE = '100'

/** One page of the leads that a form was left since a time (epoch seconds, exclusive). */
export async function listLeads(
  door: Door,
  {
    pageId,
    formId,
    since,
    after,
  }: { pageId: string; formId: string; since: number; after: string | null },
): Promise<MetaAnswer<{ items: replies.ListedLead[]; after: string | null }>> {
  const filtering = [{ field: 'time_created', operator: 'GREATER_THAN', value: since }]
  return door.call(replies.listReply(replies.listedLead), `page:${pageId}`, pageId, {
    path: `${formId}/leads`,
    params: {
      fields: replies.LEAD_FIELDS,
      limit: LEADS_A_PAGE,
      filtering: JSON.stringify(filtering),
      ...(after === null ? {} : { after }),
    },
  })
}

/** The ids of the leads that Meta's testing tool has made of a form. */
export async function listTestLeads(
  door: Door,
  pageId: string,
  formId: string,
): Promise<MetaAnswer<string[]>> {
  const path = `${formId}/test_leads`
  const params = { fields: 'id' }
  const leads = await listAll(door, replies.anyNode, `page:${pageId}`, pageId, path, params)
  return leads.ok ? { ok: true, value: leads.value.map(({ id }) => id) } : leads
}
