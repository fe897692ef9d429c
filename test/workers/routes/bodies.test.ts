import { exports } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { leadSchema } from '../../../src/lead.ts'
import { openOutside } from '../outside.ts'
import { ask, errorOf, newKey, ORIGIN, read } from '../worker.ts'

let key: string

beforeEach(async () => {
  openOutside()
  key = (await newKey('admin')).key
})

const LEAD = JSON.stringify({ name: 'Aziza', contact: '+998901234567' })

/** A body whose length nobody has said before. */
function stream(text: string): ReadableStream {
  return new Response(text).body as ReadableStream
}

async function send(body: BodyInit, type: string): Promise<Response> {
  const headers = { 'x-auth-key': key, 'content-type': type }
  return exports.default.fetch(
    new Request(`${ORIGIN}/api/leads`, { method: 'POST', headers, body }),
  )
}

describe('a body', () => {
  it.each(['application/json', 'Application/JSON', 'application/json; charset=utf-8'])(
    'is taken as %s',
    async (type) => {
      expect((await send(LEAD, type)).status).toBe(201)
    },
  )

  it.each(['text/plain', 'application/jsonp', 'multipart/form-data'])(
    'is not taken as %s, with a length and without',
    async (type) => {
      for (const body of [LEAD, stream(LEAD)]) {
        const response = await send(body, type)
        expect(response.status).toBe(415)
        expect(await errorOf(response)).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' })
      }
    },
  )

  it('may hold half a character, which goes no further', async () => {
    const body = '{"name":"A\\ud800B","contact":"+998901234567","note":"\\udc00"}'
    const lead = await read(leadSchema, await ask('POST', '/api/leads', { key, body }))
    expect(lead).toMatchObject({ name: 'A\ufffdB', notes: [{ text: '\ufffd' }] })
  })

  it('that is no JSON is said to be none', async () => {
    const response = await send('{"name":', 'application/json')
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ code: 'INVALID_JSON' })
  })
})
