import { randomBytes } from 'node:crypto'
import { type Core, secondsNow } from '../core.ts'
import { accessToken, debugToken, revoke } from '../login/oauth.ts'
import { checkProof, identify } from '../login/tokens.ts'
import { isBatch, runBatch } from './batch.ts'
import { metersFor } from './billing.ts'
import type { Call, Caller, GraphAnswer, GraphRequest } from './call.ts'
import { envelope, GraphError, graphError, nobody } from './errors.ts'
import { type Faults, suffer, TransportFault } from './faults.ts'
import { Params } from './params.ts'
import type { Meter } from './quotas.ts'
import type { CallLog } from './recorded-calls.ts'
import type { Target } from './targets.ts'
import type { Usage } from './usage.ts'
import { checkVersion, splitVersion, versionHeaders } from './versions.ts'

interface Deps {
  core: Core
  faults: Faults
  usage: Usage
  log: CallLog
  find: (id: string) => Target | undefined
}

// What becomes known on the way to an answer, and shows in its headers even when it is a refusal.
interface Trail {
  meters: readonly Meter[]
  marketing: boolean
}

const MAX_IDS = 50

/** The Graph API apart from HTTP. */
export class Graph {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Answers a call and writes it down; throws only a TransportFault, for the carrier to act out. */
  async answer(request: GraphRequest): Promise<GraphAnswer> {
    const { log, core } = this.#deps
    const trail: Trail = { meters: [], marketing: false }
    const traceId = randomBytes(8).toString('base64url')
    const at = core.now()
    try {
      const body = await this.#run(request, trail)
      log.add(request, { at, status: 200 })
      return { status: 200, headers: this.#headers(request, trail, traceId), body }
    } catch (error) {
      if (error instanceof TransportFault) log.add(request, { at, status: 0 })
      if (!(error instanceof GraphError)) throw error
      log.add(request, { at, status: error.status, code: error.code, subcode: error.subcode })
      const headers = { ...this.#headers(request, trail, traceId), ...challenge(error) }
      return { status: error.status, headers, body: envelope(error, traceId) }
    }
  }

  async #run(request: GraphRequest, trail: Trail): Promise<unknown> {
    const { core, faults } = this.#deps
    const { version, segments } = splitVersion(request.path)
    const params = new Params(request.params)
    const path = segments.join('/')
    const quirk = await suffer(faults.take(request.method, path))
    if (path === 'oauth/access_token') return accessToken(core, params)
    if (path === 'oauth/revoke') return revoke(core, params)
    if (isBatch(request.method, path, params)) {
      return runBatch(request, params, (one) => this.answer(one))
    }
    const caller = this.#callerOf(request, params, segments)
    const visit = { ...request, params, caller, quirk, version }
    if (path === 'debug_token') return debugToken(core, { ...visit, address: '' })
    const ids = params.list('ids')
    return ids ? this.#visitAll(ids, segments, visit, trail) : this.#visit(segments, visit, trail)
  }

  #callerOf(request: GraphRequest, params: Params, [first]: readonly string[]): Caller {
    const { core } = this.#deps
    const value = params.get('access_token') ?? request.bearer
    if (value === undefined) {
      if (first === 'me') throw nobody()
      throw graphError(104, undefined, 'An access token is required to request this resource.')
    }
    const caller = identify(core, value)
    const proof = params.get('appsecret_proof')
    if (caller.kind !== 'app' || proof !== undefined) checkProof(core, value, proof)
    return caller
  }

  // Meta: one bad id fails them all.
  async #visitAll(
    ids: readonly string[],
    segments: readonly string[],
    visit: Visit,
    trail: Trail,
  ): Promise<unknown> {
    if (ids.length > MAX_IDS) throw graphError(100, undefined, '(#100) Too many ids')
    const answers: [string, unknown][] = []
    for (const id of ids) answers.push([id, await this.#visit([id, ...segments], visit, trail)])
    return Object.fromEntries(answers)
  }

  #visit(segments: readonly string[], visit: Visit, trail: Trail): unknown {
    const { core, find, usage } = this.#deps
    const [id = '', edge = '', extra, ...rest] = segments
    const target = find(ownId(id, visit.caller))
    if (!target && !/^(act_)?\d+$/.test(id)) throw unknownPath(segments)
    trail.marketing = target?.marketing ?? false
    checkVersion(visit.version, { marketing: trail.marketing, now: core.now() })
    if (!target) throw missing(id)
    trail.meters = metersFor(core, target.billOf(edge), visit.method)
    usage.charge(trail.meters)
    const run = target.edges(edge ? `${visit.method} ${edge}` : visit.method)
    if (!run) throw edge ? unknownPath(segments.slice(1)) : missing(id)
    // Only `me/permissions/<scope>` is deeper than an edge.
    if (rest.length > 0 || (extra !== undefined && edge !== 'permissions')) {
      throw unknownPath(segments.slice(2))
    }
    const deeper: [string, string][] = extra === undefined ? [] : [['permission', extra]]
    return run({
      ...visit,
      params: new Params([...visit.params.entries(), ...deeper]),
      address: [visit.root, visit.version, id, edge].filter(Boolean).join('/'),
    })
  }

  #headers(request: GraphRequest, trail: Trail, traceId: string): Record<string, string> {
    const { core, usage } = this.#deps
    const { version } = splitVersion(request.path)
    return {
      ...versionHeaders(version, { marketing: trail.marketing, now: core.now() }),
      ...usage.headers(trail.meters),
      'x-fb-trace-id': traceId,
      'x-fb-request-id': `${secondsNow(core)}${traceId}`,
    }
  }
}

type Visit = Omit<Call, 'address'> & { version: string; root: string }

function ownId(id: string, caller: Caller): string {
  if (id !== 'me') return id
  if (caller.kind === 'app') throw nobody()
  return caller.pageId ?? caller.userId
}

function unknownPath(segments: readonly string[]): GraphError {
  return graphError(2500, undefined, `Unknown path components: /${segments.join('/')}`)
}

function missing(id: string): GraphError {
  const { message } = graphError(100, 33)
  return graphError(100, 33, message.replace('Object', `Object with ID '${id}'`))
}

function challenge({ code, message }: GraphError): Record<string, string> {
  const kind = code === 190 || code === 102 ? 'invalid_token' : 'invalid_request'
  return { 'www-authenticate': `OAuth "Facebook Platform" "${kind}" "${ascii(message)}"` }
}

const ascii = (text: string) => text.replaceAll(/[^ -~]|"/g, '?')
