import { type ChildProcess, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** The project's folder, with a slash at its end. */
export const ROOT = new URL('..', import.meta.url).pathname

/** So long a tool has to end by itself. */
const PATIENCE_MS = 5_000

const QUIET = {
  ...process.env,
  CI: '1',
  WRANGLER_SEND_METRICS: 'false',
  NO_COLOR: '1',
  X_LOCAL_OBSERVABILITY: 'false',
  X_LOCAL_EXPLORER: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

/** A tool of ours that runs until it is ended. */
export interface RunningTool {
  /** Resolves with the exit code when it has ended. */
  ended: Promise<number>
  /** Ends it and everything it started. */
  stop: () => Promise<void>
  /** Ends it as a power cut does: nothing in it learns of its end. */
  kill: () => Promise<void>
}

/** Starts a tool that runs until it is ended; `output` gets what it prints, piece by piece. */
export function startTool(
  tool: string,
  args: string[],
  output: (text: string) => void,
  env: Record<string, string> = {},
): RunningTool {
  const child = spawn(bin(tool), args, {
    cwd: ROOT,
    env: { ...QUIET, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what it starts ends with it.
    detached: true,
  })
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', output)
  const ended = endOf(child)
  return {
    ended,
    stop: async () => {
      signal(child, 'SIGTERM')
      const patience = setTimeout(() => signal(child, 'SIGKILL'), PATIENCE_MS)
      await ended
      clearTimeout(patience)
    },
    kill: async () => {
      signal(child, 'SIGKILL')
      await ended
    },
  }
}

/**
 * Runs a tool of ours to its end; what it prints is shown only when it fails.
 * @throws Error with its exit code and all that it printed.
 */
export async function runTool(tool: string, args: string[]): Promise<void> {
  const { code, stdout, stderr } = await tryTool(tool, args)
  if (code === 0) return
  throw new Error(`${tool} ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`)
}

/** Runs a tool of ours to its end, and gives what it printed. */
export async function tryTool(
  tool: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(bin(tool), args, {
    cwd: ROOT,
    env: { ...QUIET, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [code, stdout, stderr] = await Promise.all([
    endOf(child),
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, stdout, stderr }
}

/** Builds the portal from its present sources. */
export async function buildPortal(): Promise<void> {
  await runTool('vite', ['build', 'web', '--logLevel', 'warn'])
}

function bin(tool: string): string {
  return `${ROOT}node_modules/.bin/${tool}`
}

async function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    // Closed, and not only ended: by then all that it printed has come.
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/** To the tool and all that it started, unless that is over. */
function signal(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  process.kill(-child.pid, name)
}
