import {
  type Account,
  applyMigrations,
  findAccount,
  needBucket,
  needDatabase,
  needNamespace,
} from './cloudflare.ts'
import { deployWorker, type Upload } from './deploy-worker.ts'
import { findApp, subscribe } from './meta.ts'
import { Report, StepError } from './report.ts'
import { configure, readValues, SECRETS } from './settings.ts'
import { findBot, introduceBot } from './telegram.ts'
import { needAnswer, needSameSecrets, type Patience } from './worker.ts'
import type { RunWrangler } from './wrangler.ts'

/** What the steps need of the world. */
export interface SetupDeps {
  wrangler: RunWrangler
  buildPortal: () => Promise<void>
  print: (line: string) => void
  /** How long to wait for what was just deployed. */
  patience: Patience
  env: Readonly<Record<string, string | undefined>>
  /** Where settings are kept, and what it is made from. */
  file: string
  example: string
}

/**
 * A real deployment, from nothing or from whatever is there: makes what is missing, deploys, and
 * tells Telegram and Meta where the Worker is. True when every step succeeded.
 */
export async function setUp(deps: SetupDeps, url?: string): Promise<boolean> {
  const report = new Report(deps.print)
  const values = readValues(deps.file, { ...deps.env, ...(url ? { PUBLIC_URL: url } : {}) })
  report.hide(SECRETS.map((name) => values[name]))
  const account = await accountOf(report, deps)
  const configured = await report.step('Settings', [], () =>
    configure(deps.file, deps.example, values, account?.heldSecrets ?? null),
  )
  if (configured) report.hide(Object.values(configured.secrets))
  const worker = await deployAll(report, deps, account, configured)
  const settings = configured?.settings ?? null
  const bot = await report.step('Telegram bot', [settings], findBot)
  const app = await report.step('Meta app', [settings], async ({ meta }) =>
    meta ? findApp(meta) : { value: null, says: 'off' },
  )
  // What was not deployed now will not answer better in a minute.
  const patience = worker ? deps.patience : { ...deps.patience, tries: 1 }
  const address = await addressOf(report, patience, worker, settings?.PUBLIC_URL)
  const knowing = await report.step('Its secrets', [address, settings], (at, known) =>
    needSameSecrets(at, known, patience),
  )
  await report.step('Telegram webhook and commands', [knowing, settings, bot], (at, known) =>
    introduceBot(known, at),
  )
  if (settings && !settings.meta) return report.isGood
  await report.step('Meta webhook', [knowing, settings?.meta, app], (at, meta) =>
    subscribe(meta, at),
  )
  return report.isGood
}

/** Builds, migrates, deploys; settings stay as they are. True when every step succeeded. */
export async function deploy(deps: SetupDeps): Promise<boolean> {
  const report = new Report(deps.print)
  const account = await accountOf(report, deps)
  const worker = await deployAll(report, deps, account, { secrets: {}, vars: {} })
  const publicUrl = readValues(deps.file, deps.env)['PUBLIC_URL']
  await addressOf(report, deps.patience, worker, worker ? publicUrl : undefined)
  return report.isGood
}

async function accountOf(report: Report, { wrangler, env }: SetupDeps): Promise<Account | null> {
  report.hide([env['CLOUDFLARE_API_TOKEN'], env['CLOUDFLARE_API_KEY']])
  return report.step('Cloudflare', [], () => findAccount(wrangler, env['CLOUDFLARE_ACCOUNT_ID']))
}

/** The tables come before the code that needs them; the first time, the database before both. */
async function deployAll(
  report: Report,
  { wrangler, buildPortal }: SetupDeps,
  account: Account | null,
  upload: Upload | null,
): Promise<{ url: string | null } | null> {
  const portal = await report.step('Portal', [account], async () => {
    await buildPortal()
    return { value: true, says: 'built' }
  })
  const bucket = await report.step('R2 bucket', [account], () => needBucket(wrangler))
  const namespace = await report.step('KV namespace', [account], () => needNamespace(wrangler))
  const database = await report.step('D1 database', [account], () => needDatabase(wrangler))
  const ready = [upload, portal, bucket, namespace, database] as const
  const tables = await report.step('Tables', ready, (_upload, _portal, _bucket, _namespace, name) =>
    applyMigrations(wrangler, name),
  )
  return report.step('Worker', [upload, namespace, tables], (what, id) =>
    deployWorker(wrangler, what, id),
  )
}

/** Where the Worker answers: at a domain of its own, else where Cloudflare has put it. */
async function addressOf(
  report: Report,
  patience: Patience,
  worker: { url: string | null } | null,
  publicUrl: string | undefined,
): Promise<string | null> {
  const place = publicUrl === undefined ? worker : { url: publicUrl }
  return report.step('The Worker answers', [place], async ({ url }) => {
    if (url !== null) return needAnswer(url, patience)
    throw new StepError(
      'Cloudflare has given it no address',
      'Give it a domain in the dashboard (Workers → targetbot → Domains), and set PUBLIC_URL',
    )
  })
}
