import type { MetaTrouble } from './trouble.ts'

/**
 * What a Connection answers those who asked it to call Meta. A failure says what it means to them:
 * - `dead`: nobody can be asked until a person connects again.
 * - `later`: Meta or we ask to wait until `at` (ms).
 * - the rest as in `MetaTrouble`.
 */
export type MetaAnswer<Value> = { ok: true; value: Value } | MetaFailure

export type MetaFailure =
  | { ok: false; kind: 'later'; code: string; at: number }
  | { ok: false; kind: Exclude<MetaTrouble['kind'], 'throttled'>; code: string }
