import { chance, choose } from '../../../dev/meta/random.ts'
import { dayOf } from '../../../src/period.ts'
import { sumOf } from '../../../dev/meta/state.ts'
import type { LivingMeta, Trouble } from './living-meta.ts'
import type { VirtualClock } from './virtual-clock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

// Far ahead, so that no alarm goes off by the real clock. Clocks go forward in Los Angeles in it, and
// what comes every six hours from here on comes in the nights of both ad accounts.
export const START = Date.parse('2040-02-20T05:00:00Z')
const DAYS = 31
export const END = START + DAYS * DAY
/** So long Meta goes on to change what it said of the month. */
const NIGHTS_AFTER = 30
export const SETTLED = END + NIGHTS_AFTER * DAY

const LEADS_A_DAY = 11

/** Both projects of the month: the page that brings its leads, and the account that advertises. */
export const PROJECTS = [
  {
    id: 'main',
    chatId: '-1002040000001',
    pageId: '102938475610293',
    accountId: '998877665544332',
    timezone: 'Asia/Tashkent',
  },
  {
    id: 'month-2',
    chatId: '-1002040000002',
    pageId: '204817365920471',
    accountId: '887766554433221',
    timezone: 'America/Los_Angeles',
  },
] as const
const [LINGUA, DENT] = PROJECTS

const FORMS = ['778812345678901', '778812345678902', '889923456789011', '889923456789012'] as const

const TROUBLES: readonly [Trouble, ...Trouble[]] = [
  { kind: { is: 'error', code: 2 } },
  { kind: { is: 'error', code: 1, subcode: 99 } },
  { kind: { is: 'html', status: 502 } },
  { kind: { is: 'garbage' } },
  { kind: { is: 'drop' } },
  { path: '/leads', kind: { is: 'garbage' } },
  { path: '/leads', kind: { is: 'empty_page' }, times: 5 },
  { path: 'insights', kind: { is: 'empty_page' }, times: 5 },
  { path: '2588', kind: { is: 'null' } },
  { code: 17, id: LINGUA.accountId, after: 3 },
  { code: 613, id: LINGUA.accountId },
  { code: 80004, id: DENT.accountId },
  { code: 80000, id: LINGUA.accountId, after: 2 },
  { code: 80005, id: LINGUA.pageId },
  { code: 32, id: DENT.pageId },
  { code: 4 },
]

/** What the test does at times of the month. */
export interface Acts {
  /** A tick of the cron. */
  tick: (at: number) => Promise<void>
  /** What objects would do by their alarms. */
  work: () => Promise<void>
  /** An admin connects anew; whether Meta let them in. */
  connect: () => Promise<boolean>
  /** Somebody has been back for a few minutes; nobody has waited for the cron. */
  expectAllSince: (connectedAt: number) => Promise<void>
  /** An admin wants ninety days of the first project's numbers. */
  askForNumbers: () => Promise<void>
}

/** Everything that happens in the month, by a seed. */
export class Month {
  readonly #seed: number
  readonly #clock: VirtualClock
  readonly #world: LivingMeta
  readonly #acts: Acts

  constructor(seed: number, clock: VirtualClock, world: LivingMeta, acts: Acts) {
    this.#seed = seed
    this.#clock = clock
    this.#world = world
    this.#acts = acts
  }

  plan(): void {
    for (let day = 0; day < DAYS; day++) this.#day(day, START + day * DAY)
    this.#tokens()
    this.#numbers()
    for (let night = 1; night < NIGHTS_AFTER; night += 2) this.#tick(END + night * DAY + 7 * HOUR)
  }

  #luck(...parts: (string | number)[]): number {
    return chance(this.#seed, ...parts)
  }

