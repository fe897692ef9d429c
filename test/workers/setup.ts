import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll } from 'vitest'
import { closeTheDoor } from './outside.ts'

closeTheDoor()

beforeAll(async () => {
  const { TEST_MIGRATIONS } = env as Env & { TEST_MIGRATIONS: D1Migration[] }
  await applyD1Migrations(env.DB, TEST_MIGRATIONS)
})

/** What all of a file's objects are found by: whoever goes through these meets none of them after it. */
const FOUND_BY = ['connections', 'members', 'users', 'parked', "projects WHERE id <> 'main'"]

afterAll(() => env.DB.batch(FOUND_BY.map((rows) => env.DB.prepare(`DELETE FROM ${rows}`))))
