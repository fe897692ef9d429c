import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { metaJson } from '../../../../dev/meta/json.ts'
import { proofOf } from '../../../../dev/meta/login/tokens.ts'
import { signatureOf } from '../../../../dev/meta/webhooks/body.ts'

const vectors = z
  .object({
    app_secret: z.string(),
    webhook: z.array(
      z.object({
        name: z.string(),
        raw_body: z.string(),
        'X-Hub-Signature-256': z.string(),
        'signature_if_reserialised_with_JSON.stringify': z.string(),
      }),
    ),
    appsecret_proof: z.object({ access_token: z.string(), proof: z.string() }),
  })
  .parse(JSON.parse(readFileSync('test/fixtures/meta/vectors.json', 'utf8')))

describe('the bytes that Meta signs', () => {
  it.each(vectors.webhook)('are written exactly as Meta writes them: $name', ({ raw_body }) => {
    expect(metaJson(JSON.parse(raw_body))).toBe(raw_body)
  })

  it.each(vectors.webhook)('carry the signature of the vector: $name', (vector) => {
    expect(signatureOf(vector.raw_body, vectors.app_secret)).toBe(vector['X-Hub-Signature-256'])
  })

  it('do not survive being parsed and written again by JSON.stringify', () => {
    const { raw_body, ...vector } = z.object(vectorShape).parse(vectors.webhook[1])
    const again = signatureOf(JSON.stringify(JSON.parse(raw_body)), vectors.app_secret)
    expect(again).toBe(vector['signature_if_reserialised_with_JSON.stringify'])
    expect(again).not.toBe(vector['X-Hub-Signature-256'])
  })

  it('escape a character outside the basic plane as two halves', () => {
    expect(metaJson('😀/я@')).toBe(String.raw`"\ud83d\ude00\/\u044f\u0040"`)
  })
})

const vectorShape = {
  raw_body: z.string(),
  'X-Hub-Signature-256': z.string(),
  'signature_if_reserialised_with_JSON.stringify': z.string(),
}

describe('appsecret_proof', () => {
  it('is that of the vector', () => {
    const { access_token, proof } = vectors.appsecret_proof
    expect(proofOf(access_token, vectors.app_secret)).toBe(proof)
  })
})
