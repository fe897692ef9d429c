import type { Context } from 'hono'
import type { AppEnv } from './app-env.ts'

/** The Worker's own address, without a slash at its end: as configured, else as it was called. */
export function publicUrlOf(c: Context<AppEnv>): string {
  return c.var.settings.PUBLIC_URL ?? new URL(c.req.url).origin
}
