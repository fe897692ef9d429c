import type { MetaSettings } from '../settings.ts'
import { callGraph, type GraphResult } from './graph.ts'

/** What we ask of whoever connects (Meta: lead-ads/retrieving, marketing-api/authorization). */
export const META_SCOPES = [
  'ads_read',
  'ads_management',
  'leads_retrieval',
  'pages_show_list',
  'pages_read_engagement',
  'pages_manage_metadata',
  'pages_manage_ads',
  'business_management',
] as const

/**
 * Where a person allows us in; Meta sends them back to `redirectUri` with a code and our `state`.
 * They are asked again for what they once left unticked, or, `isDataClosed`, to open anew the data
 * that Meta has closed (Meta: auth-vs-data).
 */
export function dialogUrl(
  meta: MetaSettings,
  {
    redirectUri,
    state,
    isDataClosed,
  }: { redirectUri: string; state: string; isDataClosed: boolean },
): string {
  const url = new URL(`${meta.dialogRoot}/${meta.version}/dialog/oauth`)
  url.search = new URLSearchParams({
    client_id: meta.appId,
    redirect_uri: redirectUri,
    state,
    response_type: 'code',
    scope: META_SCOPES.join(','),
    auth_type: isDataClosed ? 'reauthorize' : 'rerequest',
  }).toString()
  return url.toString()
}

/** A code, once, for a token of an hour or two. */
export async function exchangeCode(
  meta: MetaSettings,
  code: string,
  redirectUri: string,
): Promise<GraphResult> {
  return exchange(meta, { code, redirect_uri: redirectUri })
}

/**
 * A living token for one that lives longer; it is another token. An expired one is refused. A system
 * user's has to be asked to end, for otherwise Meta decides (Meta: system-users).
 */
export async function exchangeToken(
  meta: MetaSettings,
  token: string,
  type = 'USER',
): Promise<GraphResult> {
  const ends = type === SYSTEM_USER ? { set_token_expires_in_60_days: 'true' } : {}
  return exchange(meta, { grant_type: 'fb_exchange_token', fb_exchange_token: token, ...ends })
}

/** What Meta calls the token of a system user. */
export const SYSTEM_USER = 'SYSTEM_USER'

/** Ends one token and no other: of a system user others may be in use elsewhere. */
export async function revokeToken(meta: MetaSettings, token: string): Promise<GraphResult> {
  return asApp(meta, ({ appId, appSecret }) => ({
    path: 'oauth/revoke',
    params: {
      client_id: appId,
      client_secret: appSecret,
      revoke_token: token,
      access_token: appToken({ appId, appSecret }),
    },
  }))
}

/** Where Meta sends the news of pages, as the app says it. */
export async function listSubscriptions(meta: MetaSettings): Promise<GraphResult> {
  return asApp(meta, (app) => ({
    path: `${app.appId}/subscriptions`,
    params: { access_token: appToken(app) },
  }))
}

/** What Meta knows of a token: the only thing to believe about its life. */
export async function debugToken(meta: MetaSettings, token: string): Promise<GraphResult> {
  return asApp(meta, (app) => ({
    path: 'debug_token',
    params: { input_token: token, access_token: appToken(app) },
  }))
}

function exchange(meta: MetaSettings, params: Record<string, string>): Promise<GraphResult> {
  return asApp(meta, ({ appId, appSecret }) => ({
    path: 'oauth/access_token',
    params: { client_id: appId, client_secret: appSecret, ...params },
  }))
}

function appToken({ appId, appSecret }: Pick<MetaSettings, 'appId' | 'appSecret'>): string {
  return `${appId}|${appSecret}`
}

/** A call in the app's own name; what is refused is tried with the secret that was before, if any. */
async function asApp(
  meta: MetaSettings,
  callOf: (meta: MetaSettings) => { path: string; params: Record<string, string> },
): Promise<GraphResult> {
  const result = await callGraph(meta, { ...callOf(meta), token: null })
  const { previousSecret } = meta
  if (result.ok || previousSecret === null || PASSES.has(result.trouble.kind)) return result
  return callGraph(meta, { ...callOf({ ...meta, appSecret: previousSecret }), token: null })
}

const PASSES = new Set(['throttled', 'transient'])
