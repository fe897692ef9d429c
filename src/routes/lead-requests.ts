import type { Context } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { actorOf } from '../auth/caller.ts'
import { canWorkLeads, isConfined } from '../auth/permissions.ts'
import { type Contact, MAX_CONTACT_LENGTH, parseContact } from '../contact.ts'
import { AppError } from '../errors.ts'
import { LEAD_SOURCES, LEAD_STATUSES, type LeadAnswer, type LeadCommand } from '../lead.ts'
import { boundsOf } from '../period.ts'
import type { LeadFilter } from '../store/leads.ts'
import { findProject, FIRST_PROJECT_ID, placeOf } from '../store/projects.ts'
import { findUser } from '../store/users.ts'
import { leadIdOf } from '../stubs.ts'
import { refOf } from './idempotency.ts'
import { invalidField, pageQuery } from './openapi.ts'

/** What people write: not empty, not a novel. */
export const words = z.string().trim().min(1).max(1_000)

export const listQuery = pageQuery.extend({
  status: z.enum(LEAD_STATUSES).optional(),
  source: z.enum(LEAD_SOURCES).optional(),
  project: z.string().max(64).optional(),
  assignee: z.string().max(64).optional(),
  campaign: z.string().max(64).optional(),
  q: z.string().max(100).optional().describe('Name, contact or the end of a phone'),
  from: z.iso.date().optional().describe('A day of the project, included'),
  to: z.iso.date().optional().describe('A day of the project, included'),
  sort: z.enum(['-createdAt', 'createdAt']).default('-createdAt'),
})

export const newLead = z.strictObject({
  name: z.string().trim().min(1).max(100),
  contact: z
    .string()
    .trim()
    .min(1)
    .max(MAX_CONTACT_LENGTH)
    .describe('A phone, an e-mail or a Telegram @name'),
  projectId: z.string().max(64).optional(),
  note: words.optional(),
  campaignId: z.string().max(64).optional(),
  source: z.enum(['manual', 'api']).optional(),
})

type Query = Omit<z.infer<typeof listQuery>, 'cursor' | 'limit' | 'sort'>

/** The days of a list are days of its project's timezone. */
export async function filterOf(c: Context<AppEnv>, query: Query): Promise<LeadFilter> {
  const { project, assignee, campaign, q, from, to, ...rest } = query
  const { timezone } = await placeIn(c, project)
  const start = from && boundsOf({ from, to: from }, timezone).from
  const end = to && boundsOf({ from: to, to }, timezone).to
  return {
    ...rest,
    projectId: project,
    assigneeId: assignee,
    campaignId: campaign,
    search: q?.trim() ? q : undefined,
    from: start,
    to: end,
  }
}

/**
 * The command that makes the lead somebody asked for.
 * @throws AppError INVALID_REQUEST naming `contact` or `projectId`.
 */
export async function receiveOf(
  c: Context<AppEnv>,
  { projectId = FIRST_PROJECT_ID, campaignId, note, name, ...body }: z.infer<typeof newLead>,
): Promise<LeadCommand> {
  const { caller } = c.var
  const { region } = await placeIn(c, projectId)
  const by = actorOf(caller)
  const own = caller.kind === 'key' ? 'api' : 'manual'
  return {
    id: newLeadId(c),
    type: 'receive',
    by,
    ...(note ? { note } : {}),
    lead: {
      projectId,
      name,
      ...understood(body.contact, region),
      // Who sees only leads of their own knows them by their source.
      source: isConfined(caller.role) ? own : (body.source ?? own),
      sourceRef: caller.id,
      ...(caller.role === 'client' ? { userId: caller.id } : {}),
      ...(campaignId ? { campaignId } : {}),
    },
  }
}

/**
 * Somebody whom a lead can be given to.
 * @throws AppError INVALID_REQUEST naming `userId`.
 */
export async function findAssignee(
  c: Context<AppEnv>,
  userId: string,
): Promise<{ id: string; name: string }> {
  const user = await findUser(c.env.DB, userId)
  if (!user || !canWorkLeads(user.role)) throw invalidField('userId', 'is no manager')
  return { id: user.id, name: user.name }
}

/**
 * The command's id: the caller's own, made from Idempotency-Key, or a new one. One key for two
 * commands names two: neither is taken for the other.
 */
export function commandIdOf(c: Context<AppEnv>, command: LeadCommand): string {
  const ref = refOf(c)
  if (ref === null) return crypto.randomUUID()
  return command.type === 'assign' ? `assign:${command.to.id}:${ref}` : `${command.type}:${ref}`
}

/**
 * The answer of a command that was carried out.
 * @throws AppError NOT_FOUND, ILLEGAL_TRANSITION, or HELD_BY_OTHER with who.
 */
export function settled(answer: LeadAnswer): Extract<LeadAnswer, { ok: true }> {
  if (answer.ok) return answer
  switch (answer.code) {
    case 'NOT_FOUND':
      throw new AppError('NOT_FOUND', 'There is no such lead')
    case 'ILLEGAL_TRANSITION': {
      const message = `A lead that is ${answer.status} cannot do that`
      throw new AppError('ILLEGAL_TRANSITION', message, { details: { status: answer.status } })
    }
    case 'HELD_BY_OTHER': {
      const { holder } = answer
      throw new AppError('HELD_BY_OTHER', `${holder.name} has it`, { details: { holder } })
    }
  }
}

function newLeadId(c: Context<AppEnv>): string {
  const ref = refOf(c)
  return ref === null ? crypto.randomUUID() : leadIdOf('api', ref)
}

function understood(text: string, region: string): Contact {
  const contact = parseContact(text, region)
  if (contact === 'PHONE_WRONG') throw invalidField('contact', 'there is no such phone number')
  if (contact === 'CONTACT_WRONG') {
    throw invalidField('contact', 'must be a phone, an e-mail or a Telegram @name')
  }
  return contact
}

async function placeIn(c: Context<AppEnv>, projectId = FIRST_PROJECT_ID) {
  const project = await findProject(c.env.DB, projectId)
  if (!project) throw invalidField('projectId', 'there is no such project')
  return placeOf(project, c.var.settings)
}
