import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { api } from '../../../../src/routes/api.ts'
import { describeApi, docs } from '../../../../src/routes/docs.ts'

const content = z.record(z.string(), z.object({ schema: z.looseObject({}) }))
const operationSchema = z.object({
  operationId: z.string(),
  summary: z.string().min(1),
  tags: z.array(z.string().min(1)).length(1),
  parameters: z.array(z.object({ in: z.string(), name: z.string() })).optional(),
  requestBody: z.object({ required: z.literal(true), content }).optional(),
  responses: z.record(
    z.string(),
    z.object({ description: z.string(), content: content.optional() }),
  ),
})
const documentSchema = z.object({
  openapi: z.literal('3.1.0'),
  servers: z.tuple([z.object({ url: z.literal('/api') })]),
  security: z.array(z.record(z.string(), z.array(z.never()))),
  components: z.object({
    schemas: z.record(z.string(), z.looseObject({})),
    securitySchemes: z.record(z.string(), z.looseObject({})),
  }),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
})

// As it travels: what JSON leaves out is not there.
const text = JSON.stringify(await describeApi())
const document = documentSchema.parse(JSON.parse(text))

const OPERATIONS = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(
    ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
  ),
)

/** Commands that need no words beside the address. */
const WITHOUT_BODY = [
  'POST /leads/{id}/claim',
  'POST /leads/{id}/release',
  'POST /leads/{id}/reopen',
  'POST /unread-leads/{leadId}/retry',
  'POST /conversions/{leadId}/{stage}/retry',
]

const ERROR = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }

describe('the description of the API', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate(JSON.parse(text))).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('tells of every route', () => {
    const routes = [...api.routes, ...docs.routes]
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect(OPERATIONS.map(([name]) => name).sort()).toEqual([...new Set(routes)].sort())
  })

  it('gives every operation a name of its own', () => {
    const ids = OPERATIONS.map(([, { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('refers to nothing that is not there', () => {
    const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, one]) => one,
    )
    expect([...text.matchAll(/"\$ref"/g)]).toHaveLength(names.length)
    const known = Object.keys(document.components.schemas)
    expect(new Set(names)).toEqual(new Set(known))
  })

  it('lets in a key or a session', () => {
    expect(document.security).toEqual([{ key: [] }, { session: [] }])
    expect(Object.keys(document.components.securitySchemes)).toEqual(['key', 'session'])
  })
})

describe.each(OPERATIONS)('%s', (name, { parameters = [], requestBody, responses }) => {
  it('says what it answers', () => {
    const done = Object.entries(responses).filter(([status]) => /^[12]/.test(status))
    expect(done.length).toBeGreaterThan(0)
    for (const [status, { content: answer }] of done) {
      expect(answer === undefined).toBe(status === '204' || status === '101')
    }
  })

  it('answers every failure in the one envelope', () => {
    const failures = Object.entries(responses).filter(([status]) => !/^[12]/.test(status))
    expect(failures.map(([status]) => status)).toEqual(
      expect.arrayContaining(['400', '401', '403', '404', 'default']),
    )
    for (const [, { content: answer }] of failures) expect(answer).toEqual(ERROR)
  })

  it('names what its address carries', () => {
    const inAddress = [...name.matchAll(/\{(\w+)\}/g)].map(([, one]) => one)
    const told = parameters.filter((one) => one.in === 'path').map((one) => one.name)
    expect(told).toEqual(inAddress)
  })

  it('says what it takes', () => {
    const takesBody = /^(POST|PATCH|PUT) /.test(name) && !WITHOUT_BODY.includes(name)
    expect(Object.keys(requestBody?.content ?? {})).toEqual(takesBody ? ['application/json'] : [])
  })
})
