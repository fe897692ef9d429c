import { existsSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { needFreePort } from './free-port.ts'
import { buildPortal, ROOT, type RunningTool, runTool, startTool } from './run-tool.ts'

const DEFAULT_PORT = '8787'
const LOOPBACK = '127.0.0.1'
const EVERYWHERE = ['0.0.0.0', '*', '::']
const PAUSE_MS = 100

/** A Worker that runs on this machine. */
export interface RunningWorker extends RunningTool {
  url: string
  /** Resolves when it answers: `null`, or what keeps it from working. */
  ready: Promise<string | null>
}

export interface RunOptions {
  /** `inherit`: what wrangler prints is printed; a function gets it piece by piece. */
  output: 'inherit' | ((text: string) => void)
}

/**
 * Applies the migrations, builds the portal when it is not built, and starts the Worker with
 * `wrangler dev` and these flags. It listens on loopback unless `--ip` says otherwise.
 * @throws Error when its port is taken, or the migrations fail.
 */
export async function runWorker(flags: string[], { output }: RunOptions): Promise<RunningWorker> {
  const { ip, port, url, state, missing } = placeOf(flags)
  await needFreePort(port, ip)
  if (!existsSync(`${ROOT}web/dist/index.html`)) await buildPortal()
  await runTool('wrangler', ['d1', 'migrations', 'apply', 'targetbot', '--local', ...state])
  const tool = startTool(
    'wrangler',
    ['dev', ...missing, ...flags],
    output === 'inherit' ? (printed) => process.stderr.write(printed) : output,
  )
  return { ...tool, url, ready: becomesReady(url, tool.ended) }
}

/** Where these flags put it, and the flags that are missing: given twice, wrangler refuses one. */
function placeOf(flags: string[]) {
  const known = Object.fromEntries(
    ['ip', 'port', 'persist-to', 'local-protocol', 'show-interactive-dev-session'].map((name) => [
      name,
      { type: 'string' as const },
    ]),
  )
  const { values } = parseArgs({ args: flags, strict: false, options: known })
  const flag = (name: string, usual: string) => String(values[name] ?? usual)
  const ip = flag('ip', LOOPBACK)
  const port = Number(flag('port', DEFAULT_PORT))
  if (!Number.isInteger(port) || port < 1) throw new Error('--port must be a number above 0')
  const host = EVERYWHERE.includes(ip) ? LOOPBACK : ip
  const defaults = {
    ip: LOOPBACK,
    port: DEFAULT_PORT,
    'show-interactive-dev-session': 'false',
  }
  return {
    ip: ip === '*' ? '0.0.0.0' : ip,
    port,
    url: `${flag('local-protocol', 'http')}://${host}:${port}`,
    state: values['persist-to'] === undefined ? [] : ['--persist-to', flag('persist-to', '')],
    missing: Object.entries(defaults)
      .filter(([name]) => values[name] === undefined)
      .map(([name, value]) => `--${name}=${value}`),
  }
}

/** Asked until it answers: whether wrangler prints that it listens depends on `--log-level`. */
async function becomesReady(url: string, ended: Promise<number>): Promise<string | null> {
  const over = ended.then((code) => `wrangler dev ended with ${code}`)
  for (;;) {
    const health = await Promise.race([over, healthOf(url)])
    if (typeof health === 'string') return health
    if (health !== null) return health.isGood ? null : problemOf(health.body)
    await pause(PAUSE_MS)
  }
}

/** How the Worker is; null while nobody listens there. */
async function healthOf(url: string): Promise<{ isGood: boolean; body: string } | null> {
  try {
    return await ask(`${url}/health`)
  } catch {
    // Refused or cut off: it is not there yet, or gone, which its end tells.
    return null
  }
}

async function ask(url: string): Promise<{ isGood: boolean; body: string }> {
  if (url.startsWith('http:')) {
    const response = await fetch(url)
    return { isGood: response.ok, body: await response.text() }
  }
  // wrangler makes its certificate itself, so that it says nothing.
  const options = { rejectUnauthorized: false }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, options, resolve).on('error', reject)
  })
  return { isGood: response.statusCode === 200, body: await text(response) }
}

function problemOf(body: string): string {
  try {
    return JSON.parse(body).error.message
  } catch {
    // No envelope of ours: whatever answered is shown as it is.
    return body.slice(0, 500)
  }
}
