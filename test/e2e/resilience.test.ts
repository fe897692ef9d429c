import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PEOPLE } from '../../dev/demo.ts'
import { answerTo, summaryTo } from './chats.ts'
import { Stage, until } from './stage.ts'

const FORM = '778812345678901'

let stage: Stage

beforeAll(async () => {
  stage = await Stage.set()
}, 120_000)

afterAll(() => stage.clear())

interface List {
  items: { id: string; sourceRef: string | null; details: string; name: string | null }[]
  nextCursor: string | null
}

/** Every lead the API lists. */
async function allLeads(): Promise<List['items']> {
  const items: List['items'] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const path: string = `/leads?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    const page = (await stage.admin.api('GET', path)) as List
    items.push(...page.items)
    cursor = page.nextCursor
  }
  return items
}

/** Waits until these leads of Meta's are listed, and gives how many cards each of their names has. */
async function shown(ids: string[]): Promise<number[]> {
  const wanted = new Set(ids)
  const found = await until(
    async () => (await allLeads()).filter(({ sourceRef }) => wanted.has(sourceRef ?? '')),
    (leads) => leads.length === ids.length && leads.every(({ details }) => details === 'complete'),
  )
  const leadIds = found.map(({ id }) => id)
  const count = () => {
    const all = stage.standIns.telegram.messages(stage.links.groupId)
    const buttons = all.map((message) => JSON.stringify(message.reply_markup ?? ''))
    return leadIds.map((id) => buttons.filter((button) => button.includes(id)).length)
  }
  await stage.standIns.telegram.when(() => count().every((cards) => cards > 0), {
    timeoutMs: 90_000,
  })
  return count()
}

const onceEach = (count: number) => Array.from({ length: count }, () => 1)

describe('the Worker', () => {
  it('killed in the middle of 200 leads loses none that it took and shows each once', async () => {
    const { meta, telegram } = stage.standIns
    const ids = meta.leads.submitMany(FORM, 200)
    await telegram.when(() => stage.cards().length >= 30, { timeoutMs: 60_000 })
    await stage.killAndRestart()
    expect(await shown(ids)).toEqual(onceEach(200))
  }, 180_000)

  it('loses and doubles nothing while Telegram answers 429 and then 500 for a minute', async () => {
    const { meta, telegram } = stage.standIns
    const before = stage.cards().length
    const flood = telegram.faults.add({
      kind: 'error',
      code: 429,
      description: 'Too Many Requests: retry after 3',
      parameters: { retry_after: 3 },
      forMs: 10_000,
    })
    const ids = meta.leads.submitMany(FORM, 20)
    await new Promise((resolve) => setTimeout(resolve, 10_000))
    flood.remove()
    telegram.faults.add({ kind: 'lost-answer', by: 'error', method: 'sendMessage', times: 3 })
    telegram.faults.add({
      kind: 'error',
      code: 500,
      description: 'Internal Server Error',
      forMs: 50_000,
    })
    expect(await shown(ids)).toEqual(onceEach(20))
    expect(stage.cards()).toHaveLength(before + 20)
  }, 240_000)

  it('makes one lead and one card of a webhook of Meta that comes ten times at once', async () => {
    const { meta } = stage.standIns
    const [id = ''] = meta.leads.submitMany(FORM, 1)
    meta.webhooks.send({ leadIds: [id], copies: 10 })
    expect(await shown([id])).toEqual([1])
    expect((await allLeads()).filter(({ sourceRef }) => sourceRef === id)).toHaveLength(1)
  }, 60_000)

  it('makes one lead of a press of Telegram that comes ten times at once', async () => {
    const { telegram } = stage.standIns
    const { id } = PEOPLE.client
    for (const text of ['/lead', 'Десятка', '+998901112233']) await answerTo(stage, id, { text })
    const summary = await summaryTo(stage, id, { text: 'Пропустить' })
    telegram.switches.set({ copies: 10, areCopiesParallel: true })
    await telegram.press(id, id, summary.message_id, '✅ Отправить')
    telegram.switches.reset()
    await telegram.idle()
    const leads = await until(
      async () => (await allLeads()).filter(({ name }) => name === 'Десятка'),
      (found) => found.length > 0,
    )
    expect(leads).toHaveLength(1)
    await telegram.when(() => stage.cards().some((text) => text.includes('Десятка')))
    expect(stage.cards().filter((text) => text.includes('Десятка'))).toHaveLength(1)
  }, 60_000)

  it('takes in 999 of a batch of 1,000 in which one makes no sense', async () => {
    const { meta } = stage.standIns
    const before = (await allLeads()).length
    meta.leads.submitMany(FORM, 999, { malformed: [{ form_id: FORM, leadgen_id: null }] })
    const leads = await until(allLeads, (found) => found.length >= before + 999, 120_000)
    expect(leads).toHaveLength(before + 999)
    expect(meta.webhooks.deliveries.at(-1)).toMatchObject({ status: 'accepted', attempts: 1 })
    const { parked } = (await stage.admin.api('GET', '/health')) as {
      parked: { byReason: Record<string, number> }
    }
    expect(Object.keys(parked.byReason).join()).toContain('MALFORMED')
  }, 180_000)

  it('shows leads while the token is dead, and fills them in after reconnecting', async () => {
    const { meta, telegram } = stage.standIns
    meta.tokens.kill('all', { subcode: 460 })
    const ids = meta.leads.submitMany(FORM, 3)
    const pending = await until(
      async () => (await allLeads()).filter(({ sourceRef }) => ids.includes(sourceRef ?? '')),
      (leads) => leads.length === 3,
    )
    expect(pending.map(({ details }) => details)).toEqual(['pending', 'pending', 'pending'])
    await telegram.when(() =>
      telegram.messages(PEOPLE.admin.id).some(({ text }) => text?.includes('потеряна')),
    )
    expect(await stage.admin.connectMeta()).toContain('connect=done')
    expect(await shown(ids)).toEqual(onceEach(3))
  }, 120_000)
})
