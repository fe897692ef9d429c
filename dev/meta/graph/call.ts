import type { Token } from '../state.ts'
import type { Params } from './params.ts'

/** The methods that Graph has. */
export type Method = 'GET' | 'POST' | 'DELETE'

/** A call as it arrived, freed from HTTP; a batch makes several of them. */
export interface GraphRequest {
  method: Method
  /** Below the root of the API, e.g. `/v26.0/me/accounts`. */
  path: string
  params: readonly [string, string][]
  /** From the Authorization header. */
  bearer: string | undefined
  /** The root of the API as the caller knows it, for links in answers. */
  root: string
  batched: boolean
}

/** What goes back over HTTP. */
export interface GraphAnswer {
  status: number
  headers: Record<string, string>
  body: unknown
}

/** Who calls: the app itself with its id and secret, or somebody's token. */
export type Caller = { kind: 'app' } | Token

/** One Graph call after its token was accepted. */
export interface Call {
  method: Method
  params: Params
  caller: Caller
  /** The absolute address of what is asked, without its query: `paging.next` continues from it. */
  address: string
  /** A fault that the answer itself has to show. */
  quirk: 'empty_page' | undefined
}

/** What a method of an edge does with an object; the key is `GET` or `GET insights`. */
export type Edges<T> = Record<string, (object: T, call: Call) => unknown>

/** The edges of one object, ready to be called. */
export type BoundEdges = (key: string) => ((call: Call) => unknown) | undefined

/** The edges of a kind of object, for one such object. */
export function bind<T>(edges: Edges<T>, object: T): BoundEdges {
  return (key) => {
    const edge = edges[key]
    return edge && ((call) => edge(object, call))
  }
}
