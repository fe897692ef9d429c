import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { introduce } from '../src/bot/introduce.ts'
import { telegramOf } from '../src/bot/telegram.ts'
import { type DemoLinks, demoLinksSchema, PEOPLE, setDemo } from './demo.ts'
import { needFreePort } from './free-port.ts'
import { greeting } from './greeting.ts'
import { flagsOf, keptSettings, type LocalSettings } from './local-settings.ts'
import { buildPortal, ROOT } from './run-tool.ts'
import { runWorker } from './run-worker.ts'
import { servePortal } from './serve-portal.ts'
import { startStandIns, type StandIns } from './stand-ins.ts'

/**
 * `npm start`: the whole product on this machine, with stand-ins of Telegram and Meta. With
 * `--watch` (`npm run dev`) the portal is served from its sources.
 */
const TICK_MS = 5 * 60_000
const LOG_LENGTH = 200

/** What has to be ended, in the order in which it was started. */
const running: { close: () => Promise<void> }[] = []
let isEnding = false

async function end(code: number): Promise<void> {
  if (isEnding) return
  isEnding = true
  for (const one of running.toReversed()) await one.close()
  process.exit(code)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void end(0))
}

try {
  await start()
} catch (error) {
  // What breaks because it is being ended says nothing new.
  if (!isEnding) {
    console.error(
      `\nTargetBot did not start: ${error instanceof Error ? error.message : String(error)}`,
    )
    await end(1)
  }
}

async function start(): Promise<void> {
  const { values } = parseArgs({
    options: {
      fresh: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      state: { type: 'string', default: `${ROOT}.targetbot` },
      port: { type: 'string', default: '8787' },
      'stand-ins-port': { type: 'string', default: '8790' },
      'portal-port': { type: 'string', default: '5173' },
    },
  })
  const { fresh, watch, state } = values
  const port = Number(values.port)
  const standInsPort = Number(values['stand-ins-port'])
  const portalPort = Number(values['portal-port'])
  for (const one of [port, standInsPort, ...(watch ? [portalPort] : [])]) await needFreePort(one)
  if (fresh) rmSync(state, { recursive: true, force: true })
  mkdirSync(state, { recursive: true })
  const worker = `http://127.0.0.1:${port}`
  const portal = watch ? `http://127.0.0.1:${portalPort}` : worker
  const settings = keptSettings(`${state}/settings.json`, PEOPLE.admin.id)

  console.log('Starting Telegram and Meta …')
  const standIns = await startBoth({ settings, state, port: standInsPort, worker })
  console.log('Building the portal …')
  await buildPortal()
  console.log('Starting the Worker …')
  const place = ['--port', String(port), '--persist-to', `${state}/worker`]
  const flags = [...flagsOf(settings, standIns.url), '--var', `PUBLIC_URL:${portal}`]
  const { show } = await startWorker([...place, ...flags])
  if (watch) {
    const vite = await servePortal(portalPort, worker)
    running.push({ close: vite.stop })
  }
  const links = await keptLinks(`${state}/links.json`, { standIns, settings, worker, portal })
  await tick(worker)
  setInterval(() => void tick(worker), TICK_MS)
  console.log(greeting({ links, standIns: standIns.url, portal, isWatching: watch }))
  // Whoever changes the code wants to see what it does.
  if (watch) show()
}

async function startBoth(options: {
  settings: LocalSettings
  state: string
  port: number
  worker: string
}): Promise<StandIns> {
  const { settings, state, port, worker } = options
  const standIns = await startStandIns({
    port,
    telegram: {
      token: settings.TELEGRAM_BOT_TOKEN,
      bot: { id: 8100200300, username: 'target_demo_bot', first_name: 'TargetBot' },
      statePath: `${state}/telegram.json`,
    },
    meta: {
      appId: settings.META_APP_ID,
      appSecret: settings.META_APP_SECRET,
      verifyToken: settings.META_VERIFY_TOKEN,
      callbackUrl: `${worker}/meta/webhook`,
      statePath: `${state}/meta.json`,
    },
  })
  running.push(standIns)
  return standIns
}

/** Keeps what the Worker prints for when it fails; `show` prints it from then on. */
async function startWorker(flags: string[]): Promise<{ show: () => void }> {
  const log: string[] = []
  let isShown = false
  const worker = await runWorker(flags, {
    output: (text) => {
      if (isShown) process.stderr.write(text)
      log.push(text)
      if (log.length > LOG_LENGTH) log.shift()
    },
  })
  running.push({ close: worker.stop })
  const problem = await worker.ready
  if (problem !== null) throw new Error(`${problem}\n${log.join('')}`)
  void worker.ended.then((code) => {
    if (isEnding) return
    console.error(`The Worker has ended with ${code}.\n${log.slice(-20).join('')}`)
    return end(1)
  })
  return { show: () => (isShown = true) }
}

/** The stage is set once; its links stay good. */
async function keptLinks(
  file: string,
  stage: { standIns: StandIns; settings: LocalSettings; worker: string; portal: string },
): Promise<DemoLinks> {
  const { standIns, settings, worker, portal } = stage
  const { TELEGRAM_BOT_TOKEN: botToken, TELEGRAM_WEBHOOK_SECRET: webhookSecret } = settings
  if (existsSync(file)) {
    // Ports and commands may be others than the last time.
    const bot = { TELEGRAM_BOT_TOKEN: botToken, TELEGRAM_API_ROOT: `${standIns.url}/telegram` }
    await introduce(telegramOf(bot), { url: worker, secret: webhookSecret })
    return demoLinksSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  }
  console.log('Setting the stage: people, a group, Facebook …')
  const links = await setDemo({ standIns, worker, portal, botToken, webhookSecret })
  writeFileSync(file, JSON.stringify(links, null, 2))
  return links
}

/** On Cloudflare the clock does this every five minutes; `wrangler dev` has none. */
async function tick(worker: string): Promise<void> {
  await fetch(`${worker}/cdn-cgi/handler/scheduled?cron=*/5+*+*+*+*`).catch(() => undefined)
}
