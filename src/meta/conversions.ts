import { countryOf } from '../contact.ts'
import type { LeadData } from '../lead.ts'
import { sha256 } from '../secrets.ts'
import type { ConversionStage, ReachedStage } from '../store/conversions.ts'
import type { MetaAnswer, MetaFailure } from './answer.ts'

/** Meta takes so many events in one call, all of them or none (Meta: conversions-api/using-the-api). */
export const MAX_EVENTS = 1_000

/** An older event would have the whole call refused; an hour is kept for clocks and waits. */
const TAKEN_FOR_SECONDS = 7 * 86_400 - 3_600

/** What the stages are called at Meta. */
const EVENT_NAME_OF = {
  lead: 'Lead',
  contacted: 'Contacted',
  won: 'Converted',
  lost: 'Lost',
  spam: 'Spam',
} as const satisfies Record<ConversionStage, string>

/** One stage of one lead as the Conversions API takes it (Meta: conversions-api for CRM). */
export interface ServerEvent {
  event_name: string
  /** Epoch seconds. */
  event_time: number
  event_id: string
  action_source: 'system_generated'
  user_data: { lead_id: string } & Partial<Record<HashedField, string[]>>
  custom_data: { event_source: 'crm'; lead_event_source: string }
}

/** What is known of a person, each hashed; of `lead_id` alone Meta wants the plain words. */
type HashedField = 'em' | 'ph' | 'fn' | 'ln' | 'country'

/** From before this time (epoch seconds) Meta takes nothing any more. */
export function tooOldBefore(now: number): number {
  return Math.floor(now / 1000) - TAKEN_FOR_SECONDS
}

/**
 * The stages that a lead of a Facebook form has reached, each later than the one before it and all
 * later than the lead itself. A repeat that was merged reaches no outcome of its own, and a test lead
 * nothing at all.
 */
export function stagesOf(lead: LeadData): ReachedStage[] {
  if (lead.source !== 'facebook' || lead.sourceRef === null || lead.isTest) return []
  const { firstResponseAt, closedAt, outcome } = lead
  // Spam that nobody took is put aside without a word to anybody.
  const isUnheard = outcome === 'spam' && firstResponseAt === closedAt
  const times: [ConversionStage, string | null][] = [
    ['lead', lead.createdAt],
    ['contacted', isUnheard ? null : firstResponseAt],
    ...(outcome === null
      ? []
      : ([[outcome, closedAt]] satisfies [ConversionStage, string | null][])),
  ]
  let before = secondsOf(lead.createdAt)
  return times.flatMap(([stage, at]) => {
    if (at === null) return []
    before = Math.max(secondsOf(at), before + 1)
    return { leadId: lead.id, projectId: lead.projectId, stage, eventTime: before }
  })
}

function secondsOf(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000)
}

/**
 * The event that tells Meta of a stage. Its id is made of lead and stage, so that one that is sent
 * again is known for the same. `hash`: SHA-256, lower-case hex.
 */
export async function eventOf(
  lead: Pick<LeadData, 'sourceRef' | 'name' | 'contact' | 'phone' | 'email'>,
  { stage, eventTime }: { stage: ConversionStage; eventTime: number },
  hash = sha256,
): Promise<ServerEvent> {
  const leadgenId = lead.sourceRef ?? ''
  return {
    event_name: EVENT_NAME_OF[stage],
    event_time: eventTime,
    event_id: `tb-${leadgenId}-${stage}`,
    action_source: 'system_generated',
    user_data: { lead_id: leadgenId, ...(await hashed(personOf(lead), hash)) },
    custom_data: { event_source: 'crm', lead_event_source: 'TargetBot' },
  }
}

/** What is known of a person, as Meta wants it before it is hashed; `null`: nothing. */
export function personOf({
  name,
  contact,
  phone,
  email,
}: Pick<LeadData, 'name' | 'contact' | 'phone' | 'email'>): Record<HashedField, string | null> {
  const names = name?.split(/\s+/).map(normalName).filter(Boolean) ?? []
  return {
    em: email && normalEmail(email),
    ph: normalPhone(phone ?? contact ?? ''),
    fn: names[0] ?? null,
    ln: names.length > 1 ? (names.at(-1) ?? null) : null,
    country: phone && countryOf(phone),
  }
}

async function hashed(
  person: Record<HashedField, string | null>,
  hash: typeof sha256,
): Promise<Partial<Record<HashedField, string[]>>> {
  const known = Object.entries(person).flatMap(([field, text]) => (text ? [[field, text]] : []))
  return Object.fromEntries(
    await Promise.all(known.map(async ([field, text = '']) => [field, [await hash(text)]])),
  )
}

/** Lower case, nothing around it. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase()
}

/** The digits with the country code, and no zeros before it; `null` when it is no phone. */
export function normalPhone(text: string): string | null {
  // Meta's exports write `p:+998…`.
  const clean = text.trim().replace(/^[a-z]{1,3}:/i, '')
  const digits = clean.replace(/\D/g, '').replace(/^0+/, '')
  return /[@\p{L}]/u.test(clean) || digits.length < 7 || digits.length > 15 ? null : digits
}

/** Lower case without punctuation, in whatever letters it is written; so are apostrophes of Uzbek. */
export function normalName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\p{P}\p{S}\s\u02bb\u02bc]/gu, '')
}

/** How events are sent, and who hears what became of them. */
export interface SendingDeps<Event> {
  /** Sends events, all or none; how many Meta says it has received. */
  send(events: Event[]): Promise<MetaAnswer<number>>
  accepted(events: Event[]): Promise<void>
  refused(event: Event, reason: string): Promise<void>
}

/**
 * Sends events in their order. One that Meta refuses has all that came with it refused: they are
 * sent again in halves, until it stands alone. What stops them all is answered; whatever was
 * accepted or refused before stays so.
 */
export async function sendInHalves<Event>(
  events: Event[],
  deps: SendingDeps<Event>,
): Promise<MetaFailure | null> {
  const [first] = events
  if (first === undefined) return null
  const answer = await deps.send(events)
  if (answer.ok && answer.value === events.length) {
    await deps.accepted(events)
    return null
  }
  if (!answer.ok && !isOfSome(answer)) return answer
  if (events.length === 1) {
    await deps.refused(first, answer.ok ? 'not_received' : answer.code)
    return null
  }
  const half = Math.ceil(events.length / 2)
  const stop = await sendInHalves(events.slice(0, half), deps)
  return stop ?? sendInHalves(events.slice(half), deps)
}

/** Whether a refusal may be that of one event: something is wrong with what was sent, or it is too much. */
function isOfSome({ kind, code }: MetaFailure): boolean {
  return kind === 'too_much' || (kind === 'ours' && /^100(\/|$)/.test(code))
}
