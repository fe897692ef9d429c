import { z } from 'zod'
import { metaJson } from '../json.ts'
import type { GraphAnswer, GraphRequest, Method } from './call.ts'
import { GraphError } from './errors.ts'
import { TransportFault } from './faults.ts'
import type { Params } from './params.ts'

const MAX_REQUESTS = 50

const batchSchema = z.array(
  z.object({
    method: z.enum(['GET', 'POST', 'DELETE']),
    relative_url: z.string(),
    body: z.string().optional(),
  }),
)
type SubRequest = z.infer<typeof batchSchema>[number]

/** Whether a call to the root holds calls. */
export function isBatch(method: Method, path: string, params: Params): boolean {
  return method === 'POST' && path === '' && params.get('batch') !== undefined
}

/** Runs up to 50 calls in one; a call that timed out is null and has to be sent again. */
export async function runBatch(
  outer: GraphRequest,
  params: Params,
  answer: (request: GraphRequest) => Promise<GraphAnswer>,
): Promise<unknown[]> {
  const requests = params.json('batch', batchSchema) ?? []
  if (requests.length > MAX_REQUESTS) throw tooMany(requests.length)
  const withHeaders = params.get('include_headers') !== 'false'
  const results: unknown[] = []
  for (const request of requests) {
    results.push(await element(toRequest(request, outer, params), answer, withHeaders))
  }
  return results
}

async function element(
  request: GraphRequest,
  answer: (request: GraphRequest) => Promise<GraphAnswer>,
  withHeaders: boolean,
): Promise<unknown> {
  try {
    const { status, headers, body } = await answer(request)
    const listed = Object.entries(headers).map(([name, value]) => ({ name, value }))
    return {
      code: status,
      ...(withHeaders ? { headers: listed } : {}),
      body: metaJson(body),
    }
  } catch (error) {
    if (error instanceof TransportFault) return null
    throw error
  }
}

// A call without a token of its own uses that of the batch.
function toRequest(sub: SubRequest, outer: GraphRequest, params: Params): GraphRequest {
  const [path = '', query = ''] = sub.relative_url.split('?')
  const own = [...new URLSearchParams(query), ...new URLSearchParams(sub.body ?? '')]
  const inherited = own.some(([name]) => name === 'access_token')
    ? []
    : params.entries().filter(([name]) => name === 'access_token' || name === 'appsecret_proof')
  return {
    ...outer,
    method: sub.method,
    path: `/${path.replace(/^\//, '')}`,
    params: [...inherited, ...own],
    batched: true,
  }
}

function tooMany(count: number): GraphError {
  return new GraphError({
    code: 1,
    type: 'GraphBatchException',
    message: `Too many requests in batch message. Maximum batch size is ${MAX_REQUESTS} (${count} given)`,
  })
}
