import { accountNode } from '../ads/nodes.ts'
import type { Core } from '../core.ts'
import type { Call, Edges } from '../graph/call.ts'
import { select } from '../graph/fields.ts'
import { page } from '../graph/paging.ts'
import type { AdAccount } from '../world/ads.ts'
import type { Page } from '../world/pages.ts'
import type { User } from '../world/world.ts'
import { mayOneOf, needAds, tokenOf } from './access.ts'
import { dropPermissions, listPermissions } from './oauth.ts'
import { pageToken } from './tokens.ts'

const TASKS = ['ADVERTISE', 'ANALYZE', 'CREATE_CONTENT', 'MESSAGING', 'MODERATE', 'MANAGE']
const PAGE_DEFAULTS = ['access_token', 'category', 'category_list', 'name', 'tasks']

/** What a person or system user is asked: who, which pages, which ad accounts, which permissions. */
export function userEdges(core: Core): Edges<User> {
  return {
    GET: ({ id, name }, call) => select('user', { id, name }, call, ['name']),
    'GET accounts': (_user, call) => accounts(core, call),
    'GET adaccounts': (_user, call) => {
      needAds(core, call)
      const show = (account: AdAccount) =>
        select('adaccount', accountNode(core, account), call, ['account_id'])
      return page([...core.world.accounts.values()], ({ id }) => id, call, show)
    },
    'GET permissions': (user) => listPermissions(core, user.id),
    'DELETE permissions': (user, call) =>
      dropPermissions(core, user.id, call.params.get('permission')),
  }
}

function accounts(core: Core, call: Call) {
  const token = tokenOf(call)
  // Without the permission Meta answers an empty list instead of an error.
  const allowed = mayOneOf(core, token, ['pages_show_list'])
  const pages = [...core.world.pages.values()].filter(
    ({ id }) => allowed && !core.state.lostRoles.includes(id),
  )
  const show = ({ id, name, category }: Page) => {
    const { value } = pageToken(core, token, id)
    const category_list = [{ id: '2250', name: category }]
    const node = { id, name, category, category_list, tasks: TASKS, access_token: value }
    return select('page', node, call, PAGE_DEFAULTS)
  }
  return page(pages, ({ id }) => id, call, show)
}
