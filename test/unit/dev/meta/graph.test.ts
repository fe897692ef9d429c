import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { graphError } from '../../../../dev/meta/graph/errors.ts'
import { CAMPAIGN, connected, MINUTE, SCHOOL, standIn, TASHKENT } from './stand-in.ts'

const codes = z
  .array(z.object({ code: z.number(), subcode: z.number().nullable(), name: z.string() }))
  .parse(JSON.parse(readFileSync('test/fixtures/meta/error-codes.json', 'utf8')))
  // Reports alone fail with negative codes: those are in the report, not in a refusal.
  .filter(({ code }) => code > 0)

describe('a refusal', () => {
  it.each(codes)('can be $code/$subcode: $name', async ({ code, subcode }) => {
    const stand = connected()
    const kind = { is: 'error', code, ...(subcode === null ? {} : { subcode }) } as const
    stand.meta.faults.add({ times: 1, kind })
    const answer = await stand.get('me', {}, stand.user)
    const error = answer.error()
    expect(error.code).toBe(code)
    expect(error.error_subcode ?? null).toBe(subcode)
    expect(error.message).not.toBe(`(#${code}) Error`)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.headers.get('www-authenticate')).toMatch(/^OAuth "Facebook Platform" /)
    expect((await stand.get('me', {}, stand.user)).status).toBe(200)
  })

  it('names what it needs even for a code that is in no table', () => {
    expect(graphError(31337)).toMatchObject({ code: 31337, status: 400 })
  })

  it.each([
    ['an unknown path', 'weather', 2500],
    ['an unknown edge', 'me/friends', 2500],
    ['a path that goes on too long', `${CAMPAIGN}/insights/x`, 2500],
    ['an edge of another kind of object', `${CAMPAIGN}/leadgen_forms`, 2500],
    ['an object that is not there', '12345', 100],
  ])('of %s is %s: %s', async (_case, path, code) => {
    const stand = connected()
    const error = (await stand.get(path, {}, stand.user)).error()
    expect(error.code).toBe(code)
  })

  it('of a method that an object has not is that of a missing object', async () => {
    const stand = connected()
    expect((await stand.remove(CAMPAIGN, {}, stand.user)).error()).toMatchObject({
      code: 100,
      error_subcode: 33,
    })
  })
})

const ask = async (path: string) => {
  const stand = connected()
  return stand.get(path, {}, stand.user)
}

const statusOn = async (date: string) => {
  const stand = connected({ now: () => Date.parse(date) })
  return (await stand.get(`/v24.0/${TASHKENT}`, {}, stand.user)).status
}

describe('a version', () => {
  it('may be left out, or be the current one', async () => {
    for (const path of ['/me', '/v26.0/me']) {
      const answer = await ask(path)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('facebook-api-version')).toBe('v26.0')
    }
  })

  it.each(['v24.0', 'v23.0', 'v21.0', 'v27.0', 'v2.0'])(
    'is refused with 2635 by the Marketing API when it is %s',
    async (version) => {
      expect((await ask(`/${version}/${TASHKENT}/insights`)).error().code).toBe(2635)
    },
  )

  it('that the Marketing API has buried may still be good for the rest', async () => {
    expect((await ask(`/v24.0/${SCHOOL}`)).status).toBe(200)
    expect((await ask(`/v27.0/${SCHOOL}`)).error().code).toBe(2500)
  })

  it('that may end soon says so in a header, from the day on which it may', async () => {
    const header = 'x-ad-api-version-warning'
    const old = await ask(`/v25.0/${TASHKENT}/insights`)
    expect(old.status).toBe(200)
    expect(old.headers.get(header)).toContain('v26.0')
    const current = await ask(`${TASHKENT}/insights`)
    expect(current.headers.get(header)).toBeNull()
    const before = connected({ now: () => Date.parse('2026-10-26T00:00:00Z') })
    const answer = await before.get(`/v25.0/${TASHKENT}/insights`, {}, before.user)
    expect(answer.headers.get(header)).toBeNull()
  })

  it('dies on its day', async () => {
    expect(await statusOn('2026-10-05T23:59:59Z')).toBe(200)
    expect(await statusOn('2026-10-06T00:00:00Z')).toBe(400)
  })
})

