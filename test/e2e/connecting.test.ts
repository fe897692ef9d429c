import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Stage, until } from './stage.ts'

const FORM = '778812345678901'

let stage: Stage

beforeAll(async () => {
  stage = await Stage.set()
})

afterAll(async () => {
  await stage.clear()
})

const connectionSchema = z.object({ id: z.string(), name: z.string(), tokenType: z.string() })
const listSchema = z.object({ items: z.array(connectionSchema) })
const checksSchema = z.object({
  items: z.array(z.object({ name: z.string(), state: z.string(), reason: z.string().nullable() })),
})
const leadsSchema = z.object({
  items: z.array(z.object({ sourceRef: z.string().nullable(), details: z.string() })),
})

const connections = async () => listSchema.parse(await stage.admin.api('GET', '/connections')).items

async function checks(id: string) {
  return checksSchema.parse(await stage.admin.api('GET', `/connections/${id}/checks`)).items
}

describe('connections', () => {
  it('are well in everything, down to a lead that was left to see it arrive', async () => {
    const [person] = await connections()
    const items = await checks(person?.id ?? '')
    expect(items.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(items.at(-1)).toMatchObject({ name: 'webhook_arrives', state: 'ok' })
  })

  it('of a system user’s token serve on when the person leaves', async () => {
    const { meta } = stage.standIns
    const [person] = await connections()
    const token = meta.tokens.system().value
    const system = connectionSchema.parse(await stage.admin.api('POST', '/connections', { token }))
    expect(system.tokenType).toBe('SYSTEM_USER')
    expect(await stage.admin.api('DELETE', `/connections/${person?.id}`)).toBeNull()
    await until(connections, (left) => left.length === 1)
    expect((await checks(system.id)).filter(({ state }) => state !== 'ok')).toEqual([])
    const id = meta.leads.submit(FORM)
    await until(
      async () => leadsSchema.parse(await stage.admin.api('GET', '/leads')).items,
      (leads) => leads.some((lead) => lead.sourceRef === id && lead.details === 'complete'),
    )
    expect(stage.printed.join('')).not.toContain(token)
    expect(await stage.admin.api('DELETE', `/connections/${system.id}`)).toBeNull()
    expect(await connections()).toEqual([])
    const told = meta.webhooks.deliveries.length
    meta.leads.submit(FORM)
    expect(meta.webhooks.deliveries).toHaveLength(told)
  })
})
