import { hc } from 'hono/client'
import type { Api } from '../../../src/routes/api.ts'

/** The Worker's API, typed by the Worker itself. */
export const api = hc<Api>('/api')
