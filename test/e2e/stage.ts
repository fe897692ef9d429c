import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DemoLinks, PEOPLE, setDemo } from '../../dev/demo.ts'
import { freePort } from '../../dev/free-port.ts'
import { flagsOf, type LocalSettings, newSettings } from '../../dev/local-settings.ts'
import { PortalClient } from '../../dev/portal-client.ts'
import { runWorker, type RunningWorker } from '../../dev/run-worker.ts'
import { startStandIns, type StandIns } from '../../dev/stand-ins.ts'

/** The whole product over real HTTP: a real Worker, Telegram and Meta beside it. */
export class Stage {
  readonly settings: LocalSettings
  readonly standIns: StandIns
  readonly links: DemoLinks
  readonly admin: PortalClient
  /** Everything the Worker has printed. */
  readonly printed: string[]
  /** The folder in which it keeps everything. */
  readonly state: string
  readonly #flags: string[]
  #worker: RunningWorker

  private constructor(parts: {
    settings: LocalSettings
    standIns: StandIns
    links: DemoLinks
    admin: PortalClient
    printed: string[]
    state: string
    flags: string[]
    worker: RunningWorker
  }) {
    this.settings = parts.settings
    this.standIns = parts.standIns
    this.links = parts.links
    this.admin = parts.admin
    this.printed = parts.printed
    this.state = parts.state
    this.#flags = parts.flags
    this.#worker = parts.worker
  }

  /** Sets it up; without history Meta's forms and numbers are empty. */
  static async set({ history = false } = {}): Promise<Stage> {
    // Meta's numbers of today grow by the second: for two looks to be equal its clock stands still.
    const begunAt = Date.now()
    const settings = newSettings(PEOPLE.admin.id)
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const standIns = await startStandIns({
      port: 0,
      telegram: {
        token: settings.TELEGRAM_BOT_TOKEN,
        bot: { id: 8100200300, username: 'target_test_bot', first_name: 'TargetBot' },
        floodLimits: false,
        retryDelayMs: () => 20,
      },
      meta: {
        appId: settings.META_APP_ID,
        appSecret: settings.META_APP_SECRET,
        verifyToken: settings.META_VERIFY_TOKEN,
        callbackUrl: `${url}/meta/webhook`,
        history,
        ...(history ? { now: () => begunAt } : {}),
        retryDelays: Array.from({ length: 100 }, () => 200),
      },
    })
    const state = mkdtempSync(join(tmpdir(), 'targetbot-'))
    const printed: string[] = []
    const flags = [
      '--port',
      String(port),
      '--persist-to',
      state,
      ...flagsOf(settings, standIns.url),
      // This Telegram takes all at once: what is tried here is what becomes of leads, not their pace.
      '--var',
      'TELEGRAM_GROUP_LIMIT:100000',
    ]
    const worker = await up(flags, printed)
    const links = await setDemo({
      standIns,
      worker: url,
      botToken: settings.TELEGRAM_BOT_TOKEN,
      webhookSecret: settings.TELEGRAM_WEBHOOK_SECRET,
    })
    const admin = new PortalClient(url)
    await admin.enter(links.admin)
    return new Stage({ settings, standIns, links, admin, printed, state, flags, worker })
  }

  get url(): string {
    return this.#worker.url
  }

  /** The Worker dies at once, and starts again where it was. */
  async killAndRestart(): Promise<void> {
    await this.#worker.kill()
    this.#worker = await up(this.#flags, this.printed)
  }

  /** What a five-minute tick of the cron does. */
  async tick(): Promise<void> {
    await fetch(`${this.url}/cdn-cgi/handler/scheduled?cron=*/5+*+*+*+*`)
  }

  /** The texts of the group's messages that show a lead, with what has become of each. */
  cards(): string[] {
    const { telegram } = this.standIns
    return telegram
      .messages(this.links.groupId)
      .filter((message) => message.reply_markup)
      .map((message) => message.text ?? '')
  }

  async clear(): Promise<void> {
    await this.#worker.stop()
    await this.standIns.close()
    rmSync(this.state, { recursive: true, force: true })
  }
}

async function up(flags: string[], printed: string[]): Promise<RunningWorker> {
  const worker = await runWorker(flags, { output: (text) => printed.push(text) })
  const problem = await worker.ready
  if (problem !== null) throw new Error(`${problem}\n${printed.join('')}`)
  return worker
}

/** Asks again until the answer is good: for what the Worker does in its own time. */
export async function until<Answer>(
  ask: () => Promise<Answer>,
  isGood: (answer: Answer) => boolean,
  timeoutMs = 60_000,
): Promise<Answer> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (isGood(answer)) return answer
    if (Date.now() > end) throw new Error(`still: ${JSON.stringify(answer).slice(0, 1000)}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
