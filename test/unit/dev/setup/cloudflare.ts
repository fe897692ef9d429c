import { existsSync, readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import type { RunWrangler, WranglerResult } from '../../../../dev/setup/wrangler.ts'

type Values = Record<string, string>

const GOOD: WranglerResult = { isGood: true, stdout: '', problem: '', apiCode: null, targets: [] }
const refused = (problem: string, apiCode: number | null = null): WranglerResult => ({
  ...GOOD,
  isGood: false,
  problem,
  apiCode,
})
const printed = (value: unknown): WranglerResult => ({ ...GOOD, stdout: JSON.stringify(value) })

/** An account at Cloudflare as wrangler shows it: what it prints and refuses is copied from it. */
export class Cloudflare {
  isLoggedIn = true
  isR2On = true
  accounts = [{ id: 'a1', name: 'Agency' }]
  targets = ['https://targetbot.agency.workers.dev', 'schedule: */5 * * * *']
  readonly databases: string[] = []
  readonly buckets: string[] = []
  readonly namespaces: { id: string; title: string }[] = []
  /** What the Worker that is deployed has; null: none is. */
  worker: { secrets: Values; vars: Values; config: string } | null = null
  /** Commands that are refused, by their first words, with what wrangler says. */
  readonly refusals: Values = {}
  /** Every command, without what differs each time. */
  readonly commands: string[] = []
  /** The file of secrets of the last deployment. */
  secretsFile: { path: string; mode: number } | null = null

  readonly wrangler: RunWrangler = async (args) => {
    const command = args.join(' ')
    this.commands.push(command.startsWith('deploy') ? 'deploy' : command)
    const refusal = Object.entries(this.refusals).find(([words]) => command.startsWith(words))
    if (refusal) return refused(refusal[1])
    if (!this.isLoggedIn) return { ...refused('{"loggedIn":false}'), stdout: '' }
    return this.#answer(command, args)
  }

  #answer(command: string, args: string[]): WranglerResult {
    switch (command.replace(/ (--|targetbot).*/, '')) {
      case 'whoami':
        return printed({ loggedIn: true, email: 'a@b.uz', accounts: this.accounts })
      case 'secret list':
        if (!this.worker) return refused('Worker "targetbot" not found. If this is a new Worker, …')
        return printed(Object.keys(this.worker.secrets).map((name) => ({ name })))
      case 'd1 list':
        return printed(this.databases.map((name) => ({ name, uuid: 'u' })))
      case 'd1 create':
        this.databases.push('targetbot')
        return GOOD
      case 'd1 migrations apply':
        return this.databases.includes('targetbot') ? GOOD : refused("Couldn't find a D1 DB")
      case 'r2 bucket create':
        return this.#createBucket('targetbot-reports')
      case 'kv namespace list':
        return printed(this.namespaces)
      case 'kv namespace create':
        this.namespaces.push({ id: `kv-${this.namespaces.length}`, title: 'targetbot-kv-meta' })
        return GOOD
      case 'deploy':
        return this.#deploy(args)
      default:
        return refused(`Unknown command: ${command}`)
    }
  }

  #createBucket(name: string): WranglerResult {
    if (!this.isR2On) return refused('Please enable R2 through the Cloudflare Dashboard.', 10042)
    if (this.buckets.includes(name)) return refused('The bucket … already exists', 10004)
    this.buckets.push(name)
    return GOOD
  }

  #deploy(args: string[]): WranglerResult {
    const after = (flag: string) => args[args.indexOf(flag) + 1] ?? ''
    const path = after('--secrets-file')
    const secrets = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(path, 'utf8')))
    this.secretsFile = { path, mode: statSync(path).mode & 0o777 }
    const vars = args
      .filter((_, index) => args[index - 1] === '--var')
      .map((one) => [one.slice(0, one.indexOf(':')), one.slice(one.indexOf(':') + 1)])
    this.worker = {
      config: readFileSync(after('--config'), 'utf8'),
      secrets: { ...this.worker?.secrets, ...secrets },
      vars: { ...this.worker?.vars, ...Object.fromEntries(vars) },
    }
    return { ...GOOD, targets: this.targets }
  }

  /** Whether nothing secret is left lying about. */
  get isTidy(): boolean {
    return this.secretsFile !== null && !existsSync(this.secretsFile.path)
  }
}
