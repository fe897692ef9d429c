import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PEOPLE } from '../dev/demo.ts'
import { freePort } from '../dev/free-port.ts'
import { flagsOf, type LocalSettings, newSettings } from '../dev/local-settings.ts'
import { PortalClient } from '../dev/portal-client.ts'
import { ROOT } from '../dev/run-tool.ts'
import { runWorker, type RunningWorker } from '../dev/run-worker.ts'
import { post } from './http.ts'
import { workerdOf } from './memory.ts'
import { type BareServers, startBareServers } from './servers.ts'

/** Where it is measured: the Worker and the floor, both by `wrangler dev`, and bare servers. */
export interface Arena {
  worker: string
  /** The Worker's processes: wrangler puts one before the one that it runs in. */
  workerd: number[]
  floor: string
  settings: LocalSettings
  servers: BareServers
  /** The admin's portal. */
  admin: PortalClient
  clear(): Promise<void>
}

const GROUP = -1_001_000_000_001

/** Starts everything; the Worker's group is bound and its page connected. */
export async function setArena(): Promise<Arena> {
  const settings = newSettings(PEOPLE.admin.id)
  const servers = await startBareServers()
  const state = mkdtempSync(join(tmpdir(), 'targetbot-bench-'))
  const [port, floorPort] = [await freePort(), await freePort()]
  // The Worker as it is, with its rows and requests counted: counting costs it a little.
  const worker = await up([
    `${ROOT}bench/workers/counted.ts`,
    '--port',
    String(port),
    '--persist-to',
    `${state}/worker`,
    ...flagsOf(settings, servers.url),
    // The bare Telegram takes as many messages as come: what is measured is the Worker.
    '--var',
    'TELEGRAM_GROUP_LIMIT:100000',
  ])
  const workerd = workerdOf(process.pid)
  const floor = await up([
    '--config',
    `${ROOT}bench/workers/floor.wrangler.jsonc`,
    '--port',
    String(floorPort),
    '--persist-to',
    `${state}/floor`,
    '--var',
    `SECRET:${settings.META_APP_SECRET}`,
    '--var',
    `TELEGRAM:${servers.url}/telegram`,
  ])
  const admin = await prepare(worker.url, settings, servers)
  return {
    admin,
    worker: worker.url,
    workerd,
    floor: floor.url,
    settings,
    servers,
    clear: async () => {
      await Promise.all([worker.stop(), floor.stop()])
      servers.close()
      rmSync(state, { recursive: true, force: true })
    },
  }
}

async function up(flags: string[]): Promise<RunningWorker> {
  let printed = ''
  const worker = await runWorker(flags, { output: (text) => (printed += text) })
  const problem = await worker.ready
  if (problem !== null) throw new Error(`${problem}\n${printed}`)
  return worker
}

/** The group that shows leads. */
export const GROUP_CHAT = { id: GROUP, type: 'supergroup', title: 'Bench' }

async function prepare(
  worker: string,
  settings: LocalSettings,
  servers: BareServers,
): Promise<PortalClient> {
  const from = { id: PEOPLE.admin.id, is_bot: false, first_name: 'Admin', language_code: 'en' }
  const say = async (id: number, chat: object, text: string) => {
    const entities = [{ type: 'bot_command', offset: 0, length: text.length }]
    const message = { message_id: id, date: 1, from, chat, text, entities }
    const before = servers.sent()
    await post(`${worker}/telegram/webhook`, JSON.stringify({ update_id: id, message }), {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': settings.TELEGRAM_WEBHOOK_SECRET,
    })
    await servers.reached(before + 1)
  }
  await say(1, { id: GROUP, type: 'supergroup', title: 'Bench' }, '/bind')
  await say(2, { id: from.id, type: 'private', first_name: 'Admin' }, '/portal')
  const admin = new PortalClient(worker)
  await admin.enter(/http\S+token=[\w-]+/.exec(servers.lastText())?.[0] ?? '')
  const ended = await admin.connectMeta({ code: 'bench' })
  if (!ended.includes('connect=done')) throw new Error(`Meta was not connected: ${ended}`)
  return admin
}
