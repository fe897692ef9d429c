import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { z } from 'zod'
import { tryTool } from '../run-tool.ts'
import { StepError } from './report.ts'

/** How a command of wrangler's went. */
export interface WranglerResult {
  isGood: boolean
  stdout: string
  /** What it says of its failure. */
  problem: string
  /** Cloudflare's own code of the failure, when it was Cloudflare that refused. */
  apiCode: number | null
  /** Where a deployed Worker is to be found, and when it wakes. */
  targets: string[]
}

/** Runs wrangler with these arguments; it asks no questions. */
export type RunWrangler = (args: string[]) => Promise<WranglerResult>

// wrangler writes what happened to a file of its own, one JSON object a line.
const entrySchema = z.union([
  z.object({ type: z.literal('command-failed'), code: z.number().optional() }),
  z.object({ type: z.literal('deploy'), targets: z.array(z.string()).nullish() }),
  z.object({ type: z.string() }).transform(() => null),
])

/** Runs the project's own wrangler. */
export const runWrangler: RunWrangler = async (args) => {
  const folder = mkdtempSync(join(tmpdir(), 'targetbot-'))
  const file = join(folder, 'wrangler.ndjson')
  try {
    const env = { WRANGLER_OUTPUT_FILE_PATH: file }
    const { code, stdout, stderr } = await tryTool('wrangler', args, env)
    const result = { isGood: code === 0, stdout, problem: problemIn(stderr.trim() || stdout) }
    return { ...result, ...readEntries(existsSync(file) ? readFileSync(file, 'utf8') : '') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What wrangler wrote of the failure and of the deployment. */
export function readEntries(text: string): Pick<WranglerResult, 'apiCode' | 'targets'> {
  const found: Pick<WranglerResult, 'apiCode' | 'targets'> = { apiCode: null, targets: [] }
  for (const line of text.split('\n').filter(Boolean)) {
    const entry = entrySchema.parse(JSON.parse(line))
    if (entry && 'code' in entry) found.apiCode = entry.code ?? null
    if (entry && 'targets' in entry) found.targets = entry.targets ?? []
  }
  return found
}

const CHATTER =
  /^(⛅️|─+$|🪵|If you think this is a bug|Note that there is a newer|\? |🤖|Resource location)/u

/** The lines that say what is wrong, in one. */
export function problemIn(printed: string): string {
  const lines = stripVTControlCharacters(printed)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !CHATTER.test(line))
  const begin = lines.findIndex((line) => line.startsWith('✘'))
  return lines
    .slice(Math.max(0, begin))
    .join(' ')
    .replace(/^✘ \[ERROR\] /, '')
    .slice(0, 600)
}

/** What a command has printed; or why it did not succeed, with what to do. */
export async function need(
  wrangler: RunWrangler,
  args: string[],
  advice: string,
): Promise<WranglerResult> {
  const result = await wrangler(args)
  if (!result.isGood) throw new StepError(result.problem, advice)
  return result
}
