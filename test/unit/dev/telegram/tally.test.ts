import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ANN, forum, refusal, stage } from './stage.ts'

const State = z.object({
  tally: z.object({
    since: z.number(),
    sent: z.number(),
    edited: z.number(),
    tooMany: z.number(),
    refused: z.number(),
    groups: z.array(z.object({ sent: z.number(), edited: z.number(), limit: z.number() })),
  }),
})

async function counted() {
  const made = await stage({ floodLimits: true })
  const { id } = forum(made)
  const tally = async () =>
    State.parse(await (await made.telegram.page.request('/page/state')).json()).tally
  const countAnew = () =>
    made.telegram.page.request('/page/count-anew', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
  return { ...made, id, tally, countAnew }
}

describe('the numbers of the chat page', () => {
  it('count what was sent and edited, and what was refused as too much', async () => {
    const { api, id, tally } = await counted()
    const { message_id } = await api.sendMessage(id, 'first')
    for (let n = 1; n < 20; n++) await api.sendMessage(id, `${n}`)
    expect(await refusal(api.sendMessage(id, 'too much'))).toContain('429')
    await api.editMessageText(id, message_id, 'edited')
    expect(await tally()).toMatchObject({
      sent: 20,
      edited: 1,
      tooMany: 1,
      refused: 0,
      groups: [{ sent: 20, edited: 1, limit: 20 }],
    })
  })

  it('hold only the last minute of a group, and all of the rest until counted anew', async () => {
    const { api, id, clock, tally, countAnew } = await counted()
    await api.sendMessage(id, 'one')
    await clock.advance(60_001)
    expect(await tally()).toMatchObject({ sent: 1, groups: [{ sent: 0 }] })
    await countAnew()
    expect(await tally()).toMatchObject({ since: clock.now(), sent: 0 })
  })

  it('count the calls of an outage apart', async () => {
    const { api, telegram, tally } = await counted()
    telegram.say(ANN, ANN, { text: '/start' })
    telegram.switches.set({ isDown: true, downBy: 'bad-gateway' })
    await expect(api.sendMessage(ANN, 'hello')).rejects.toThrow('sendMessage')
    telegram.switches.set({ isDown: false })
    await api.sendMessage(ANN, 'hello')
    expect(await tally()).toMatchObject({ refused: 1, sent: 1, tooMany: 0 })
  })
})
