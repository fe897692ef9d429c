import { z } from 'zod'

export const LEAD_STATUSES = ['new', 'in_progress', 'closed'] as const
export const LEAD_OUTCOMES = ['won', 'lost', 'spam'] as const
export const LEAD_SOURCES = ['telegram', 'facebook', 'manual', 'api'] as const

/** Whether what the form holds is read: `pending` is read later by itself, `unavailable` Meta no longer gives. */
export const LEAD_DETAILS = ['complete', 'pending', 'unavailable'] as const

const time = z.iso.datetime()

export const noteSchema = z.object({
  id: z.string(),
  text: z.string(),
  author: z.string(),
  at: time,
})

/** A consent below a form, by Meta's key for it. */
export const consentSchema = z.object({ key: z.string(), isGiven: z.boolean() })

/** What a manager wants to be told about a lead, and when. */
export const reminderSchema = z.object({
  id: z.string(),
  userId: z.string(),
  at: time,
  text: z.string().nullable(),
})

/** The person's first lead, as it was when a later one turned out to be a repeat of it. */
export const earlierSchema = z.object({
  createdAt: time,
  manager: z.string().nullable(),
  status: z.enum(LEAD_STATUSES),
  outcome: z.enum(LEAD_OUTCOMES).nullable(),
})

/** One request of one person, as everybody outside its object sees it. */
export const leadSchema = z.object({
  id: z.uuid(),
  projectId: z.string(),
  userId: z.string().nullable().describe('Telegram id of the person, when they left it in the bot'),
  name: z.string().nullable(),
  contact: z.string().nullable().describe('What the person left, as they wrote it'),
  phone: z.string().nullable().describe('E.164, when the contact is a phone'),
  email: z.string().nullable(),
  status: z.enum(LEAD_STATUSES),
  outcome: z.enum(LEAD_OUTCOMES).nullable(),
  reason: z.string().nullable().describe('Why it was closed'),
  source: z.enum(LEAD_SOURCES),
  sourceRef: z.string().nullable().describe('Id at the source: Meta leadgen id, Telegram chat'),
  campaignId: z.string().nullable(),
  campaignName: z.string().nullable(),
  adId: z.string().nullable(),
  adName: z.string().nullable().default(null),
  formId: z.string().nullable(),
  answers: z.record(z.string(), z.string()).describe('Further questions and their answers'),
  consents: z.array(consentSchema).default([]).describe('Further consents below the form'),
  isTest: z.boolean().default(false).describe('Made with Meta’s testing tool; counted nowhere'),
  details: z.enum(LEAD_DETAILS),
  assignee: z.object({ id: z.string(), name: z.string() }).nullable(),
  notes: z.array(noteSchema),
  repeatOf: z
    .uuid()
    .nullable()
    .describe('The first lead of the project with the same phone or e-mail'),
  earlier: earlierSchema.nullable().default(null).describe('What became of `repeatOf` by then'),
  duplicateOf: z.uuid().nullable().describe('The lead this one was merged into'),
  isVerified: z.boolean().describe('Telegram vouches that the phone is the person’s own'),
  utmSource: z.string().nullable().describe('Where the link to the bot stood, as the link says'),
  reminders: z.array(reminderSchema).describe('Those still to come'),
  waitingSince: time.describe('When it last became free to be taken'),
  touchedAt: time.nullable().describe('When its manager last did something'),
  releasedBy: z
    .string()
    .nullable()
    .default(null)
    .describe('From whom it was given back last: in turn it goes to others'),
  nudges: z.int().describe('Reminders sent while it waits: 1 to the team, 2 to the admins too'),
  nudgedAt: time.nullable().default(null).describe('When the last of those was sent'),
  firstResponseAt: time.nullable(),
  closedAt: time.nullable(),
  createdAt: time,
  updatedAt: time,
  version: z.int().positive(),
})

