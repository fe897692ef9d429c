import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'

/** The project's folder, with a slash at its end. */
export const ROOT = new URL('..', import.meta.url).pathname
const DEFAULT_PORT = '8787'
const LOOPBACK = '127.0.0.1'

/** A Worker that runs on this machine. */
export interface RunningWorker {
  url: string
  /** Resolves when it answers: `null`, or what keeps it from working. */
  ready: Promise<string | null>
  /** Resolves with the exit code when it has ended. */
  ended: Promise<number>
  /** Ends it and everything it started. */
  stop(): Promise<void>
  /** Ends it as a power cut does: nothing in it learns of its end. */
  kill(): Promise<void>
}

export interface RunOptions {
  /** `inherit`: what wrangler prints is printed; a function gets it line by line. */
  output: 'inherit' | ((text: string) => void)
}

/**
 * Applies the migrations, builds the portal when it is not built, and starts the Worker with
 * `wrangler dev` and these flags. It listens on loopback unless `--ip` says otherwise.
 */
export async function runWorker(flags: string[], { output }: RunOptions): Promise<RunningWorker> {
  const { values } = parseArgs({
    args: flags,
    strict: false,
    options: { port: { type: 'string' }, 'persist-to': { type: 'string' }, ip: { type: 'string' } },
  })
  if (!existsSync(`${ROOT}web/dist/index.html`))
    await run('vite', ['build', 'web', '--logLevel', 'warn'])
  const persist = values['persist-to'] ? ['--persist-to', String(values['persist-to'])] : []
  await run('wrangler', ['d1', 'migrations', 'apply', 'targetbot', '--local', ...persist])
  // Given twice, a flag of wrangler's is refused.
  const address = [
    ...(values.ip === undefined ? ['--ip', LOOPBACK] : []),
    ...(values.port === undefined ? ['--port', DEFAULT_PORT] : []),
  ]
  const args = ['dev', '--show-interactive-dev-session=false', ...address, ...flags]
  const child = spawn(bin('wrangler'), args, {
    cwd: ROOT,
    env: QUIET,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that workerd ends with wrangler.
    detached: true,
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      if (output === 'inherit') process.stderr.write(text)
      else output(text)
    })
  }
  const ended = new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
  const url = `http://${values.ip ?? LOOPBACK}:${values.port ?? DEFAULT_PORT}`
  return {
    url,
    ended,
    ready: becomesReady(url, child, ended),
    stop: () => stop(child, ended),
    kill: () => kill(child, ended),
  }
}

/** Runs a tool of ours to its end; what it prints is shown only when it fails. */
export async function run(tool: string, args: string[]): Promise<void> {
  const child = spawn(bin(tool), args, { cwd: ROOT, env: QUIET, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text))
  }
  const code = await new Promise((resolve) => child.on('exit', resolve))
  if (code !== 0)
    throw new Error(`${tool} ${args.join(' ')} ended with ${String(code)}\n${printed}`)
}

const QUIET = {
  ...process.env,
  CI: '1',
  WRANGLER_SEND_METRICS: 'false',
  NO_COLOR: '1',
  X_LOCAL_OBSERVABILITY: 'false',
  X_LOCAL_EXPLORER: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

function bin(tool: string): string {
  return `${ROOT}node_modules/.bin/${tool}`
}

/** wrangler says that it is ready on its standard output; then the Worker says how it is. */
async function becomesReady(
  url: string,
  child: ChildProcess,
  ended: Promise<number>,
): Promise<string | null> {
  const listening = new Promise<'listening'>((resolve) => {
    child.stdout?.on('data', (text: string) => {
      if (text.includes('Ready on')) resolve('listening')
    })
  })
  const first = await Promise.race([listening, ended])
  if (first !== 'listening') return `wrangler dev ended with ${first}`
  const response = await fetch(`${url}/health`)
  if (response.ok) return null
  return problemOf(await response.text())
}

function problemOf(body: string): string {
  try {
    return JSON.parse(body).error.message
  } catch {
    // No envelope of ours: whatever answered is shown as it is.
    return body.slice(0, 500)
  }
}

async function kill(child: ChildProcess, ended: Promise<number>): Promise<void> {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  await ended
}

async function stop(child: ChildProcess, ended: Promise<number>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return
  const group = -child.pid
  process.kill(group, 'SIGTERM')
  const patience = setTimeout(() => process.kill(group, 'SIGKILL'), 5_000)
  await ended
  clearTimeout(patience)
}
