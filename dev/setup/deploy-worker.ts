import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../run-tool.ts'
import type { Found } from './report.ts'
import { need, type RunWrangler } from './wrangler.ts'

/** What goes up with the code; what is not named stays as it is on Cloudflare. */
export interface Upload {
  secrets: Readonly<Record<string, string>>
  vars: Readonly<Record<string, string>>
}

/** Beside the real one, whose paths are relative to it. */
const CONFIG = `${ROOT}wrangler.deploy.jsonc`

/** Puts code, portal and settings up at once. Gives the Worker's own address, if it has one. */
export async function deployWorker(
  wrangler: RunWrangler,
  { secrets, vars }: Upload,
  namespaceId: string,
): Promise<Found<{ url: string | null }>> {
  const folder = mkdtempSync(join(tmpdir(), 'targetbot-'))
  const secretsFile = join(folder, 'secrets.json')
  try {
    writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 })
    writeFileSync(CONFIG, withNamespace(readFileSync(`${ROOT}wrangler.jsonc`, 'utf8'), namespaceId))
    const { targets } = await need(
      wrangler,
      [
        'deploy',
        '--config',
        CONFIG,
        '--secrets-file',
        secretsFile,
        ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
      ],
      'What ran before runs on. Mend it and run this again',
    )
    const url = targets.find((target) => target.startsWith('https://')) ?? null
    return { value: { url }, says: url ?? 'deployed' }
  } finally {
    rmSync(folder, { recursive: true })
    rmSync(CONFIG, { force: true })
  }
}

/** The configuration with the id of its namespace, which differs from account to account. */
export function withNamespace(config: string, id: string): string {
  return config.replace(
    /("binding":\s*"KV_META")(?!\s*,\s*"id")/,
    `$1, "id": ${JSON.stringify(id)}`,
  )
}
