import { applyD1Migrations, type D1Migration, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll } from 'vitest'
import { closeTheDoor } from './outside.ts'

closeTheDoor()

beforeAll(async () => {
  const { TEST_MIGRATIONS } = env as Env & { TEST_MIGRATIONS: D1Migration[] }
  await applyD1Migrations(env.DB, TEST_MIGRATIONS)
})

// What a file leaves behind would go on speaking in the next one.
afterAll(() => reset())
