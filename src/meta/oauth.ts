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
]

/** Where a person allows us in; Meta sends them back to `redirectUri` with a code and our `state`. */
export function dialogUrl(meta: MetaSettings, redirectUri: string, state: string): string {
  const url = new URL(`${meta.dialogRoot}/${meta.version}/dialog/oauth`)
  url.search = new URLSearchParams({
    client_id: meta.appId,
    redirect_uri: redirectUri,
    state,
    response_type: 'code',
    scope: META_SCOPES.join(','),
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

/** A living token for one that lives longer; it is another token. An expired one is refused. */
export async function exchangeToken(meta: MetaSettings, token: string): Promise<GraphResult> {
  return exchange(meta, { grant_type: 'fb_exchange_token', fb_exchange_token: token })
}

/** What Meta knows of a token: the only thing to believe about its life. */
export async function debugToken(meta: MetaSettings, token: string): Promise<GraphResult> {
  const params = { input_token: token, access_token: `${meta.appId}|${meta.appSecret}` }
  return callGraph(meta, { path: 'debug_token', params, token: null })
}

function exchange(meta: MetaSettings, params: Record<string, string>): Promise<GraphResult> {
  const app = { client_id: meta.appId, client_secret: meta.appSecret }
  return callGraph(meta, { path: 'oauth/access_token', params: { ...app, ...params }, token: null })
}
