import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AD, CAMPAIGN, connected, SCHOOL, SCHOOL_FORM, TASHKENT } from './stand-in.ts'

const elements = z.array(
  z
    .object({
      code: z.number(),
      headers: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
      body: z.string(),
    })
    .nullable(),
)

type Stand = ReturnType<typeof connected>

async function batch(stand: Stand, urls: readonly string[], extra = {}) {
  const requests = urls.map((relative_url) => ({ method: 'GET', relative_url }))
  const { body } = await stand.post('/', { batch: requests, ...extra }, stand.user)
  return elements.parse(body)
}

const parsed = (body: string | undefined): unknown => JSON.parse(body ?? 'null')

describe('a batch', () => {
  it('answers every call with its own code, headers and a body of text', async () => {
    const stand = connected()
    const urls = [`v26.0/${CAMPAIGN}?fields=name`, 'me?fields=id', '12345']
    const [campaign, me, missing] = await batch(stand, urls)
    expect(campaign?.code).toBe(200)
    expect(parsed(campaign?.body)).toMatchObject({ id: CAMPAIGN })
    expect(campaign?.headers?.map(({ name }) => name)).toContain('x-business-use-case-usage')
    expect(parsed(me?.body)).toMatchObject({ id: '10231234567890123' })
    expect(missing?.code).toBe(400)
    expect(parsed(missing?.body)).toMatchObject({ error: { code: 100, error_subcode: 33 } })
  })

  it('leaves the headers out when told so', async () => {
    const stand = connected()
    const [me] = await batch(stand, ['me'], { include_headers: 'false' })
    expect(me).not.toHaveProperty('headers')
  })

  it('holds null for a call that timed out', async () => {
    const stand = connected()
    stand.meta.faults.add({ path: CAMPAIGN, times: 1, kind: { is: 'null' } })
    const urls = ['me', CAMPAIGN, AD]
    expect((await batch(stand, urls)).map((element) => element?.code ?? null)).toEqual([
      200,
      null,
      200,
    ])
    expect((await batch(stand, urls))[1]?.code).toBe(200)
  })

  it('counts each of its calls', async () => {
    const stand = connected({ accessTier: 'limited' })
    await batch(stand, [CAMPAIGN, AD, `${TASHKENT}/insights`])
    expect(stand.meta.scoreOf('998877665544332')).toBe(3)
    expect(stand.meta.calls.filter(({ batched }) => batched)).toHaveLength(3)
  })

  it('changes things too, with tokens of its own', async () => {
    const stand = connected()
    const own = new URLSearchParams({
      access_token: stand.page,
      appsecret_proof: stand.meta.tokens.proof(stand.page),
    }).toString()
    const requests = [
      { method: 'POST', relative_url: CAMPAIGN, body: 'status=PAUSED' },
      { method: 'GET', relative_url: `${CAMPAIGN}?fields=status` },
      { method: 'GET', relative_url: `${SCHOOL}/leadgen_forms?${own}` },
    ]
    const { body } = await stand.post('/v26.0/', { batch: requests }, stand.user)
    const [, campaign, forms] = elements.parse(body)
    expect(parsed(campaign?.body)).toMatchObject({ status: 'PAUSED' })
    expect(forms?.code).toBe(200)
  })

  it('holds at most fifty calls', async () => {
    const stand = connected()
    const urls = Array.from({ length: 51 }, () => 'me')
    expect(await batch(stand, urls.slice(1))).toHaveLength(50)
    const requests = urls.map((relative_url) => ({ method: 'GET', relative_url }))
    const refused = await stand.post('/', { batch: requests }, stand.user)
    expect(refused.error().type).toBe('GraphBatchException')
  })
})

describe('many ids at once', () => {
  it('are answered by id', async () => {
    const stand = connected()
    const ids = stand.meta.leads.submitMany(SCHOOL_FORM, 3)
    const params = { ids: ids.join(','), fields: 'form_id' }
    const answer = (await stand.get('/v26.0/', params, stand.user)).json()
    expect(answer).toEqual(Object.fromEntries(ids.map((id) => [id, { id, form_id: SCHOOL_FORM }])))
  })

  it('can all be asked for the same edge', async () => {
    const stand = connected()
    const answer = await stand.get('insights', { ids: `${CAMPAIGN},${AD}` }, stand.user)
    expect(answer.json()).toEqual({ [CAMPAIGN]: { data: [] }, [AD]: { data: [] } })
  })

  it('are all refused for one that is missing, and for more than fifty', async () => {
    const stand = connected()
    const missing = await stand.get('/v26.0/', { ids: `${CAMPAIGN},12345` }, stand.user)
    expect(missing.error().error_subcode).toBe(33)
    const ids = Array.from({ length: 51 }, () => CAMPAIGN).join(',')
    expect((await stand.get('/v26.0/', { ids }, stand.user)).error().code).toBe(100)
  })
})
