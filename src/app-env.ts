import type { Caller } from './auth/caller.ts'
import type { Settings } from './settings.ts'

/** What every handler finds in its context. */
export interface AppEnv {
  Bindings: Env
  Variables: { settings: Settings; requestId: string; caller: Caller }
}
