import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What has just been ended may hold its port for a moment yet. */
const TRIES = 5
const PAUSE_MS = 200

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  return listen(0, '127.0.0.1')
}

/**
 * Makes sure that somebody can listen there.
 * @throws Error naming the port and what to do.
 */
export async function needFreePort(port: number, host = '127.0.0.1'): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await listen(port, host)
      return
    } catch (cause) {
      if (tried === TRIES) throw new Error(problemOf(port, host, cause), { cause })
      await pause(PAUSE_MS)
    }
  }
}

function problemOf(port: number, host: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : String(cause)
  return code === 'EADDRINUSE'
    ? `Port ${port} is taken: something listens on ${host}:${port} already, perhaps another TargetBot`
    : `Nothing can listen on ${host}:${port} (${String(code)})`
}

async function listen(port: number, host: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port, host, exclusive: true }, resolve)
  })
  const address = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return address.port
}
