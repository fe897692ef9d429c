import { z } from 'zod'
import { type Found, StepError } from './report.ts'
import { need, type RunWrangler } from './wrangler.ts'

/** Names in `wrangler.jsonc`; the namespace's is the one that wrangler itself would give it. */
const DATABASE = 'targetbot'
const BUCKET = 'targetbot-reports'
const NAMESPACE = 'targetbot-kv-meta'

/** Cloudflare's codes (R2). */
const BUCKET_EXISTS = 10004
const R2_IS_OFF = 10042

const AGAIN = 'Try again: npm run setup can be run any number of times'

const whoamiSchema = z.object({
  email: z.string().optional(),
  accounts: z.array(z.object({ id: z.string(), name: z.string() })),
})

/** Where everything goes, and the secrets that a Worker there holds already. */
export interface Account {
  name: string
  heldSecrets: ReadonlySet<string>
}

/** Who is logged in to Cloudflare, and in which account the Worker is. */
export async function findAccount(
  wrangler: RunWrangler,
  wantedId: string | undefined,
): Promise<Found<Account>> {
  const result = await wrangler(['whoami', '--json'])
  if (!result.isGood) {
    const isNobody = /"loggedIn":\s*false/.test(result.stdout + result.problem)
    throw new StepError(
      isNobody ? 'nobody is logged in' : result.problem,
      'Log in: npx wrangler login. Where there is no browser, set CLOUDFLARE_API_TOKEN',
    )
  }
  const { accounts } = whoamiSchema.parse(JSON.parse(result.stdout))
  const account = accounts.find(({ id }) => wantedId === undefined || id === wantedId)
  if (!account) throw new StepError('the account is not one of yours', chooseOf(accounts))
  if (wantedId === undefined && accounts.length > 1) {
    throw new StepError('you have several accounts', chooseOf(accounts))
  }
  const value = { name: account.name, heldSecrets: await secretsOf(wrangler) }
  return { value, says: account.name }
}

function chooseOf(accounts: { id: string; name: string }[]): string {
  const list = accounts.map(({ id, name }) => `${id} (${name})`).join(', ')
  return `Say which by CLOUDFLARE_ACCOUNT_ID=…: ${list || 'none is there to choose'}`
}

const secretsSchema = z.array(z.object({ name: z.string() }))

async function secretsOf(wrangler: RunWrangler): Promise<ReadonlySet<string>> {
  const result = await wrangler(['secret', 'list', '--format', 'json'])
  if (result.isGood) {
    return new Set(secretsSchema.parse(JSON.parse(result.stdout)).map(({ name }) => name))
  }
  // wrangler keeps Cloudflare's code of this to itself.
  if (/^Worker "[\w-]+" not found/.test(result.problem)) return new Set()
  throw new StepError(result.problem, AGAIN)
}

const databasesSchema = z.array(z.object({ name: z.string() }))

/** The database, which has to be there before its tables and before the Worker. */
export async function needDatabase(wrangler: RunWrangler): Promise<Found<string>> {
  const { stdout } = await need(wrangler, ['d1', 'list', '--json'], AGAIN)
  const isThere = databasesSchema.parse(JSON.parse(stdout)).some(({ name }) => name === DATABASE)
  if (!isThere) await need(wrangler, ['d1', 'create', DATABASE], AGAIN)
  return { value: DATABASE, says: isThere ? DATABASE : `${DATABASE}, made` }
}

/** Tables that the present code expects: applied before it is deployed, never after. */
export async function applyMigrations(
  wrangler: RunWrangler,
  database: string,
): Promise<Found<true>> {
  await need(
    wrangler,
    ['d1', 'migrations', 'apply', database, '--remote'],
    'The migration that failed was undone. Nothing was deployed; what ran before runs on',
  )
  return { value: true, says: 'as the code expects them' }
}

/** The bucket of report files. */
export async function needBucket(wrangler: RunWrangler): Promise<Found<string>> {
  const made = await wrangler(['r2', 'bucket', 'create', BUCKET])
  if (made.isGood) return { value: BUCKET, says: `${BUCKET}, made` }
  if (made.apiCode === BUCKET_EXISTS) return { value: BUCKET, says: BUCKET }
  throw new StepError(
    made.problem,
    made.apiCode === R2_IS_OFF
      ? 'Switch R2 on, once: https://dash.cloudflare.com/?to=/:account/r2 (10 GB are free)'
      : AGAIN,
  )
}

const namespacesSchema = z.array(z.object({ id: z.string(), title: z.string() }))

/**
 * The namespace of the last totals, by its id. wrangler would make it while deploying, but not
 * find it again when that deployment then fails.
 */
export async function needNamespace(wrangler: RunWrangler): Promise<Found<string>> {
  const found = await findNamespace(wrangler)
  if (found !== undefined) return { value: found, says: NAMESPACE }
  await need(wrangler, ['kv', 'namespace', 'create', NAMESPACE], AGAIN)
  const made = await findNamespace(wrangler)
  if (made === undefined) throw new StepError(`${NAMESPACE} is not in the list yet`, AGAIN)
  return { value: made, says: `${NAMESPACE}, made` }
}

async function findNamespace(wrangler: RunWrangler): Promise<string | undefined> {
  const { stdout } = await need(wrangler, ['kv', 'namespace', 'list'], AGAIN)
  const namespaces = namespacesSchema.parse(JSON.parse(stdout))
  return namespaces.find(({ title }) => title === NAMESPACE)?.id
}
