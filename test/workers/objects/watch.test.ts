import { introspectWorkflowInstance } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection } from '../../../objects/connection/connection.ts'
import { Conversation } from '../../../objects/conversation/conversation.ts'
import { Watch } from '../../../objects/watch/watch.ts'
import { watchAll } from '../../../src/schedule/watch-all.ts'
import { startOnce } from '../../../src/start-once.ts'
import { updateProject } from '../../../src/store/projects.ts'
import { saveReceipts } from '../../../src/store/receipts.ts'
import { listAlerts } from '../../../src/store/watch.ts'
import { watchOf } from '../../../src/stubs.ts'
import { isoTime } from '../../../src/time.ts'
import { watchSchema } from '../../../src/watch/settings.ts'
import { ADMIN, Advertised } from '../advertised.ts'
import { crash } from '../crash.ts'
import { Outside } from '../outside.ts'
import { instead, setRules } from '../team.ts'
import { newId } from '../updates.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

let outside: Outside
let ads: Advertised

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
  ads = new Advertised(outside)
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}

/** Time enough for Meta to be asked again how the account stands. */
async function lookLater(): Promise<void> {
  pass(30 * MINUTE_MS)
  await ads.look()
}

async function alerts(projectId = ads.projectId) {
  return listAlerts(env.DB, { projectId }, { after: null, limit: 50 })
}

/** A lead in the lists that came so long ago. */
async function leadAgo(ms: number): Promise<void> {
  const at = isoTime(Date.now() - ms)
  await env.DB.prepare(
    `INSERT INTO leads (id, version, project_id, status, source, words, body, created_at, updated_at)
     VALUES (?1, 1, ?2, 'closed', 'api', '', '{}', ?3, ?3)`,
  )
    .bind(`lead-${newId()}`, ads.projectId, at)
    .run()
}

