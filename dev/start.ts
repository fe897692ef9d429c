import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type ChildProcess, spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { type DemoLinks, PEOPLE, setDemo } from './demo.ts'
import { flagsOf, keptSettings } from './local-settings.ts'
import { ROOT, runWorker, type RunningWorker } from './run-worker.ts'
import { startStandIns, type StandIns } from './stand-ins.ts'

/** `npm start`: the whole product on this machine, with stand-ins of Telegram and Meta. */

const STAND_INS_PORT = 8790
const WORKER = 'http://127.0.0.1:8787'
const TICK_MS = 5 * 60_000
const STATE = `${ROOT}.targetbot`
const LINKS = `${STATE}/links.json`

const { values } = parseArgs({
  options: { fresh: { type: 'boolean' }, watch: { type: 'boolean' } },
})
if (values.fresh) rmSync(STATE, { recursive: true, force: true })
mkdirSync(STATE, { recursive: true })

let standIns: StandIns | null = null
let worker: RunningWorker | null = null
let portal: ChildProcess | null = null

async function stop(code: number): Promise<never> {
  portal?.kill()
  await worker?.stop()
  await standIns?.close()
  process.exit(code)
}

process.on('SIGINT', () => void stop(0))
process.on('SIGTERM', () => void stop(0))

try {
  await start()
} catch (error) {
  console.error(
    `\nTargetBot did not start: ${error instanceof Error ? error.message : String(error)}`,
  )
  await stop(1)
}

async function start(): Promise<void> {
  const settings = keptSettings(`${STATE}/settings.json`, PEOPLE.admin.id)
  console.log('Starting Telegram and Meta …')
  standIns = await startStandIns({
    port: STAND_INS_PORT,
    telegram: {
      token: settings.TELEGRAM_BOT_TOKEN,
      bot: { id: 8100200300, username: 'target_demo_bot', first_name: 'TargetBot' },
      statePath: `${STATE}/telegram.json`,
    },
    meta: {
      appId: settings.META_APP_ID,
      appSecret: settings.META_APP_SECRET,
      verifyToken: settings.META_VERIFY_TOKEN,
      callbackUrl: `${WORKER}/meta/webhook`,
      statePath: `${STATE}/meta.json`,
    },
  })
  console.log('Starting the Worker …')
  const log: string[] = []
  worker = await runWorker(
    [
      '--persist-to',
      `${STATE}/worker`,
      ...flagsOf(settings, standIns.url),
      '--var',
      `PUBLIC_URL:${WORKER}`,
    ],
    { output: (text) => log.push(text) },
  )
  const problem = await worker.ready
  if (problem !== null) throw new Error(`${problem}\n${log.join('')}`)
  void worker.ended.then((code) => {
    console.error(`The Worker has ended with ${code}.\n${log.slice(-20).join('')}`)
    return stop(1)
  })
  const links = await keptLinks(
    standIns,
    settings.TELEGRAM_BOT_TOKEN,
    settings.TELEGRAM_WEBHOOK_SECRET,
  )
  if (values.watch)
    portal = spawn(`${ROOT}node_modules/.bin/vite`, ['web', '--logLevel', 'warn'], {
      stdio: 'inherit',
    })
  await tick()
  setInterval(() => void tick(), TICK_MS)
  console.log(greeting(links, standIns.url))
}

/** The stage is set once; its links stay good. */
async function keptLinks(
  standIns: StandIns,
  botToken: string,
  webhookSecret: string,
): Promise<DemoLinks> {
  if (existsSync(LINKS)) return JSON.parse(readFileSync(LINKS, 'utf8'))
  console.log('Setting the stage: people, a group, Facebook …')
  const links = await setDemo({ standIns, worker: WORKER, botToken, webhookSecret })
  writeFileSync(LINKS, JSON.stringify(links, null, 2))
  return links
}

/** On Cloudflare the clock does this every five minutes; `wrangler dev` has none. */
async function tick(): Promise<void> {
  await fetch(`${WORKER}/cdn-cgi/handler/scheduled?cron=*/5+*+*+*+*`).catch(() => undefined)
}

function greeting(
  { admin, manager, client, groupId, topicId }: DemoLinks,
  standIns: string,
): string {
  const chat = (user: number, place: number, thread?: number) =>
    `${standIns}/?as=${user}&chat=${place}${thread === undefined ? '' : `&thread=${thread}`}`
  return `
TargetBot is running. Open:

  Chats
    the client        ${chat(PEOPLE.client.id, PEOPLE.client.id)}
    manager Olim      ${chat(PEOPLE.olim.id, groupId, topicId)}
    manager Nodira    ${chat(PEOPLE.nodira.id, groupId, topicId)}
    the admin         ${chat(PEOPLE.admin.id, PEOPLE.admin.id)}

  Facebook
    a lead form       ${standIns}/meta/forms

  The portal
    as admin          ${admin}
    as manager        ${manager}
    as client         ${client}

Try this:
  1. As the client send /lead, answer, and press «Отправить».
  2. As Olim press «Взять» below the card, then «Успех». Nodira sees it change; the client is told.
  3. Send a Facebook form; its card comes to the same topic.
  4. In the portal see both, the cost per lead and CTR; under «Отчёты» make a report and open it.

Everything is kept in .targetbot; npm start -- --fresh begins anew. Ctrl-C ends it all.
`
}
