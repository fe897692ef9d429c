import { parseJson } from '../json.ts'
import { log } from '../log.ts'
import { hmacSha256 } from '../secrets.ts'
import type { MetaSettings } from '../settings.ts'
import { BAD_PROOF, type MetaTrouble, troubleOf } from './trouble.ts'
import { type Usage, usageOf } from './usage.ts'

const TIMEOUT_MS = 20_000

export interface GraphCall {
  /** Without version: `me/accounts`; empty for the batch endpoint, whose parts name the version. */
  path: string
  method?: 'GET' | 'POST' | 'DELETE'
  /** Query of a GET, form of a POST. */
  params?: Record<string, string>
  /** `null` for calls that carry their secret among the parameters. */
  token: string | null
}

/** What Meta answered, or why it did not; `UNREACHABLE` when there was no answer to read. */
export type GraphResult =
  | { ok: true; body: unknown; usage: Usage }
  | { ok: false; trouble: MetaTrouble; usage: Usage | null }

/**
 * One call to the Graph API, signed with `appsecret_proof`; the token goes in a header or a form, so
 * that it stands in no log. While the app's secret is being changed the previous one is tried too.
 * Never throws for what happens outside.
 */
export async function callGraph(meta: MetaSettings, call: GraphCall): Promise<GraphResult> {
  const result = await tryGraph(meta, call)
  const isBadProof = !result.ok && result.trouble.code === BAD_PROOF
  if (!isBadProof || meta.previousSecret === null) return result
  return tryGraph({ ...meta, appSecret: meta.previousSecret }, call)
}

async function tryGraph(meta: MetaSettings, call: GraphCall): Promise<GraphResult> {
  try {
    return await readAnswer(await fetch(await requestOf(meta, call)))
  } catch {
    // Refused, cut off or timed out: whatever it was, nobody answered. The cause may quote the URL.
    return { ok: false, trouble: { kind: 'transient', code: 'unreachable' }, usage: null }
  }
}

async function requestOf(
  meta: MetaSettings,
  { path, method = 'GET', params = {}, token }: GraphCall,
): Promise<Request> {
  const url = new URL(
    path === '' ? `${meta.graphRoot}/` : `${meta.graphRoot}/${meta.version}/${path}`,
  )
  const form = new URLSearchParams(params)
  const headers = new Headers()
  if (token !== null) {
    // A batch takes the token of its calls from the form (Meta: batch requests).
    if (path === '') form.set('access_token', token)
    else headers.set('authorization', `Bearer ${token}`)
    form.set('appsecret_proof', await hmacSha256(meta.appSecret, token))
  }
  if (method !== 'POST') url.search = form.toString()
  return new Request(url, {
    method,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(method === 'POST' ? { body: form } : {}),
  })
}

async function readAnswer(response: Response): Promise<GraphResult> {
  const usage = usageOf(response.headers)
  const warning = response.headers.get('x-ad-api-version-warning')
  if (warning !== null) log('warn', 'meta.old_version', { code: warning.slice(0, 100) })
  const body = parsed(await response.text())
  if (response.ok && body !== undefined) return { ok: true, body, usage }
  const trouble = troubleOf(response.status, body)
  const trace = response.headers.get('x-fb-trace-id') ?? ''
  log('warn', 'meta.refused', { code: `${trouble.kind} ${trouble.code} ${trace}`.trim() })
  if (trouble.kind !== 'throttled') return { ok: false, trouble, usage }
  const minutes = usage.minutes ?? trouble.minutes
  return { ok: false, trouble: { ...trouble, minutes }, usage }
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    // An HTML page of some proxy: `troubleOf` takes it for a broken answer.
    return undefined
  }
}
