import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Core } from '../core.ts'
import { USERS } from '../world/world.ts'
import { SCOPES } from './access.ts'
import { grantScopes, issueCode } from './authorize.ts'
import { dialogPage, problemPage } from './dialog-page.ts'
import type { DialogProblem, Language } from './dialog-texts.ts'

const querySchema = z.object({
  client_id: z.string().default(''),
  redirect_uri: z.string().default(''),
  state: z.string().default(''),
  response_type: z.string().default('code'),
  scope: z.string().default(''),
  /** Facebook Login for Business: a configuration instead of scopes, and a system user's token. */
  config_id: z.string().optional(),
  locale: z.string().optional(),
  /** For scripts, unlike the real dialog: `1` approves at once, `cancel` refuses. */
  auto: z.enum(['1', 'cancel']).optional(),
  /** With `auto=1`: scopes that the person unticks. */
  decline: z.string().default(''),
})
type DialogQuery = z.infer<typeof querySchema>

/** The login dialog: a page to look at, and the answer that it sends. */
export function dialogRoutes(core: Core, redirectUris: readonly string[] | undefined) {
  const check = (query: DialogQuery) => problemOf(core, query, redirectUris)
  const show = (c: Context) => {
    const query = querySchema.parse(c.req.query())
    const problem = check(query)
    const language = languageOf(c, query)
    if (problem) return c.html(problemPage(problem, language), 400)
    const { auto } = query
    if (auto === 'cancel') return c.redirect(refusal(query))
    if (auto === '1') {
      const unticked = split(query.decline)
      const ticked = wanted(query).filter((scope) => !unticked.includes(scope))
      return c.redirect(approve(core, query, ticked))
    }
    const pages = [...core.world.pages.values()].map(({ name }) => name)
    const { name } = userOf(query)
    return c.html(dialogPage({ name, pages, scopes: wanted(query), language }))
  }
  const decide = async (c: Context) => {
    const query = querySchema.parse(c.req.query())
    const problem = check(query)
    if (problem) return c.html(problemPage(problem, languageOf(c, query)), 400)
    const form = await c.req.formData()
    if (form.get('decision') !== 'continue') return c.redirect(refusal(query))
    const ticked = form.getAll('scope').map(String)
    return c.redirect(approve(core, query, ticked))
  }
  const version = '/:version{v\\d+\\.\\d+}'
  return new Hono()
    .get('/dialog/oauth', show)
    .get(`${version}/dialog/oauth`, show)
    .post('/dialog/oauth', decide)
    .post(`${version}/dialog/oauth`, decide)
}

function problemOf(
  core: Core,
  query: DialogQuery,
  redirectUris: readonly string[] | undefined,
): DialogProblem | undefined {
  if (query.client_id !== core.appId) return 'unknown_app'
  const allowed = redirectUris?.includes(query.redirect_uri) ?? isWeb(query.redirect_uri)
  if (!allowed) return 'blocked_url'
  return query.response_type === 'code' ? undefined : 'response_type'
}

// Meta takes https alone, and http for the machine of a developer.
function isWeb(text: string): boolean {
  const url = URL.parse(text)
  if (!url) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOCAL.has(url.hostname))
}

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]'])

function userOf({ config_id }: DialogQuery) {
  return config_id === undefined ? USERS.person : USERS.system
}

function wanted({ scope, config_id }: DialogQuery): string[] {
  const all = SCOPES.filter((scope) => scope !== 'public_profile')
  if (config_id !== undefined) return all
  const asked = split(scope)
  return all.filter((scope) => asked.includes(scope))
}

const split = (text: string) => text.split(/[\s,]+/).filter(Boolean)

function approve(core: Core, query: DialogQuery, ticked: readonly string[]): string {
  const asked = wanted(query)
  const { id } = userOf(query)
  grantScopes(
    core,
    id,
    asked.filter((scope) => ticked.includes(scope)),
    asked.filter((scope) => !ticked.includes(scope)),
  )
  return back(query, { code: issueCode(core, id, query.redirect_uri) })
}

function refusal(query: DialogQuery): string {
  return back(query, {
    error: 'access_denied',
    error_code: '200',
    error_description: 'Permissions error',
    error_reason: 'user_denied',
  })
}

// The fragment is a habit of Meta's: it keeps an older fragment from reaching the callback.
function back({ redirect_uri, state }: DialogQuery, answer: Record<string, string>): string {
  const url = new URL(redirect_uri)
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value)
  if (state) url.searchParams.set('state', state)
  url.hash = '_=_'
  return url.href
}

function languageOf(c: Context, { locale }: DialogQuery): Language {
  const asked = locale ?? c.req.header('accept-language') ?? 'ru'
  return asked.toLowerCase().startsWith('en') ? 'en' : 'ru'
}
