import type { MiddlewareHandler, ValidationTargets } from 'hono'
import { describeRoute, resolver, validator } from 'hono-openapi'
import { z } from 'zod'
import { AppError, STATUS_OF } from '../errors.ts'

/** How every error looks. */
export const errorSchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(STATUS_OF) as [keyof typeof STATUS_OF]),
    message: z.string(),
    requestId: z.string().describe('Name it when you ask us about the error'),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
})

const problem = (description: string) => ({
  description,
  content: { 'application/json': { schema: resolver(errorSchema) } },
})

const PROBLEMS = {
  400: problem('Something in the request is wrong; `details.fields` names it'),
  401: problem('No key and no session, or one that opens nothing'),
  403: problem('The key or the person may not do this'),
  404: problem('There is no such thing'),
  default: problem('Anything else, by `error.code`'),
}

const DONE = {
  101: 'The WebSocket is open',
  200: 'Done',
  201: 'Made',
  202: 'Begun; it is done in a moment',
  204: 'Done, and nothing to say',
  206: 'The part that was asked for',
}

/** Says in the API's description what a route does and answers: JSON by a schema, or a media type. */
export function tells(
  summary: string,
  answer: z.ZodType | string | null,
  ...statuses: (keyof typeof DONE)[]
): MiddlewareHandler {
  const answers = (statuses.length > 0 ? statuses : [200 as const]).map((status) => [
    status,
    { description: DONE[status], ...contentOf(answer) },
  ])
  return describeRoute({ summary, responses: { ...Object.fromEntries(answers), ...PROBLEMS } })
}

function contentOf(answer: z.ZodType | string | null) {
  if (answer === null) return {}
  if (typeof answer === 'string') return { content: { [answer]: { schema: { type: 'string' } } } }
  return { content: { 'application/json': { schema: resolver(answer) } } }
}

/** Says that a route refuses what does not fit the present state. */
export const mayConflict: MiddlewareHandler = describeRoute({
  responses: { 409: problem('Not now: it is in another state, or somebody else has it') },
})

/** Says that a request with a key of its own can be sent again without being done again. */
export const isRepeatable: MiddlewareHandler = describeRoute({
  parameters: [
    {
      in: 'header',
      name: 'Idempotency-Key',
      description: 'The same key again does nothing more and answers the same',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
  ],
})

/** Takes what a request carries when it fits the schema; else 400 with the fields that do not. */
export function takes<Target extends keyof ValidationTargets, Schema extends z.ZodType>(
  target: Target,
  schema: Schema,
) {
  return validator(target, schema, (result) => {
    if (!result.success) throw invalid(result.error)
  })
}

interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
  readonly keys?: readonly string[]
}

function invalid(issues: readonly Issue[]): AppError {
  const fields = issues.map((issue) => ({ field: fieldOf(issue), message: issue.message }))
  const message = fields.map((one) => `${one.field}: ${one.message}`).join('; ')
  return new AppError('INVALID_REQUEST', message, { details: { fields } })
}

/** The field's path; for fields that we do not know, their names. */
function fieldOf({ path = [], keys = [] }: Issue): string {
  const names = path.map((part) => String(typeof part === 'object' ? part.key : part))
  return [...names, ...(keys.length > 0 ? [keys.join(', ')] : [])].join('.') || 'body'
}

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

/** How much of a list, and from where. */
export const pageQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** Packs where a page ended. */
export function packCursor(position: { createdAt: string; id: string } | null): string | null {
  return position && btoa(`${position.createdAt}|${position.id}`)
}

/**
 * Unpacks a cursor.
 * @throws AppError INVALID_REQUEST when it is none of ours.
 */
export function unpackCursor(cursor: string | undefined): { createdAt: string; id: string } | null {
  if (cursor === undefined) return null
  const match = /^([\d:.TZ-]+)\|([\w-]+)$/.exec(decoded(cursor))
  if (!match?.[1] || !match[2]) throw badCursor()
  return { createdAt: match[1], id: match[2] }
}

function decoded(cursor: string): string {
  try {
    return atob(cursor)
  } catch {
    throw badCursor()
  }
}

function badCursor(): AppError {
  return invalidField('cursor', 'is not one of ours')
}

/** The error of one field that its schema alone could not judge. */
export function invalidField(field: string, message: string): AppError {
  return new AppError('INVALID_REQUEST', `${field}: ${message}`, {
    details: { fields: [{ field, message }] },
  })
}
