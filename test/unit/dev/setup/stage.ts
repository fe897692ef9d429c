import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import type { AddressInfo } from 'node:net'
import { parseEnv } from 'node:util'
import { ROOT } from '../../../../dev/run-tool.ts'
import { deploy, setUp, type SetupDeps } from '../../../../dev/setup/set-up.ts'
import { type StandIns, startStandIns } from '../../../../dev/stand-ins.ts'
import { type VirtualClock, virtualClock } from '../../../../dev/telegram/clock.ts'
import { Cloudflare } from './cloudflare.ts'

export const TOKEN = '8100200300:AAE-secret_of-a_stand-in'
export const META = {
  META_APP_ID: '1234567890',
  META_APP_SECRET: '0123456789abcdef0123456789abcdef',
}
const VERIFY_TOKEN = 'a-word-that-meta-knows'

/** An owner's desk: settings in a file, a terminal, and all that the steps talk to. */
export class Stage {
  readonly cloudflare = new Cloudflare()
  readonly standIns: StandIns
  /** Where the deployed Worker is; it has what Cloudflare was given. */
  readonly address: string
  readonly file: string
  printed: string[] = []
  buildPortal = async (): Promise<void> => void this.cloudflare.commands.push('build')
  /** How often the steps waited, and how many requests pass before the address is known. */
  pauses = 0
  unknownFor = 0
  readonly #folder = mkdtempSync(join(tmpdir(), 'targetbot-'))
  readonly #clock: VirtualClock
  readonly #close: () => Promise<void>

  private constructor(
    standIns: StandIns,
    clock: VirtualClock,
    worker: { url: string; close: () => Promise<void> },
  ) {
    this.standIns = standIns
    this.#clock = clock
    this.address = worker.url
    this.file = join(this.#folder, '.dev.vars')
    this.#close = worker.close
  }

  static async set(): Promise<Stage> {
    const clock = virtualClock(Date.now())
    const standIns = await startStandIns({
      port: 0,
      telegram: {
        token: TOKEN,
        bot: { id: 8_100_200_300, username: 'agency_bot', first_name: 'Agency' },
        // Telegram takes one webhook a second, and runs of setup are minutes apart.
        clock,
      },
      meta: {
        appId: META.META_APP_ID,
        appSecret: META.META_APP_SECRET,
        verifyToken: VERIFY_TOKEN,
        history: false,
      },
    })
    // Made before the stage it answers for.
    const found: { stage?: Stage } = {}
    const worker = await serveWorker(() => found.stage?.deployed ?? null)
    found.stage = new Stage(standIns, clock, worker)
    return found.stage
  }

  /** Everything that an owner has to fill in, where everything is on this machine. */
  get filledIn(): Record<string, string> {
    return {
      TELEGRAM_BOT_TOKEN: TOKEN,
      ADMIN_IDS: '1001',
      PUBLIC_URL: this.address,
      TELEGRAM_API_ROOT: `${this.standIns.url}/telegram`,
      META_GRAPH_ROOT: `${this.standIns.url}/meta`,
    }
  }

  /** What answers at the address; null: nothing of ours. */
  get deployed(): Deployed {
    this.unknownFor -= 1
    return this.unknownFor < 0 ? this.cloudflare.worker : null
  }

  /** Writes the file of settings. */
  write(values: Record<string, string>): void {
    const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`)
    writeFileSync(this.file, lines.join(''))
  }

  /** What the file of settings says now. */
  get kept(): NodeJS.Dict<string> {
    return parseEnv(readFileSync(this.file, 'utf8'))
  }

  async setUp(url?: string): Promise<boolean> {
    this.printed = []
    await this.#clock.advance(60_000)
    return setUp(this.#deps, url)
  }

  async deploy(): Promise<boolean> {
    this.printed = []
    return deploy(this.#deps)
  }

  /** The line of a step, and the advice below it. */
  line(step: string): string {
    const at = this.printed.findIndex((line) => line.slice(2).startsWith(`${step}:`))
    const advice = this.printed[at + 1]
    return [this.printed[at], ...(advice?.startsWith('  →') ? [advice] : [])].join('\n')
  }

  /** How every step went, by its sign: done, failed, or waiting for one that failed. */
  get signs(): Record<string, string> {
    const steps = this.printed.filter((line) => !line.startsWith('  →'))
    return Object.fromEntries(
      steps.map((line) => [line.slice(2, line.indexOf(':')), line.slice(0, 1)]),
    )
  }

  async clear(): Promise<void> {
    await this.#close()
    await this.standIns.close()
    rmSync(this.#folder, { recursive: true })
  }

  get #deps(): SetupDeps {
    return {
      wrangler: this.cloudflare.wrangler,
      buildPortal: this.buildPortal,
      print: (line) => void this.printed.push(line),
      patience: { tries: 3, pause: async () => void (this.pauses += 1) },
      env: {},
      file: this.file,
      example: `${ROOT}.dev.vars.example`,
    }
  }
}

type Deployed = Cloudflare['worker']

/** As much of the Worker as the steps see, with the settings that it was deployed with. */
async function serveWorker(deployed: () => Deployed) {
  const app = new Hono<{ Variables: { worker: NonNullable<Deployed> } }>()
    .use(async (c, next) => {
      // Before there is one, Cloudflare answers with a page of its own.
      const worker = deployed()
      if (!worker) return c.html('There is nothing here yet', 404)
      c.set('worker', worker)
      await next()
    })
    .get('/health', (c) =>
      c.var.worker.secrets['TELEGRAM_BOT_TOKEN']
        ? c.json({ status: 'ok' })
        : c.json(
            { error: { code: 'MISCONFIGURED', message: 'TELEGRAM_BOT_TOKEN is not set' } },
            503,
          ),
    )
    .post('/telegram/webhook', (c) => {
      const secret = c.req.header('x-telegram-bot-api-secret-token')
      const isKnown = secret === c.var.worker.secrets['TELEGRAM_WEBHOOK_SECRET']
      return c.json({}, isKnown ? 400 : 401)
    })
    .get('/meta/webhook', (c) => {
      const isKnown = c.req.query('hub.verify_token') === c.var.worker.secrets['META_VERIFY_TOKEN']
      return isKnown ? c.text(c.req.query('hub.challenge') ?? '') : c.json({}, 403)
    })
  const server = createAdaptorServer({ fetch: app.fetch })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => void (await new Promise((resolve) => server.close(resolve))),
  }
}
