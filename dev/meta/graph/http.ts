import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { basePath } from 'hono/route'
import { z } from 'zod'
import { metaJson } from '../json.ts'
import type { GraphRequest, Method } from './call.ts'
import { TransportFault } from './faults.ts'
import type { Graph } from './graph.ts'
import { flatten } from './params.ts'

/** Without bindings the stand-in runs in-process, and no socket can be cut. */
export type Env = { Bindings: Partial<HttpBindings> }

/** Carries calls in and answers out, and acts out the faults that are no answers. */
export function graphHandler(graph: Graph, closed: AbortSignal) {
  return async (c: Context<Env>): Promise<Response> => {
    try {
      const { status, headers, body } = await graph.answer(await read(c))
      const type = { 'content-type': 'application/json; charset=UTF-8' }
      return new Response(metaJson(body), { status, headers: { ...headers, ...type } })
    } catch (error) {
      if (error instanceof TransportFault) return misbehave(c, error.kind, closed)
      throw error
    }
  }
}

const METHODS: Record<string, Method> = { GET: 'GET', POST: 'POST', DELETE: 'DELETE' }

async function read(c: Context<Env>): Promise<GraphRequest> {
  const { req } = c
  const base = basePath(c).replace(/\/$/, '')
  const url = new URL(req.url)
  const bearer = /^Bearer (.+)$/i.exec(req.header('authorization') ?? '')?.[1]
  return {
    method: METHODS[req.method] ?? 'GET',
    path: url.pathname.slice(base.length),
    params: [...url.searchParams, ...(await bodyParams(c))],
    bearer,
    root: `${url.origin}${base}`,
    batched: false,
  }
}

async function bodyParams({ req }: Context<Env>): Promise<[string, string][]> {
  if (req.method === 'GET') return []
  const type = req.header('content-type') ?? ''
  if (type.includes('json')) {
    const body: unknown = await req.json().catch(() => ({}))
    return flatten(z.record(z.string(), z.unknown()).catch({}).parse(body))
  }
  if (!type.includes('form')) return []
  const form = await req.parseBody()
  return Object.entries(form).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  )
}

async function misbehave(
  c: Context<Env>,
  kind: TransportFault['kind'],
  closed: AbortSignal,
): Promise<Response> {
  switch (kind.is) {
    case 'html':
      return new Response('<html><body><h1>Sorry, something went wrong.</h1></body></html>', {
        status: kind.status,
        headers: { 'content-type': 'text/html; charset=utf-8' },
      })
    case 'hang':
      await aborted(AbortSignal.any([c.req.raw.signal, closed]))
      return cut(c)
    case 'drop':
      return cut(c)
    case 'garbage':
    case 'null':
      // A null element exists only in a batch; alone it is as good as garbage.
      return new Response('{"data":[{"id":"12021000000000', {
        headers: { 'content-type': 'application/json; charset=UTF-8' },
      })
    default:
      return kind satisfies never
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function cut({ env }: Context<Env>): Response {
  const outgoing = env?.outgoing
  if (!outgoing) throw new TypeError('fetch failed: the connection was cut')
  outgoing.destroy()
  return RESPONSE_ALREADY_SENT
}
