import type { Core } from '../core.ts'
import type { Call, Edges } from '../graph/call.ts'
import { graphError } from '../graph/errors.ts'
import { select } from '../graph/fields.ts'
import { listForms } from '../leads/edges.ts'
import { needOneOf, pageTokenOf, tokenOf } from '../login/access.ts'
import { pageToken } from '../login/tokens.ts'
import type { Page } from '../world/pages.ts'
import type { Webhooks } from './webhooks.ts'

/** A page: its forms, and whether its leads are told to the app. */
export function pageEdges(core: Core, webhooks: Webhooks): Edges<Page> {
  return {
    GET: (page, call) => select('page', pageNode(core, page, call), call, ['name']),
    'GET leadgen_forms': (page, call) => listForms(core, page.id, call),
    'GET subscribed_apps': (page, call) => {
      needSubscriptions(core, page, call)
      const fields = core.state.pageSubscriptions[page.id]
      const app = { name: 'TargetBot', id: core.appId, subscribed_fields: fields }
      return { data: fields ? [app] : [] }
    },
    'POST subscribed_apps': (page, call) => {
      needSubscriptions(core, page, call)
      if (!call.params.required('subscribed_fields').includes('leadgen')) throw graphError(100)
      needOneOf(core, call, ['leads_retrieval'])
      webhooks.subscribePage(page.id, call.params.list('subscribed_fields'))
      return { success: true }
    },
    'DELETE subscribed_apps': (page, call) => {
      needSubscriptions(core, page, call)
      delete core.state.pageSubscriptions[page.id]
      core.changed()
      return { success: true }
    },
  }
}

function needSubscriptions(core: Core, page: Page, call: Call): void {
  if (tokenOf(call).pageId === null) throw graphError(210)
  pageTokenOf(call, page.id)
  needOneOf(core, call, ['pages_manage_metadata'])
}

function pageNode(core: Core, { id, name, category }: Page, call: Call) {
  const token = tokenOf(call)
  const parent = token.pageId === null ? token : undefined
  const allowed = core.state.grants[token.userId]?.granted.includes('leads_retrieval') ?? false
  return {
    id,
    name,
    category,
    ...(parent ? { access_token: pageToken(core, parent, id).value } : {}),
    has_lead_access: {
      can_access_lead: allowed,
      enabled_lead_access_manager: false,
      is_page_admin: true,
      user_has_leads_permission: allowed,
      app_has_leads_permission: allowed,
    },
  }
}

/** The app itself: its one callback, for pages. */
export function appEdges(core: Core, webhooks: Webhooks): Edges<{ id: string }> {
  return {
    GET: ({ id }) => ({ id, name: 'TargetBot', link: 'https://example.uz' }),
    'GET subscriptions': (_app, call) => {
      needApp(call)
      const { subscription } = core.state
      if (!subscription) return { data: [] }
      const fields = subscription.fields.map((name) => ({ name, version: 'v26.0' }))
      const callback_url = subscription.callbackUrl
      return { data: [{ object: 'page', callback_url, active: true, fields }] }
    },
    'POST subscriptions': async (_app, call) => {
      needApp(call)
      const { params } = call
      if (params.required('object') !== 'page') throw graphError(100)
      await webhooks.subscribe({
        callbackUrl: params.required('callback_url'),
        verifyToken: params.required('verify_token'),
        fields: params.list('fields') ?? [],
        includeValues: ['true', '1'].includes(params.get('include_values') ?? 'false'),
      })
      return { success: true }
    },
    'DELETE subscriptions': (_app, call) => {
      needApp(call)
      core.state.subscription = null
      core.changed()
      return { success: true }
    },
  }
}

function needApp({ caller }: Call): void {
  if (caller.kind === 'app') return
  throw graphError(15, undefined, '(#15) This method must be called with an app access_token.')
}
