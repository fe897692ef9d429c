import { introspectWorkflowInstance } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { startAll } from '../../../src/start-once.ts'
import { startDue } from '../../../src/schedule/start-due.ts'
import { deleteConnection, upsertConnection } from '../../../src/store/connections.ts'
import { openOutside } from '../outside.ts'
import { newId } from '../updates.ts'

const HOUR = Date.parse('2026-11-22T07:00:00Z')

// What other tests have left is not due here.
beforeEach(() => env.DB.exec('delete from connections'))

/** A connection whose page nobody serves: what is started for it fails. */
async function connection(state: 'alive' | 'dead'): Promise<{ id: string; pageId: string }> {
  const [id, pageId] = [String(newId()), String(newId())]
  await upsertConnection(env.DB, {
    id,
    name: 'Owner',
    tokenType: 'USER',
    state,
    problem: null,
    expiresAt: null,
    dataAccessExpiresAt: null,
    scopes: [],
    pages: [{ id: pageId, name: 'Page', subscribed: true, lost: null }],
    adAccounts: [],
    checkedAt: '2026-11-22T06:00:00.000Z',
  })
  return { id, pageId }
}

describe('a nightly run', () => {
  it('that has failed is run again in a later hour, and not before', async () => {
    openOutside()
    const { id, pageId } = await connection('alive')
    const name = `reconcile7_${pageId}_20261122`
    await using instance = await introspectWorkflowInstance(env.RECONCILE_LEADS, name)
    await startDue(env, HOUR, 'Asia/Tashkent')
    await instance.waitForStatus('errored')
    const running = await env.RECONCILE_LEADS.get(name)
    await startDue(env, HOUR + 30 * 60_000, 'Asia/Tashkent')
    expect((await running.status()).status).toBe('errored')
    await startDue(env, HOUR + 60 * 60_000, 'Asia/Tashkent')
    expect((await running.status()).status).not.toBe('errored')
    await deleteConnection(env.DB, id)
  })
})

describe('a connection that has died', () => {
  it('starts nothing', async () => {
    const { id, pageId } = await connection('dead')
    await startDue(env, HOUR, 'Asia/Tashkent')
    await deleteConnection(env.DB, id)
    await expect(env.RECONCILE_LEADS.get(`reconcile7_${pageId}_20261122`)).rejects.toThrow(
      'not_found',
    )
  })
})

describe('many instances', () => {
  type Batch = { instances: { id: string; params: number }[] }

  /** Workflows of which only this is asked; every hundredth call of it fails as it is told. */
  function workflow(answer: (batch: Batch['instances']) => { index: number; code: number }[]) {
    const batches: number[] = []
    const createBatch = async ({ instances }: Batch) => {
      batches.push(instances.length)
      return { errors: answer(instances) }
    }
    return { batches, workflow: { createBatch } }
  }

  const many = Array.from({ length: 250 }, (_, n) => ({ id: `i${n}`, params: n }))

  it('are started a hundred at a time, each once', async () => {
    const { batches, workflow: all } = workflow(() => [])
    expect(await startAll(all, [...many, ...many])).toEqual({ before: [], failed: 0 })
    expect(batches).toEqual([100, 100, 50])
  })

  it('keep back none of the others when some do not start', async () => {
    const { batches, workflow: all } = workflow((batch) => {
      if (batch[0]?.id === 'i0') throw new Error('internal error')
      return [
        { index: 0, code: 10405 },
        { index: 1, code: 10001 },
      ]
    })
    expect(await startAll(all, many)).toEqual({ before: ['i100', 'i200'], failed: 102 })
    expect(batches).toHaveLength(3)
  })
})
