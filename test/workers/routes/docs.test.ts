import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ask, newKey } from '../worker.ts'

/** Addresses in an attribute of the page. */
function addressesIn(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address)
}

describe('the description of the API', () => {
  it('is for everybody who may do anything', async () => {
    const { key } = await newKey('partner')
    const response = await ask('GET', '/api/openapi.json', { key })
    expect(response.status).toBe(200)
    expect(z.looseObject({ openapi: z.string() }).parse(await response.json()).openapi).toBe(
      '3.1.0',
    )
  })
})

describe('the pages of the API', () => {
  it('are for everybody who may do anything', async () => {
    const { key } = await newKey('partner')
    const response = await ask('GET', '/api/docs', { key })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/html')
  })

  it('take nothing from elsewhere', async () => {
    const { key } = await newKey('partner')
    const response = await ask('GET', '/api/docs', { key })
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/)
    const html = await response.text()
    expect(addressesIn(html).length).toBeGreaterThan(2)
    for (const address of addressesIn(html)) expect(address).toMatch(/^\/portal\//)
    expect(html).not.toMatch(/<script>|<style|style="|\son\w+="/)
  })
})
