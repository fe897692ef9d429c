import { type Context, Hono } from 'hono'
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie'
import type { AppEnv } from '../app-env.ts'
import { userOf } from '../auth/sessions.ts'
import { connect } from '../meta/connect.ts'
import { dialogUrl } from '../meta/oauth.ts'
import { publicUrlOf } from '../public-url.ts'
import { isSameSecret } from '../secrets.ts'
import type { MetaSettings } from '../settings.ts'
import { recordAudit } from '../store/audit.ts'
import { type ConnectionRecord, listConnections } from '../store/connections.ts'
import type { User } from '../store/users.ts'
import { connectionOf } from '../stubs.ts'

const COOKIE = 'targetbot_meta_state'
const LASTS_S = 600

/** As early as the admins are warned of it first. */
const DATA_CLOSES_SOON_MS = 14 * 86_400_000

/** Connecting a Meta user: an admin goes to Meta's dialog and comes back with a code. */
export const metaConnect = new Hono<AppEnv>()
  .get('/meta/connect', async (c) => {
    const { meta } = c.var.settings
    const admin = await adminOf(c)
    if (!admin) return c.redirect('/portal/sign-in?problem=admin')
    if (!meta) return c.redirect('/portal/?connect=off')
    const state = `${crypto.randomUUID()}.${admin.id}`
    await setSignedCookie(c, COOKIE, state, c.var.settings.SESSION_SECRET, {
      path: '/meta/',
      httpOnly: true,
      sameSite: 'Lax',
      maxAge: LASTS_S,
      secure: new URL(c.req.url).protocol === 'https:',
    })
    const isDataClosed = (await listConnections(c.env.DB)).some(isDataClosing)
    return c.redirect(dialogUrl(meta, { redirectUri: redirectUri(c), state, isDataClosed }))
  })
  .get('/meta/callback', async (c) => {
    const { meta } = c.var.settings
    const admin = await adminOf(c)
    if (!admin) return c.redirect('/portal/sign-in?problem=admin')
    if (!meta) return c.redirect('/portal/?connect=off')
    if (!(await isOurState(c, admin))) return c.redirect('/portal/?connect=expired')
    const code = c.req.query('code')
    if (!code) return c.redirect('/portal/?connect=refused')
    return c.redirect(`/portal/?connect=${await finish(c, meta, admin, code)}`)
  })

async function finish(
  c: Context<AppEnv>,
  meta: MetaSettings,
  admin: User,
  code: string,
): Promise<string> {
  const publicUrl = publicUrlOf(c)
  const connected = await connect(c.env, meta, { code, redirectUri: redirectUri(c), publicUrl })
  if (!connected.ok) return connected.kind === 'transient' ? 'unreachable' : 'failed'
  await recordAudit(c.env.DB, {
    actorId: admin.id,
    actorName: admin.name,
    action: 'connection.create',
    target: connected.value.connectionId,
  })
  const connection = connectionOf(c.env, connected.value.connectionId)
  await connection.oweChecks({
    chatId: admin.id,
    publicUrl,
    mayTest: false,
    key: `checks:${crypto.randomUUID()}`,
  })
  return 'done'
}

/** Meta closes somebody's data soon: whoever it is, they are asked to open it anew. */
function isDataClosing({ dataAccessExpiresAt: at }: ConnectionRecord): boolean {
  return at !== null && Date.parse(at) - Date.now() < DATA_CLOSES_SOON_MS
}

/** Bound to the admin who began: somebody else's code never becomes this admin's connection. */
async function isOurState(c: Context<AppEnv>, admin: User): Promise<boolean> {
  const expected = await getSignedCookie(c, c.var.settings.SESSION_SECRET, COOKIE)
  deleteCookie(c, COOKIE, { path: '/meta/' })
  if (typeof expected !== 'string' || !expected.endsWith(`.${admin.id}`)) return false
  return isSameSecret(c.req.query('state') ?? '', expected)
}

async function adminOf(c: Context<AppEnv>): Promise<User | null> {
  const user = await userOf(c)
  return user?.role === 'admin' ? user : null
}

function redirectUri(c: Context<AppEnv>): string {
  return `${publicUrlOf(c)}/meta/callback`
}
