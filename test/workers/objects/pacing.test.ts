import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Actor, LeadData } from '../../../src/lead.ts'
import { listLeads } from '../../../src/store/leads.ts'
import { updateProject } from '../../../src/store/projects.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import { beginAnew, beSilent } from '../chats.ts'
import { crash } from '../crash.ts'
import { Outside, telegramError } from '../outside.ts'
import { newId } from '../updates.ts'

const MINUTE = 60_000
const LIMIT = 20

let outside: Outside
let chatId: string
/** When Telegram took each message, and how often it refused one. */
let taken: number[]
let floods: number

beforeEach(async () => {
  await beginAnew()
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
  chatId = String(-1_000_000_000_000 - newId())
  taken = []
  floods = 0
  await updateProject(env.DB, 'main', { chatId, threadId: null })
  // A group takes twenty messages in any minute.
  outside.answer(({ name, params }) => {
    if (name !== 'sendMessage' || String(params['chat_id']) !== chatId) return undefined
    const now = Date.now()
    const inMinute = taken.filter((at) => at > now - MINUTE)
    if (inMinute.length >= LIMIT) {
      floods += 1
      const retry = Math.ceil(((inMinute[0] ?? now) + MINUTE - now) / 1000)
      return telegramError(429, `Too Many Requests: retry after ${retry}`, { retry_after: retry })
    }
    taken.push(now)
    return undefined
  })
})

afterEach(async () => {
  vi.useRealTimers()
  await beSilent(chatId)
})

const OLIM: Actor = { id: '7', name: 'Olim', role: 'manager' }

/** So many leads at once, as a page brings them. */
async function burst(count: number): Promise<LeadData[]> {
  const ids = Array.from({ length: count }, () => crypto.randomUUID())
  const leads = await Promise.all(
    ids.map(async (id, n) => {
      const createdAt = new Date(Date.now() + n).toISOString()
      const lead = {
        projectId: 'main',
        source: 'api',
        sourceRef: null,
        name: `N${n}.`,
        createdAt,
      } as const
      const command = { id, type: 'receive', by: null, lead } as const
      const answer = await leadOf(env, id).carryOutFor(command, { chatId, rules: RULES })
      if (!answer.ok) throw new Error('refused')
      return answer.lead
    }),
  )
  await conversationOf(env, chatId).showCards(leads, PLACE)
  await conversationOf(env, chatId).kick()
  return leads
}

const PLACE = { threadId: null, locale: 'ru', timezone: 'Asia/Tashkent' } as const
const RULES = {
  responseMinutes: null,
  workingHours: null,
  returnMinutes: null,
  timezone: 'Asia/Tashkent',
  isGivenOut: false,
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5_000) {
    vi.setSystemTime(Date.now() + 5_000)
    await conversationOf(env, chatId).kick()
  }
}

function texts(): string[] {
  return [...outside.messages(chatId).values()]
}

/** The numbers of the leads whose cards stand in the chat, in order. */
function shown(): number[] {
  return texts()
    .flatMap((text) => Number(/N(\d+)\./.exec(text)?.[1] ?? NaN))
    .filter(Number.isFinite)
}

describe('leads of a burst that come to wait too long', () => {
  it('say so one after another, and a lead that is taken meanwhile says that at once', async () => {
    const edited: number[] = []
    let refused = 0
    outside.answer(({ name, params }) => {
      if (name !== 'editMessageText' || String(params['chat_id']) !== chatId) return undefined
      if (edited.filter((at) => at > Date.now() - MINUTE).length >= LIMIT) {
        refused += 1
        return telegramError(429, 'Too Many Requests: retry after 30', { retry_after: 30 })
      }
      edited.push(Date.now())
      return undefined
    })
    const leads = await burst(15)
    const late = leads.map((lead) => ({ ...lead, version: 2, nudges: 1, nudgedAt: lead.createdAt }))
    await conversationOf(env, chatId).showCards(late, PLACE)
    await conversationOf(env, chatId).kick()
    const red = () => [...outside.messages(chatId).values()].filter((one) => /Без ответа/.test(one))
    expect(red().length).toBeLessThan(12)
    const [first] = late
    if (!first) throw new Error('there is no lead')
    const taken = { ...first, version: 3, status: 'in_progress', assignee: OLIM } as const
    await conversationOf(env, chatId).showCards([taken], PLACE)
    await conversationOf(env, chatId).kick()
    expect([...outside.messages(chatId).values()].join()).toContain('Olim')
    for (let step = 0; step < 40; step++) {
      vi.setSystemTime(Date.now() + 6_000)
      await conversationOf(env, chatId).kick()
    }
    expect(red()).toHaveLength(14)
    expect(refused).toBe(0)
  })
})

