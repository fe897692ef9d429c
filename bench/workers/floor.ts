import { DurableObject } from 'cloudflare:workers'

interface FloorEnv {
  ONE: DurableObjectNamespace<One>
  SECRET: string
  TELEGRAM: string
}

/** An object with one table, that writes one row when it is told. */
export class One extends DurableObject<FloorEnv> {
  constructor(ctx: DurableObjectState, env: FloorEnv) {
    super(ctx, env)
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body TEXT)')
  }

  put(body: string): void {
    this.ctx.storage.sql.exec('INSERT INTO row (body) VALUES (?)', body)
  }
}

/**
 * The least that the same job can cost on the same runtime.
 * `POST /f1`: verifies a signature and writes one row to one warm object.
 * `POST /f2?count=`: creates that many new objects with one row each.
 * `POST /f3/<method>`: calls that method of the Bot API with the body.
 */
export default {
  async fetch(request, env) {
    const url = new URL(request.url)
    if (url.pathname === '/f1') return signed(request, env)
    if (url.pathname.startsWith('/f3/')) {
      const method = url.pathname.slice('/f3/'.length)
      const headers = { 'content-type': 'application/json' }
      const body = await request.text()
      return fetch(`${env.TELEGRAM}/bot1:x/${method}`, { method: 'POST', headers, body })
    }
    const count = Number(url.searchParams.get('count') ?? 1)
    for (let made = 0; made < count; made += TOGETHER) {
      const some = Array.from({ length: Math.min(TOGETHER, count - made) }, () =>
        env.ONE.getByName(crypto.randomUUID()).put('x'),
      )
      await Promise.all(some)
    }
    return new Response('made')
  },
} satisfies ExportedHandler<FloorEnv>

const TOGETHER = 50

let key: CryptoKey | null = null

async function signed(request: Request, env: FloorEnv): Promise<Response> {
  const bytes = await request.arrayBuffer()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const secret = new TextEncoder().encode(env.SECRET)
  key ??= await crypto.subtle.importKey('raw', secret, algorithm, false, ['verify'])
  const signature = request.headers.get('x-hub-signature-256')?.slice('sha256='.length) ?? ''
  const isRight = await crypto.subtle.verify('HMAC', key, Uint8Array.fromHex(signature), bytes)
  if (!isRight) return new Response('no', { status: 401 })
  await env.ONE.getByName('warm').put(new TextDecoder().decode(bytes))
  return new Response('ok')
}
