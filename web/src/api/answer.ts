import type { ErrorCode } from '../../../src/errors.ts'

/** What a request can come to grief of: the API's codes, no network, an answer that is none of ours. */
export type ProblemCode = ErrorCode | 'UNREACHABLE' | 'UNEXPECTED'

/** A request that was not answered with what was asked for. */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: ProblemCode
  readonly requestId: string | null
  /** Names of the fields that were refused. */
  readonly fields: string[]
  /** Who has the lead, when somebody else has. */
  readonly holder: string | null

  constructor(
    code: ProblemCode,
    known: { requestId?: string | null; fields?: string[]; holder?: string | null } = {},
  ) {
    super(code)
    this.code = code
    this.requestId = known.requestId ?? null
    this.fields = known.fields ?? []
    this.holder = known.holder ?? null
  }

  /** Whether the same request may well succeed a little later. */
  get isPassing(): boolean {
    return this.code === 'UNREACHABLE' || this.code === 'INTERNAL' || this.code === 'UNEXPECTED'
  }
}

/** Every code of the API, so that one of a newer Worker is told from those there are texts for. */
const CODES = {
  INVALID_JSON: true,
  INVALID_REQUEST: true,
  UNAUTHORIZED: true,
  FORBIDDEN: true,
  NOT_FOUND: true,
  METHOD_NOT_ALLOWED: true,
  CONFLICT: true,
  HELD_BY_OTHER: true,
  ILLEGAL_TRANSITION: true,
  NOT_READY: true,
  PRECONDITION_FAILED: true,
  PAYLOAD_TOO_LARGE: true,
  UNSUPPORTED_MEDIA_TYPE: true,
  RANGE_NOT_SATISFIABLE: true,
  RATE_LIMITED: true,
  INTERNAL: true,
  META_UNREACHABLE: true,
  META_OFF: true,
  MISCONFIGURED: true,
} as const satisfies Record<ErrorCode, true>

interface Reply<Body> {
  ok: boolean
  json(): Promise<Body>
}

/**
 * The body of an answer.
 * @throws Problem for everything else that can happen to a request.
 */
export async function answerOf<Body>(request: Promise<Reply<Body>>): Promise<Body> {
  const reply = await arrived(request)
  try {
    return await reply.json()
  } catch {
    throw new Problem('UNEXPECTED')
  }
}

/**
 * Waits for an answer that says nothing but that it is done.
 * @throws Problem for everything else that can happen to a request.
 */
export async function done(request: Promise<Reply<unknown>>): Promise<void> {
  await arrived(request)
}

async function arrived<Body>(request: Promise<Reply<Body>>): Promise<Reply<Body>> {
  const reply = await request.catch(() => {
    throw new Problem('UNREACHABLE')
  })
  if (reply.ok) return reply
  throw problemOf(await reply.json().catch(() => null))
}

/** What the API's envelope says; what is no envelope of ours is `UNEXPECTED`. */
export function problemOf(body: unknown): Problem {
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : {}
  const { code, requestId, details } = error
  const { fields, holder } = isRecord(details) ? details : {}
  return new Problem(isErrorCode(code) ? code : 'UNEXPECTED', {
    requestId: typeof requestId === 'string' ? requestId : null,
    fields: Array.isArray(fields) ? fields.flatMap(fieldName) : [],
    holder: isRecord(holder) && typeof holder['name'] === 'string' ? holder['name'] : null,
  })
}

function fieldName(field: unknown): string[] {
  return isRecord(field) && typeof field['field'] === 'string' ? [field['field']] : []
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(CODES, code)
}

/** Whether a value is an object with names. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
