import { type Context, Hono } from 'hono'
import { basePath } from 'hono/route'
import type { Core } from '../core.ts'
import { must } from '../world/world.ts'
import { assetText, isAsset } from './assets.ts'
import { formPage } from './form-page.ts'
import { listPage } from './list-page.ts'

/** The pages on which a person sends an instant form. */
export function pageRoutes(core: Core) {
  return new Hono()
    .get('/', (c) => c.html(listPage(core.world, placeOf(c, core))))
    .get('/assets/:name', (c) => {
      const name = c.req.param('name')
      if (!isAsset(name)) return c.notFound()
      const type = name.endsWith('.css') ? 'text/css' : 'text/javascript'
      return c.body(assetText(name), 200, { 'content-type': `${type}; charset=utf-8` })
    })
    .get('/:formId{\\d+}', (c) => {
      const form = core.world.forms.get(c.req.param('formId'))
      if (!form) return c.notFound()
      const page = must(core.world.pages, form.pageId)
      return c.html(formPage({ form, page, luck: core.now() }, placeOf(c, core)))
    })
}

/** Where the pages are mounted, and where the app that they speak of lives. */
export interface Place {
  forms: string
  control: string
  reconnect: string | undefined
}

function placeOf(c: Context, { state }: Core): Place {
  const forms = basePath(c)
  const { subscription } = state
  return {
    forms,
    control: forms.replace(/forms$/, 'control'),
    reconnect: subscription ? new URL('/meta/connect', subscription.callbackUrl).href : undefined,
  }
}