describe('an alert', () => {
  it('is told once in the project’s chat and to the admins, with what to press, until it is over', async () => {
    await ads.begin()
    await ads.spend(30, 5)
    await ads.look()
    const [told, ...more] = ads.said()
    expect(more).toEqual([])
    expect(told?.text).toContain('<b>Заявка дороже цели</b>')
    expect(told?.text).toContain('6,00\u00A0$')
    expect(told?.text).toContain('5,00\u00A0$')
    expect(told?.buttons.map(({ text }) => text)).toEqual([
      '🔕 1 час',
      '🔕 1 день',
      '🔕 до пн',
      '⏸ Leads Nov',
    ])
    for (const { callback_data: data = '' } of told?.buttons ?? []) {
      expect(new TextEncoder().encode(data).length).toBeLessThanOrEqual(64)
    }
    expect(ads.titles(ADMIN)).toEqual(['Заявка дороже цели'])
    await lookLater()
    await ads.spend(33, 6)
    await lookLater()
    expect(ads.titles()).toEqual(['Заявка дороже цели'])
    await ads.spend(33, 8)
    await lookLater()
    expect(ads.titles()).toEqual(['Заявка дороже цели', 'Цена заявки снова в пределах цели'])
    expect(ads.said().at(-1)?.buttons).toEqual([])
    expect(ads.titles(ADMIN)).toHaveLength(2)
    expect(await alerts()).toMatchObject([{ kind: 'cpl', state: 'over' }])
  })

  it('is listed from the moment it can be pressed, and keeps its numbers up to date', async () => {
    await ads.begin()
    await ads.spend(30, 5)
    await ads.look()
    const [before] = await alerts()
    expect(before).toMatchObject({
      kind: 'cpl',
      state: 'open',
      toldAt: isoTime(),
      facts: { leads: 5, spend: { amount: '30.00', currency: 'USD' } },
      campaigns: [{ id: ads.campaignId, name: 'Leads Nov' }],
    })
    await ads.spend(40, 5)
    await lookLater()
    expect(await alerts()).toMatchObject([{ id: before?.id, facts: { leads: 5 } }])
    expect((await alerts())[0]?.facts['spend']).toEqual({ amount: '40.00', currency: 'USD' })
  })

  it('that comes back within its cooldown is told when that has passed', async () => {
    await ads.begin()
    await ads.spend(30, 5)
    await ads.look()
    await ads.spend(30, 8)
    await ads.look()
    await ads.spend(50, 8)
    await lookLater()
    expect(ads.titles()).toHaveLength(2)
    expect((await alerts()).map(({ state }) => state)).toEqual(['open', 'over'])
    pass(DAY_MS)
    await ads.spend(50, 8)
    await ads.look()
    expect(ads.titles().at(-1)).toBe('Заявка дороже цели')
    expect(ads.titles()).toHaveLength(3)
  })

  it('waits for the project’s hours, unless it costs money at this moment', async () => {
    const hour = Number(
      new Intl.DateTimeFormat('en', { hour: 'numeric', hour12: false, timeZone: 'Asia/Tashkent' })
        .format(Date.now())
        .replace('24', '0'),
    )
    const closed = hour < 12 ? { from: 13, to: 24 } : { from: 0, to: 11 }
    await ads.begin({ hours: closed })
    await ads.spend(30, 5)
    ads.accountStatus = 2
    await ads.look()
    expect(ads.titles()).toEqual(['Рекламный аккаунт остановлен'])
    const watch = watchSchema.parse({ targetCpl: '5', hours: null })
    await updateProject(env.DB, ads.projectId, { watch })
    await ads.look()
    expect(ads.titles()).toEqual(['Рекламный аккаунт остановлен', 'Заявка дороже цели'])
  })

  it('ends without a word when it is not watched any more', async () => {
    await ads.begin()
    await ads.spend(30, 5)
    await ads.look()
    const watch = watchSchema.parse({ targetCpl: null, hours: null })
    await updateProject(env.DB, ads.projectId, { watch })
    await ads.look()
    expect(ads.titles()).toHaveLength(1)
    expect(await alerts()).toMatchObject([{ state: 'over' }])
  })

  it('stays as it is while the numbers are too old to judge by', async () => {
    await ads.begin()
    await ads.spend(30, 5)
    await ads.look()
    const { accountId } = ads.meta
    await env.DB.prepare('UPDATE insights SET leads = 100 WHERE account_id = ?')
      .bind(accountId)
      .run()
    pass(4 * HOUR_MS)
    await ads.look()
    expect(await alerts()).toMatchObject([{ kind: 'cpl', state: 'open' }])
  })

  it('of one project is none of another’s', async () => {
    await ads.begin()
    const other = await new Advertised(outside).begin()
    ads.listen()
    await ads.spend(30, 5)
    await other.spend(30, 10)
    await ads.look()
    await other.look()
    expect(ads.titles()).toEqual(['Заявка дороже цели'])
    expect(other.titles()).toEqual([])
    expect(await alerts(other.projectId)).toEqual([])
    await other.spend(60, 10)
    await other.look()
    expect(other.titles()).toEqual(['Заявка дороже цели'])
    expect(ads.titles()).toHaveLength(1)
  })
})

/** What was counted of yesterday's leads. */
async function receipt(counted: { meta: number; held: number; shown: number }): Promise<void> {
  const date = isoTime(Date.now() - DAY_MS).slice(0, 10)
  const tally = { projectId: ads.projectId, date, slowestSeconds: null, ...counted }
  await saveReceipts(env.DB, ads.meta.pageId, [tally])
}

/** How each kind comes, stays and goes; what it says when it does. */
const STORIES: Record<
  string,
  { rises: [() => Promise<void> | void, string]; stays: () => Promise<void> | void } & {
    falls: [() => Promise<void> | void, string]
  }