export type LeadStatus = (typeof LEAD_STATUSES)[number]
export type LeadOutcome = (typeof LEAD_OUTCOMES)[number]
export type LeadSource = (typeof LEAD_SOURCES)[number]
export type LeadData = z.infer<typeof leadSchema>
export type Note = z.infer<typeof noteSchema>
export type EarlierLead = z.infer<typeof earlierSchema>

/** A lead and the person's first lead in its project. */
export interface Repeat {
  id: string
  of: string
  earlier: EarlierLead
}

/** Who did something: a person (Telegram id) or a portal key. */
export interface Actor {
  id: string
  name: string
  role: 'admin' | 'manager' | 'partner' | 'service' | 'client'
}

/** What is known of a lead when it arrives; the rest has its beginning values. */
export interface NewLead {
  projectId: string
  source: LeadSource
  sourceRef: string | null
  userId?: string | null
  name?: string | null
  contact?: string | null
  phone?: string | null
  email?: string | null
  campaignId?: string | null
  campaignName?: string | null
  adId?: string | null
  adName?: string | null
  formId?: string | null
  answers?: Record<string, string>
  consents?: LeadData['consents']
  isTest?: boolean
  isVerified?: boolean
  utmSource?: string | null
  details?: LeadData['details']
  /** ISO time at the source; the present when absent. */
  createdAt?: string
}

/** What is learned later about a lead that arrived as a notification only. */
export type LeadDetails = Partial<
  Pick<
    LeadData,
    | 'name'
    | 'contact'
    | 'phone'
    | 'email'
    | 'campaignId'
    | 'campaignName'
    | 'adId'
    | 'adName'
    | 'formId'
    | 'answers'
    | 'consents'
    | 'isTest'
    | 'details'
  >
>

/** A command is done once however often it is sent: its id tells. */
export type LeadCommand = { id: string } & (
  | { type: 'receive'; lead: NewLead; note?: string; by: Actor | null }
  | { type: 'enrich'; details: LeadDetails }
  | { type: 'claim' | 'release' | 'reopen'; by: Actor }
  | { type: 'assign'; by: Actor; to: { id: string; name: string } }
  | { type: 'close'; by: Actor; outcome: LeadOutcome; reason?: string | undefined }
  | { type: 'note'; by: Actor; text: string }
  | { type: 'remind'; by: Actor; at: string; text: string | null }
  | { type: 'merge'; by: Actor; into: string }
  | { type: 'unmerge'; by: Actor }
  /** An earlier lead of the same person was found. */
  | { type: 'repeat'; of: string; earlier?: EarlierLead }
  /** A repeat was merged into this lead: its person has come again. */
  | { type: 'absorb'; from: string; text: string; by: Actor }
  /** Something was to happen by itself, and its time has come. */
  | { type: 'tick'; timer: LeadTimer }
)

/** What a lead does by itself at some time, unless something else happens first. */
export type LeadTimer =
  | { kind: 'nudge'; level: 1 | 2 }
  | { kind: 'expire' }
  | { kind: 'remind'; reminderId: string }

/** Whether its person waits for a manager: nobody has it, or who got it in turn has not answered. */
export function isUnanswered(lead: Pick<LeadData, 'status' | 'firstResponseAt'>): boolean {
  return lead.status === 'new' || (lead.status === 'in_progress' && lead.firstResponseAt === null)
}

/** Who acts when nobody does: assignments in turn, returns of leads nobody touched. */
export const SYSTEM: Actor = { id: 'system', name: 'TargetBot', role: 'service' }

/** Why a command is refused: an answer of every day, never an exception. */
export type LeadRefusal =
  | { ok: false; code: 'NOT_FOUND' }
  | { ok: false; code: 'ILLEGAL_TRANSITION'; status: LeadStatus }
  | { ok: false; code: 'HELD_BY_OTHER'; holder: { id: string; name: string } }

/** What a command comes to: the lead as it is now, or why not. */
export type LeadAnswer = { ok: true; lead: LeadData; isNew: boolean } | LeadRefusal

/** The project has no chat yet; what is parked for this reason is tried again when one is bound. */
export const NO_CHAT = 'NO_CHAT'
