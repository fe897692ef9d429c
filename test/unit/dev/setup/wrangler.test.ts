import { describe, expect, it } from 'vitest'
import { problemIn, readEntries } from '../../../../dev/setup/wrangler.ts'

describe('what wrangler says of a failure', () => {
  it('is taken from the error on, without its chatter', () => {
    const printed = `
 ⛅️ wrangler 4.156.2 (update available 4.164.0)
───────────────────────────────────────────────
Creating bucket 'targetbot-reports'...

\u001B[31m✘ \u001B[41;31m[\u001B[41;97mERROR\u001B[41;31m]\u001B[0m \u001B[1mA request to the Cloudflare API (/accounts/a1/r2/buckets) failed.\u001B[0m

  Please enable R2 through the Cloudflare Dashboard. [code: 10042]

  If you think this is a bug, please open an issue at: https://github.com/cloudflare/workers-sdk

🪵  Logs were written to "/root/.config/.wrangler/logs/wrangler.log"
`
    expect(problemIn(printed)).toBe(
      'A request to the Cloudflare API (/accounts/a1/r2/buckets) failed. Please enable R2 through the Cloudflare Dashboard. [code: 10042]',
    )
  })

  it('is all that was printed when no error is marked', () => {
    expect(problemIn('\n{"loggedIn":false}\n')).toBe('{"loggedIn":false}')
  })
})

describe('the file that wrangler writes', () => {
  it('tells the code of a refusal', () => {
    const text = `{"type":"wrangler-session","version":1}\n{"type":"command-failed","version":1,"code":10004,"message":"x"}\n`
    expect(readEntries(text)).toEqual({ apiCode: 10004, targets: [] })
  })

  it('tells where the Worker was deployed', () => {
    const text = `{"type":"deploy","version":1,"targets":["https://a.workers.dev"]}\n`
    expect(readEntries(text)).toEqual({ apiCode: null, targets: ['https://a.workers.dev'] })
  })

  it.each(['', '{"type":"deploy","version":1}\n', '{"type":"new-in-a-later-version"}\n'])(
    'may tell nothing: %j',
    (text) => {
      expect(readEntries(text)).toEqual({ apiCode: null, targets: [] })
    },
  )
})