> = {
  'spending without leads': {
    rises: [() => ads.spend(20, 0), 'Расход без заявок'],
    stays: () => ads.spend(25, 0),
    falls: [() => ads.spend(25, 5), 'Расхода без заявок больше нет'],
  },
  'spending without leads, paused elsewhere': {
    rises: [() => ads.spend(20, 0), 'Расход без заявок'],
    stays: () => ads.spend(20, 0),
    falls: [() => void (ads.effectiveStatus = 'PAUSED'), 'Расхода без заявок больше нет'],
  },
  'no spending': {
    rises: [() => ads.spend(0, 0), 'Реклама ничего не тратит'],
    stays: () => ads.spend(0, 0),
    falls: [() => ads.spend(1, 1), 'Вопрос с расходом решён'],
  },
  'a disabled account': {
    rises: [() => void (ads.accountStatus = 2), 'Рекламный аккаунт остановлен'],
    stays: () => void (ads.accountStatus = 3),
    falls: [() => void (ads.accountStatus = 1), 'Рекламный аккаунт снова работает'],
  },
  'a bill that is not paid': {
    rises: [() => void (ads.accountStatus = 9), 'Оплата рекламы не прошла'],
    stays: () => void (ads.accountStatus = 8),
    falls: [() => void (ads.accountStatus = 1), 'С оплатой рекламы снова всё в порядке'],
  },
  'fewer leads than Meta has': {
    rises: [() => receipt({ meta: 5, held: 3, shown: 3 }), 'Заявок меньше, чем у Facebook'],
    stays: () => receipt({ meta: 5, held: 5, shown: 4 }),
    falls: [
      () => receipt({ meta: 5, held: 5, shown: 5 }),
      'Все заявки Facebook за семь дней на месте',
    ],
  },
  'an unusual silence': {
    rises: [
      async () => {
        await setRules(ads.projectId, {})
        for (let n = 0; n < 30; n++) await leadAgo(20 * HOUR_MS + n * HOUR_MS)
      },
      'Давно нет заявок',
    ],
    stays: () => undefined,
    falls: [() => leadAgo(0), 'Заявки снова идут'],
  },
}

describe.each(Object.entries(STORIES))('%s', (name, { rises, stays, falls }) => {
  it('is told when it comes, not while it stays, and when it is over', async () => {
    await ads.begin()
    await ads.look()
    expect(ads.titles()).toEqual([])
    await rises[0]()
    await lookLater()
    expect(ads.titles(ADMIN)).toEqual([rises[1]])
    await stays()
    await lookLater()
    await lookLater()
    expect(ads.titles(ADMIN)).toEqual([rises[1]])
    await falls[0]()
    await lookLater()
    expect(ads.titles(ADMIN)).toEqual([rises[1], falls[1]])
    await lookLater()
    expect(ads.titles(ADMIN)).toHaveLength(2)
    // That leads are missing is ours to mend, and nothing that the project's chat has to know.
    expect(ads.titles()).toEqual(name === 'fewer leads than Meta has' ? [] : ads.titles(ADMIN))
  })
})

describe('a token that is dying', () => {
  it('is listed and told by nobody but the connection', async () => {
    ads.meta.expiresAt = Math.floor(Date.now() / 1000) + 5 * 86_400
    await ads.begin()
    await ads.look()
    expect(await alerts()).toMatchObject([
      { kind: 'token', state: 'open', toldAt: null, facts: { state: 'alive', days: 5 } },
    ])
    expect(ads.titles()).toEqual([])
    expect(ads.titles(ADMIN)).toEqual([])
  })
})

describe('an account of which nobody knows how it stands', () => {
  it.each([
    ['Meta is down', () => new Response('<html>', { status: 502 })],
    ['Meta answers nonsense', () => Response.json({ account_status: 'fine' })],
    ['Meta cannot be reached', () => Promise.reject(new TypeError('cut off'))],
  ])('keeps its alert: %s', async (_, answer) => {
    await ads.begin()
    ads.accountStatus = 2
    await ads.look()
    outside.answer(({ to }) => (to === 'meta' ? answer() : undefined))
    pass(4 * HOUR_MS)
    await ads.look()
    expect(await alerts()).toMatchObject([{ kind: 'account_stopped', state: 'open' }])
    expect(ads.titles()).toHaveLength(1)
  })
})

