import { Hono } from 'hono'
import { generateSpecs } from 'hono-openapi'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allowAny } from '../auth/authenticate.ts'
import { healthSchema } from '../health.ts'
import { leadSchema } from '../lead.ts'
import { moneySchema, totalsSchema } from '../statistics.ts'
import { connectionSchema } from '../store/connections.ts'
import { portalKeySchema } from '../store/portal-keys.ts'
import { projectSchema } from '../store/projects.ts'
import { reportSchema } from '../store/reports.ts'
import { userSchema } from '../store/users.ts'
import { api } from './api.ts'
import { errorSchema, tells } from './openapi.ts'

/** What the description says once, by name. */
const NAMED = {
  Error: errorSchema,
  Lead: leadSchema,
  Money: moneySchema,
  Totals: totalsSchema,
  Report: reportSchema,
  Project: projectSchema,
  User: userSchema,
  PortalKey: portalKeySchema,
  Connection: connectionSchema,
  Health: healthSchema,
}
for (const [ref, schema] of Object.entries(NAMED)) z.globalRegistry.add(schema, { ref })

/** Swagger UI talks to nobody but this Worker, and has its icons in data: addresses. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** `web/vite.config.ts` puts Swagger UI there. */
const FILES = '/portal/api-docs'

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <link rel="icon" type="image/svg+xml" href="/portal/icon.svg" />
    <link rel="stylesheet" href="${FILES}/swagger-ui.css" />
    <script src="${FILES}/swagger-ui-bundle.js" defer></script>
    <script src="${FILES}/start.js" defer></script>
    <title>TargetBot API</title>
  </head>
  <body>
    <div id="reference"></div>
  </body>
</html>
`

/** The API described: for programs, and as pages to read and to try things on. */
export const docs: Hono<AppEnv> = new Hono<AppEnv>()
  .get(
    '/openapi.json',
    allowAny,
    tells('This description, OpenAPI 3.1', z.record(z.string(), z.unknown())),
    async (c) => {
      described ??= await describeApi()
      return c.json(described)
    },
  )
  .get('/docs', allowAny, tells('These pages', 'text/html'), (c) =>
    c.html(PAGE, 200, { 'Content-Security-Policy': POLICY }),
  )

type Description = Awaited<ReturnType<typeof generateSpecs>>

let described: Description | null = null

/** The OpenAPI document, from the very schemas that validate; made once, for it never changes. */
export async function describeApi(): Promise<Description> {
  const all = new Hono<AppEnv>().route('/', api).route('/', docs)
  const spec = await generateSpecs(all, {
    excludeStaticFile: false,
    documentation: {
      info: {
        title: 'TargetBot',
        version: '0.1.0',
        description: DESCRIPTION,
      },
      servers: [{ url: '/api' }],
      components: {
        securitySchemes: {
          key: { type: 'apiKey', in: 'header', name: 'X-Auth-Key' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-targetbot',
            description:
              'Who is signed in to the portal needs no key: the browser sends this itself',
          },
        },
      },
      security: [{ key: [] }, { session: [] }],
    },
  })
  for (const [path, operations] of Object.entries(spec.paths)) {
    const [, first = ''] = path.split('/')
    const section = first === 'openapi.json' ? 'docs' : first
    for (const operation of Object.values(operations ?? {})) {
      if (typeof operation === 'object' && 'responses' in operation) operation.tags = [section]
    }
  }
  return spec
}

const DESCRIPTION = `Every error is \`{ "error": { "code", "message", "requestId", "details"? } }\`; the codes
are a closed list. Lists are \`{ "items", "nextCursor" }\`: send \`nextCursor\` back as \`cursor\` for the
next page; \`null\` says that there is none. Times are ISO 8601 in UTC; days are \`YYYY-MM-DD\` of the
project's timezone; money is a decimal in a string, with its currency.`
