import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll } from 'vitest'
import { closeTheDoor } from './outside.ts'

closeTheDoor()

beforeAll(async () => {
  const { TEST_MIGRATIONS } = env as Env & { TEST_MIGRATIONS: D1Migration[] }
  await applyD1Migrations(env.DB, TEST_MIGRATIONS)
})