const raw = (stand: ReturnType<typeof connected>, path = 'me') => {
  const query = new URLSearchParams({
    access_token: stand.user,
    appsecret_proof: stand.meta.tokens.proof(stand.user),
  })
  return stand.meta.app.request(`http://meta.test/v26.0/${path}?${query.toString()}`)
}

describe('a fault', () => {
  it('can be a page of HTML with an HTTP error', async () => {
    const stand = connected()
    stand.meta.faults.add({ times: 1, kind: { is: 'html', status: 502 } })
    const answer = await raw(stand)
    expect(answer.status).toBe(502)
    expect(await answer.text()).toContain('<html>')
  })

  it('can be half a document', async () => {
    const stand = connected()
    stand.meta.faults.add({ times: 1, kind: { is: 'garbage' } })
    const answer = await raw(stand)
    expect(answer.status).toBe(200)
    await expect(answer.json()).rejects.toThrow(SyntaxError)
  })

  it('can be a cut connection, which in-process is a rejected call', async () => {
    const stand = connected()
    stand.meta.faults.add({ times: 1, kind: { is: 'drop' } })
    await expect(raw(stand)).rejects.toThrow('the connection was cut')
  })

  it('can hold an answer back until the stand-in closes', async () => {
    const stand = connected()
    stand.meta.faults.add({ kind: { is: 'hang' } })
    const call = raw(stand)
    await stand.meta.when(() => stand.meta.calls.length === 1)
    expect(stand.meta.calls[0]).toMatchObject({ status: 0 })
    stand.meta.close()
    await expect(call).rejects.toThrow('the connection was cut')
  })

  it('can be a delay', async () => {
    const stand = connected()
    stand.meta.faults.add({ kind: { is: 'delay', ms: 1 } })
    expect((await raw(stand)).status).toBe(200)
  })

  it('hits the path, method and number of calls it was ordered for', async () => {
    const stand = connected()
    const kind = { is: 'error', code: 2 } as const
    stand.meta.faults.add({ path: 'insights', method: 'GET', times: 2, kind })
    expect((await stand.get('me', {}, stand.user)).status).toBe(200)
    const path = `${TASHKENT}/insights`
    const codes: number[] = []
    for (let call = 0; call < 3; call += 1) {
      codes.push((await stand.get(path, {}, stand.user)).status)
    }
    expect(codes).toEqual([500, 500, 200])
  })

  it('lasts its time, or until it is cancelled', async () => {
    const stand = connected()
    const status = async () => (await stand.get('me', {}, stand.user)).status
    stand.meta.faults.add({ forMs: MINUTE, kind: { is: 'error', code: 2 } })
    expect(await status()).toBe(500)
    await stand.advance(MINUTE)
    expect(await status()).toBe(200)
    const cancel = stand.meta.faults.add({ kind: { is: 'error', code: 2 } })
    expect(await status()).toBe(500)
    cancel()
    expect(await status()).toBe(200)
    stand.meta.faults.add({ kind: { is: 'error', code: 2 } })
    stand.meta.faults.clear()
    expect(await status()).toBe(200)
  })
})

describe('an answer', () => {
  it('is escaped as Meta escapes it', async () => {
    const stand = connected()
    const query = new URLSearchParams({
      access_token: stand.user,
      appsecret_proof: stand.meta.tokens.proof(stand.user),
    })
    const answer = await stand.meta.app.request(`http://meta.test/me?${query.toString()}`)
    expect(await answer.text()).toContain(String.raw`\u0410\u043b\u0438\u0448\u0435\u0440`)
  })

  it('narrows nested fields and passes over modifiers', async () => {
    const stand = connected()
    const fields = 'id,questions.limit(2){key},locale'
    const form = (await stand.get('778812345678902', { fields }, stand.user)).json()
    expect(form).toMatchObject({ locale: 'uz_UZ', id: '778812345678902' })
    expect(form.questions).toContainEqual({ key: 'full_name' })
  })

  it('to nobody about nothing is a refusal, not a crash', async () => {
    const stand = standIn()
    expect((await stand.get('/')).status).toBe(400)
    expect((await stand.post('/', { batch: 'no' }, undefined)).body).toBeDefined()
  })
})