describe('a burst of 300 leads', () => {
  it('says at once how many wait, then shows the oldest first at the pace of the group, without a single refusal', async () => {
    await burst(300)
    expect(texts()[0]).toContain('ждут показа')
    expect(texts()[0]).toContain('300')
    await pass(2 * MINUTE)
    expect(floods).toBe(0)
    // Three of a minute's twenty are kept for talk.
    expect(shown().length).toBeGreaterThanOrEqual(33)
    expect(shown()).toEqual(shown().toSorted((a, b) => a - b))
    await pass(18 * MINUTE)
    expect(shown()).toHaveLength(300)
    expect(floods).toBe(0)
    expect(texts()[0]).toContain('показаны')
  })

  it('is said again only when another number waits', async () => {
    await burst(60)
    await pass(3 * MINUTE)
    const said = outside
      .sent('editMessageText', chatId)
      .map(({ params }) => String(params['text']))
      .filter((text) => text.includes('ждут показа'))
    expect(said.length).toBeGreaterThan(2)
    expect(said.filter((text, n) => text === said[n - 1])).toEqual([])
  })

  it('shows no card of a lead that somebody has taken meanwhile', async () => {
    const leads = await burst(100)
    for (const { id } of leads.slice(50, 60)) {
      await leadOf(env, id).carryOut({ id: `take-${id}`, type: 'claim', by: OLIM })
      await leadOf(env, id).show()
    }
    await pass(8 * MINUTE)
    expect(shown()).toHaveLength(90)
    const back = leads[50]?.id ?? ''
    await leadOf(env, back).carryOut({ id: 'back', type: 'release', by: OLIM })
    await leadOf(env, back).show()
    await pass(MINUTE)
    expect(shown()).toHaveLength(91)
  })

  it('changes the card of a lead that is taken at once, while others wait to be shown', async () => {
    const leads = await burst(100)
    const first = leads[0]?.id ?? ''
    await leadOf(env, first).carryOut({ id: 'take', type: 'claim', by: OLIM })
    await leadOf(env, first).show()
    await conversationOf(env, chatId).kick()
    expect(texts().find((text) => text.includes('N0.'))).toContain('Olim')
  })

  it('keeps to the pace when the chat dies in the middle, and shows each once', async () => {
    await burst(60)
    for (let n = 0; n < 5; n++) {
      await crash(conversationOf(env, chatId))
      await pass(MINUTE)
    }
    expect(floods).toBeLessThanOrEqual(3)
    expect(shown().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n))
  })

  it('answers people in the group at once all the same', async () => {
    await burst(100)
    await conversationOf(env, chatId).tell({ key: 'x', text: 'refused.admin', params: {} })
    await conversationOf(env, chatId).kick()
    expect(texts().at(-1)).toContain('администратор')
  })
})

describe('the lists', () => {
  it('do not wait for the group', async () => {
    const [lead] = await burst(30)
    await leadOf(env, lead?.id ?? '').show()
    const { leads } = await listLeads(env.DB, {}, { after: null, limit: 200 })
    expect(leads.some(({ id }) => id === lead?.id)).toBe(true)
  })
})

describe('a card of a lead that waits', () => {
  it('says how long, corrected as time passes, and no more once it is taken', async () => {
    const [lead] = await burst(1)
    const card = () => texts().find((text) => text.includes('N0.')) ?? ''
    const edits = () => outside.sent('editMessageText', chatId).length
    await pass(4 * MINUTE)
    expect(card()).toContain('4 мин')
    expect(edits()).toBe(4)
    await leadOf(env, lead?.id ?? '').carryOut({ id: 'take', type: 'claim', by: OLIM })
    await leadOf(env, lead?.id ?? '').show()
    await pass(MINUTE)
    const after = edits()
    await pass(10 * MINUTE)
    expect(edits()).toBe(after)
  })

  it('is corrected later while many leads are being changed', async () => {
    const leads = await burst(12)
    await pass(30_000)
    for (const { id } of leads.slice(1)) {
      await leadOf(env, id).carryOut({ id: 'take', type: 'claim', by: OLIM })
      await leadOf(env, id).show()
    }
    await conversationOf(env, chatId).kick()
    const aged = () => texts().filter((text) => text.includes('мин') && !text.includes('минуты'))
    await pass(45_000)
    expect(aged()).toEqual([])
    await pass(MINUTE)
    expect(aged()).toEqual([expect.stringContaining('N0.')])
  })

  it('leaves half of what a group takes to changes of leads, however many wait', async () => {
    await burst(17)
    await pass(3 * MINUTE)
    const before = outside.sent('editMessageText', chatId).length
    await pass(2 * MINUTE)
    expect(outside.sent('editMessageText', chatId).length - before).toBeLessThanOrEqual(20)
  })
})
