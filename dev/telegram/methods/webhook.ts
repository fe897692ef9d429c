import type { WebhookInfo } from 'grammy/types'
import type { Arguments } from '../arguments.ts'
import type { Core } from '../core.ts'
import { badRequest, tooMany } from '../errors.ts'
import { readAllowedUpdates } from '../updates.ts'
import { NO_WEBHOOK, type Webhook } from '../world.ts'
import { Described, type Method } from './method.ts'

const PORTS = new Set(['', '80', '88', '443', '8443'])
const LOCAL_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]'])

const lastSetAt = new WeakMap<Core, number>()

const setWebhook: Method = (core, args) => {
  const url = args.text('url')
  if (url === '') return deleteWebhook(core, args)
  if (core.clock.now() < (lastSetAt.get(core) ?? 0) + 1000) throw tooMany(1)
  lastSetAt.set(core, core.clock.now())
  const webhook = readWebhook(url, args)
  const { world } = core
  const isSame = isSameWebhook(world.webhook, webhook) && !args.flag('drop_pending_updates')
  const allowed = readAllowedUpdates(args.json('allowed_updates'))
  if (allowed === 'default') delete world.allowedUpdates
  else if (allowed !== 'keep') world.allowedUpdates = allowed
  if (args.flag('drop_pending_updates')) world.pending = []
  if (!isSame) world.webhook = webhook
  core.watch.changed()
  return new Described(true, isSame ? 'Webhook is already set' : 'Webhook was set')
}

function readWebhook(url: string, args: Arguments): Webhook {
  checkAddress(url)
  const secret = args.text('secret_token')
  if (secret.length > 256) throw badRequest('secret token is too long')
  if (!/^[\w-]*$/.test(secret)) throw badRequest('secret token contains unallowed characters')
  const connections = args.text('max_connections') === '' ? 40 : args.integer('max_connections')
  return {
    ...NO_WEBHOOK,
    url,
    secret,
    maxConnections: Math.min(100, Math.max(1, connections)),
    ipAddress: args.text('ip_address'),
  }
}

/** On this machine there are no certificates: a local address may be plain, on any port. */
function checkAddress(url: string): void {
  if (!URL.canParse(url)) throw badRequest('invalid webhook URL specified')
  const { protocol, hostname, port } = new URL(url)
  if (LOCAL_HOSTS.has(hostname)) return
  if (protocol !== 'https:') {
    throw badRequest('bad webhook: An HTTPS URL must be provided for webhook')
  }
  if (!PORTS.has(port)) {
    throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443')
  }
}

const isSameWebhook = (a: Webhook, b: Webhook) =>
  a.url === b.url &&
  a.secret === b.secret &&
  a.maxConnections === b.maxConnections &&
  a.ipAddress === b.ipAddress

const deleteWebhook: Method = (core, args) => {
  const { world } = core
  const wasSet = world.webhook.url !== ''
  world.webhook = NO_WEBHOOK
  if (args.flag('drop_pending_updates')) world.pending = []
  core.watch.changed()
  return new Described(true, wasSet ? 'Webhook was deleted' : 'Webhook is already deleted')
}

/** What getWebhookInfo says. */
export function webhookInfo({ world }: Pick<Core, 'world'>): WebhookInfo {
  const { webhook, pending, allowedUpdates } = world
  return {
    url: webhook.url,
    has_custom_certificate: false,
    pending_update_count: pending.length,
    ...(webhook.lastErrorAt > 0 && {
      last_error_date: Math.floor(webhook.lastErrorAt / 1000),
      last_error_message: webhook.lastError,
    }),
    ...(webhook.url !== '' && {
      max_connections: webhook.maxConnections,
      ip_address: webhook.ipAddress || '<unknown>',
    }),
    ...(allowedUpdates && { allowed_updates: allowedUpdates }),
  }
}

export const webhookMethods = {
  setWebhook,
  deleteWebhook,
  getWebhookInfo: (core) => webhookInfo(core),
} satisfies Record<string, Method>