  #day(day: number, begins: number): void {
    for (let n = 0; n < LEADS_A_DAY; n++) {
      const formId = choose(FORMS, this.#seed, day, n, 'form')
      const together = this.#luck(day, n, 'together') < 0.04 ? 8 : 1
      this.#clock.at(begins + this.#luck(day, n, 'left') * DAY, () => {
        for (let one = 0; one < together; one++) this.#world.leave(formId, `${day} ${n} ${one}`)
      })
    }
    for (let at = begins; at < begins + DAY; at += 6 * HOUR) this.#tick(at)
    // Once the cron comes as often as it does.
    if (day === 2) for (let n = 1; n < 7; n++) this.#tick(begins + n * 5 * MINUTE)
    if (day % 3 !== 2) this.#storm(day, begins)
  }

  /** An hour in which Meta is not itself, every second time when it is night in Tashkent. */
  #storm(day: number, begins: number): void {
    const hour = day % 3 === 0 ? 18 : 6 * Math.floor(this.#luck(day, 'storm') * 4)
    const from = begins + hour * HOUR
    for (let n = 0; n < 2; n++) {
      const minutes = 10 + 70 * this.#luck(day, n, 'minutes')
      const trouble = choose(TROUBLES, this.#seed, day, n, 'trouble')
      this.#clock.at(from + n * 20 * MINUTE - MINUTE, () => this.#world.suffer(trouble, minutes))
    }
    for (let n = 1; n < 6; n++) this.#tick(from + n * 15 * MINUTE)
  }

  #tick(at: number): void {
    this.#clock.at(at, () => this.#acts.tick(at))
    this.#clock.at(at + MINUTE, this.#acts.work)
  }

  /**
   * The token dies twice. Once somebody connects again two days later, and has at once what was missed;
   * once after more than a week, and then Meta gives no lists of leads at first.
   */
  #tokens(): void {
    this.#dies(START + 6 * DAY + 9.3 * HOUR, 460)
    this.#isBack(START + 8 * DAY + 5.35 * HOUR, (at) => {
      this.#clock.at(at + 3 * MINUTE, () => this.#acts.expectAllSince(at))
    })
    this.#dies(START + 15 * DAY + 18.02 * HOUR, 463)
    this.#isBack(START + 23 * DAY + 23.2 * HOUR, (at) => {
      this.#world.suffer({ path: '/leads', kind: { is: 'garbage' } }, 20)
      this.#tick(at + 30 * MINUTE)
    })
  }

  #dies(at: number, subcode: number): void {
    this.#clock.at(at, () => this.#world.meta.tokens.kill('all', { subcode }))
  }

  #isBack(at: number, then: (at: number) => void): void {
    this.#clock.at(at, async () => {
      if (await this.#acts.connect()) then(at)
      else this.#isBack(at + 10 * MINUTE, then)
    })
  }

  /** What Meta says of days changes, and three times it gives only a few rows at once. */
  #numbers(): void {
    const { insights } = this.#world.meta
    for (let n = 0; n < 24; n++) {
      const at = START + Math.floor(this.#luck(n, 'changed') * DAYS * DAY)
      this.#clock.at(at, () => this.#change(n))
    }
    for (const day of [4, 11, 27]) {
      const at = START + day * DAY + 17 * HOUR
      this.#clock.at(at, () => insights.mode({ maxLimit: 10 }))
      // An admin wants numbers as the night's reading begins.
      this.#clock.at(at + HOUR, this.#acts.askForNumbers)
      this.#clock.at(at + 4 * HOUR, () => insights.mode({ maxLimit: null }))
    }
  }

  /** Meta changes what it said of a day of the last 26: other numbers, more or fewer leads, nothing. */
  #change(n: number): void {
    const { insights, world } = this.#world.meta
    const accounts = PROJECTS.map(({ accountId }): string => accountId)
    const [first = '', ...others] = [...world.campaigns.values()].flatMap(({ id, accountId }) =>
      accounts.includes(accountId) ? [id] : [],
    )
    const ago = Math.floor(this.#luck(n, 'ago') * 26 * DAY)
    const date = dayOf(Date.now() - ago, DENT.timezone)
    const campaignId = choose([first, ...others], this.#seed, n, 'campaign')
    if (n % 4 === 0) insights.setDay(campaignId, date, { spend: 12.34, clicks: 5, siteLeads: 3 })
    else if (n % 4 === 1) insights.setDay(campaignId, date, sumOf([]))
    else insights.restate({ date, factor: 0.5 + this.#luck(n, 'factor'), campaignId })
  }
}