describe('a project', () => {
  it('is looked at when its insights were read, which does not depend on that', async () => {
    await ads.begin()
    outside.answer(({ name }) =>
      name.endsWith('/insights') ? Response.json({ data: [] }) : undefined,
    )
    let looks = 0
    instead(Watch.prototype, 'look', async () => {
      looks += 1
      throw new Error('cut off')
    })
    const id = crypto.randomUUID()
    await using instance = await introspectWorkflowInstance(env.AGGREGATE_INSIGHTS, id)
    await instance.modify(async (m) => m.disableRetryDelays())
    await startOnce(env.AGGREGATE_INSIGHTS, id, { projectId: ads.projectId, days: 2 })
    await instance.waitForStatus('complete')
    expect(looks).toBe(1)
  })

  it('that cannot be looked at at a tick keeps back no other', async () => {
    await ads.begin()
    const other = await new Advertised(outside).begin()
    ads.listen()
    await ads.spend(30, 5)
    await other.spend(30, 5)
    instead(Watch.prototype, 'look', async ({ self, really }) => {
      const { ctx } = self as { ctx: DurableObjectState }
      if (ctx.id.name === ads.projectId) throw new Error('cut off')
      // Those that other tests have left are not meant.
      if (ctx.id.name === other.projectId) await really()
    })
    const quarter = 15 * MINUTE_MS
    await watchAll(env, Math.floor(Date.now() / quarter) * quarter)
    await other.settle()
    expect(other.titles()).toEqual(['Заявка дороже цели'])
    expect(ads.titles()).toEqual([])
  })
})

describe('a look that is cut off', () => {
  const places = ['before', 'after'] as const

  /** What is said once everything is up again, however often it is looked. */
  async function expectOneAlert(): Promise<void> {
    vi.restoreAllMocks()
    for (let n = 0; n < 3; n++) {
      pass(MINUTE_MS)
      await ads.look()
    }
    expect(ads.titles()).toEqual(['Заявка дороже цели'])
    expect(ads.titles(ADMIN)).toEqual(['Заявка дороже цели'])
    expect(await alerts()).toMatchObject([{ kind: 'cpl', state: 'open' }])
  }

  async function lookAndDie(target: object, method: string, nth: number, when: string) {
    let count = 0
    instead(target, method, async ({ really }) => {
      const isNow = ++count === nth
      if (isNow && when === 'before') await crash(watchOf(env, ads.projectId))
      const answer = await really()
      if (isNow && when === 'after') await crash(watchOf(env, ads.projectId))
      return answer
    })
    await ads.begin()
    await ads.spend(30, 5)
    // It dies in the middle of this: that is what is tried.
    await ads.look().catch(() => undefined)
    expect(count).toBeGreaterThanOrEqual(nth)
  }

  it.each(places)('%s the project’s chat is told, tells everybody once', async (when) => {
    await lookAndDie(Conversation.prototype, 'tellAlert', 1, when)
    await expectOneAlert()
  })

  it.each(places)('%s the first admin is told, tells everybody once', async (when) => {
    await lookAndDie(Conversation.prototype, 'tellAlert', 2, when)
    await expectOneAlert()
  })

  it.each(places)('%s Meta is asked how the account stands, tells everybody once', async (when) => {
    await lookAndDie(Connection.prototype, 'readAccount', 1, when)
    await expectOneAlert()
  })

  it('right after it was stored, tells everybody once', async () => {
    await ads.begin()
    await ads.spend(30, 5)
    const look = watchOf(env, ads.projectId)
      .look()
      .catch(() => undefined)
    await crash(watchOf(env, ads.projectId))
    await look
    await expectOneAlert()
  })

  it('or asked for twice at once, tells everybody once', async () => {
    await ads.begin()
    await ads.spend(30, 5)
    await Promise.all([ads.look(), ads.look(), ads.look()])
    await expectOneAlert()
  })
})
