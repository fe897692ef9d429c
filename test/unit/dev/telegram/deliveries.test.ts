import { serve } from '@hono/node-server'
import type { Update } from 'grammy/types'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ANN, BOB, CARD, CAROL, DAN, forum, holdBot, stage, TOKEN } from './stage.ts'

const texts = (updates: Update[]) => updates.map(({ message }) => message?.text)
const seconds = (times: readonly number[]) => times.map((time) => (time - (times[0] ?? 0)) / 1000)
const error = (status: number, headers?: Record<string, string>) => () =>
  new Response('', { status, ...(headers && { headers }) })

/** A server on this machine; port 0 is any free one. */
const listen = (port: number, answer: (request: Request) => Response = () => new Response()) =>
  new Promise<{ server: ReturnType<typeof serve>; port: number }>((resolve) => {
    const server = serve({ port, hostname: '127.0.0.1', fetch: answer }, (info) => {
      onTestFinished(() => void server.close())
      resolve({ server, port: info.port })
    })
  })

describe('a webhook request', () => {
  it('carries the update as JSON with the secret in its header', async () => {
    const { telegram, updates, requests } = await stage()
    const { messageId, updateId } = telegram.say(ANN, ANN, { text: 'Здравствуйте' })
    await telegram.idle()
    expect(requests[0]?.method).toBe('POST')
    expect(requests[0]?.headers.get('content-type')).toBe('application/json')
    expect(requests[0]?.headers.get('x-telegram-bot-api-secret-token')).toBe('the-secret')
    expect(updates).toMatchObject([
      {
        update_id: updateId,
        message: {
          message_id: messageId,
          chat: { id: ANN, type: 'private' },
          text: 'Здравствуйте',
        },
      },
    ])
  })

  it('reaches a real server, and finds it again after it was away', async () => {
    const { telegram, api, clock } = await stage({ webhook: false, fetch })
    const { server, port } = await listen(0)
    server.close()
    await api.setWebhook(`http://127.0.0.1:${port}/telegram/webhook`)
    telegram.say(ANN, ANN, { text: 'hello' })
    await telegram.when(() => telegram.webhookInfo().last_error_message === 'Connection refused')
    await listen(port)
    await clock.advance(2_000)
    await telegram.idle()
    expect(telegram.deliveries.map(({ result }) => result)).toEqual(['Connection refused', 'ok'])
  })

  it('does not follow a redirect', async () => {
    const { telegram, api } = await stage({ webhook: false, fetch })
    const visited: string[] = []
    const { port } = await listen(0, (request) => {
      visited.push(new URL(request.url).pathname)
      return request.url.endsWith('/old')
        ? Response.redirect(`${request.url}/new`, 307)
        : new Response()
    })
    await api.setWebhook(`http://127.0.0.1:${port}/old`)
    telegram.say(ANN, ANN, { text: 'hello' })
    const result = await telegram.when(() => telegram.deliveries[0]?.result)
    expect(result).toBe('Wrong response from the webhook: 307 Temporary Redirect')
    expect(visited).not.toContain('/old/new')
  })

  it('sends what stands before the @ of the address as basic authorization', async () => {
    const { telegram, api, requests } = await stage({ webhook: false })
    await api.setWebhook('https://user:pass@bot.example.com/hook')
    telegram.say(ANN, ANN, { text: 'hi' })
    await telegram.idle()
    expect(requests[0]?.url).toBe('https://bot.example.com/hook')
    expect(requests[0]?.headers.get('authorization')).toBe(`Basic ${btoa('user:pass')}`)
  })
})

describe('a queue', () => {
  it('brings messages of one chat one after another', async () => {
    const { telegram, bot, updates } = await stage()
    const { open } = holdBot({ bot })
    telegram.say(ANN, ANN, { text: 'one' })
    telegram.say(ANN, ANN, { text: 'two' })
    await telegram.when(() => telegram.deliveries.length === 1)
    expect(telegram.webhookInfo().pending_update_count).toBe(2)
    open()
    await telegram.idle()
    expect(texts(updates)).toEqual(['one', 'two'])
  })

  it('brings messages of different chats at the same time', async () => {
    const { telegram, bot } = await stage()
    const { open } = holdBot({ bot })
    telegram.say(ANN, ANN, { text: 'from Ann' })
    telegram.say(BOB, BOB, { text: 'from Bob' })
    await telegram.when(() => telegram.deliveries.length === 2)
    expect(telegram.webhookInfo().pending_update_count).toBe(2)
    open()
    await telegram.idle()
  })

  it('is one for a whole forum: a slow topic holds up the others', async () => {
    const { telegram, bot, updates } = await stage()
    const { id, topicId } = forum({ telegram })
    const { open } = holdBot({ bot })
    telegram.say(BOB, id, { text: 'in the topic', threadId: topicId })
    telegram.say(BOB, id, { text: 'in General' })
    await telegram.when(() => telegram.deliveries.length === 1)
    open()
    await telegram.idle()
    expect(texts(updates)).toEqual(['in the topic', 'in General'])
  })

  it('is by person for presses: two managers race, one who presses twice does not', async () => {
    const { telegram, api, bot } = await stage()
    const { id } = forum({ telegram })
    const { message_id } = await api.sendMessage(id, 'Lead', CARD)
    const { open } = holdBot({ bot })
    for (const manager of [BOB, BOB, CAROL]) void telegram.press(manager, id, message_id, 'Take')
    await telegram.when(() => telegram.deliveries.length === 2)
    expect(telegram.deliveries.map(({ update }) => update.callback_query?.from.id)).toEqual([
      BOB,
      CAROL,
    ])
    open()
    await telegram.idle()
    expect(telegram.deliveries).toHaveLength(3)
  })

  it('of the bot’s membership is apart from the messages of the chat', async () => {
    const { telegram, bot } = await stage()
    const { open } = holdBot({ bot })
    telegram.say(ANN, ANN, { text: 'bye' })
    telegram.block(ANN)
    await telegram.when(() => telegram.deliveries.length === 2)
    expect(telegram.deliveries[1]?.update.my_chat_member?.new_chat_member.status).toBe('kicked')
    open()
    await telegram.idle()
  })

  it('waits while max_connections are busy', async () => {
    const { telegram, api, bot } = await stage({ webhook: false })
    await api.setWebhook('https://bot.example.com/hook', { max_connections: 2 })
    const { open } = holdBot({ bot })
    for (const person of [ANN, BOB, CAROL]) telegram.say(person, person, { text: 'hi' })
    await telegram.when(() => telegram.deliveries.length === 2)
    expect(telegram.webhookInfo().pending_update_count).toBe(3)
    open()
    await telegram.idle()
    expect(telegram.deliveries).toHaveLength(3)
  })
})

describe('a failed delivery', () => {
  it('is repeated at once, then after 2, 4, 8 … seconds, and blocks its own queue only', async () => {
    const { telegram, clock, bot, updates } = await stage()
    bot.answer = ({ message }) => new Response('', { status: message?.chat.id === ANN ? 500 : 200 })
    telegram.say(ANN, ANN, { text: 'poison' })
    telegram.say(ANN, ANN, { text: 'behind it' })
    telegram.say(BOB, BOB, { text: 'elsewhere' })
    const attempts = () =>
      telegram.deliveries.filter(({ update }) => update.message?.text === 'poison')
    await telegram.when(() => attempts().filter(({ result }) => result).length === 2)
    for (const [index, wait] of [2, 4, 8, 16, 32].entries()) {
      await clock.advance(wait * 1000)
      await telegram.when(() => attempts().filter(({ result }) => result).length === index + 3)
    }
    expect(seconds(attempts().map(({ at }) => at))).toEqual([0, 0, 2, 6, 14, 30, 62])
    expect(texts(updates)).not.toContain('behind it')
    expect(texts(updates)).toContain('elsewhere')
    expect(telegram.webhookInfo()).toMatchObject({
      pending_update_count: 2,
      last_error_message: 'Wrong response from the webhook: 500',
      last_error_date: Math.floor(clock.now() / 1000),
    })
  })

  it('is repeated when Retry-After says, and then at its old pace', async () => {
    const { telegram, clock, bot } = await stage()
    bot.answer = error(503, { 'retry-after': '30' })
    telegram.say(ANN, ANN, { text: 'later' })
    await telegram.when(() => telegram.deliveries[0]?.result)
    await clock.advance(29_000)
    expect(telegram.deliveries).toHaveLength(1)
    bot.answer = error(500)
    await clock.advance(1_000)
    await telegram.when(() => telegram.deliveries[1]?.result)
    await clock.advance(2_000)
    await telegram.when(() => telegram.deliveries[2])
    expect(seconds(telegram.deliveries.map(({ at }) => at))).toEqual([0, 30, 32])
  })

  it.each([
    ['a redirect', error(302, { location: 'https://bot.example.com/elsewhere' })],
    ['a client error', error(404)],
  ])('is what %s makes of it', async (_, answer) => {
    const { telegram, bot } = await stage()
    bot.answer = answer
    telegram.say(ANN, ANN, { text: 'hi' })
    await telegram.when(() => telegram.deliveries[1]?.result)
    expect(telegram.deliveries[0]?.result).toMatch(/^Wrong response from the webhook: (302|404)$/)
    expect(telegram.webhookInfo().pending_update_count).toBe(1)
  })

  it.each([200, 201, 204, 299])('is not what status %i makes of it', async (status) => {
    const { telegram, bot } = await stage()
    bot.answer = () => new Response(null, { status })
    telegram.say(ANN, ANN, { text: 'hi' })
    await telegram.idle()
    expect(telegram.deliveries).toHaveLength(1)
  })

  it('is one that nothing answered for a minute', async () => {
    const { telegram, clock } = await stage({
      fetch: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        }),
    })
    telegram.say(ANN, ANN, { text: 'hello?' })
    await telegram.when(() => telegram.deliveries[0])
    await clock.advance(59_999)
    expect(telegram.deliveries[0]?.result).toBeUndefined()
    await clock.advance(1)
    await telegram.when(() => telegram.deliveries[0]?.result)
    expect(telegram.deliveries[0]?.result).toBe('Read timeout expired')
  })

  it('is one whose connection was closed', async () => {
    const { telegram } = await stage({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
    telegram.say(ANN, ANN, { text: 'hi' })
    await telegram.when(() => telegram.deliveries[0]?.result)
    expect(telegram.webhookInfo().last_error_message).toBe('Webhook connection closed')
  })

  it('lets the endpoint in trouble have one connection at a time', async () => {
    const { telegram, clock, bot } = await stage()
    bot.answer = error(500, { 'retry-after': '20' })
    telegram.say(ANN, ANN, { text: 'hi' })
    await telegram.when(() => telegram.deliveries[0]?.result)
    await clock.advance(15_000)
    const { open } = holdBot({ bot })
    telegram.say(BOB, BOB, { text: 'one' })
    telegram.say(CAROL, CAROL, { text: 'two' })
    await telegram.when(() => telegram.deliveries.length === 2)
    expect(telegram.deliveries).toHaveLength(2)
    open()
    await clock.advance(5_000)
    await telegram.idle()
    expect(telegram.deliveries).toHaveLength(4)
  })

  it('removes the webhook when it has been gone for most of a day', async () => {
    const { telegram, clock, bot } = await stage()
    bot.answer = error(410, { 'retry-after': '3600' })
    for (let hour = 0; hour <= 24; hour++) {
      telegram.say(ANN, ANN, { text: `hour ${hour}` })
      await telegram.when(
        () => telegram.webhookInfo().url === '' || telegram.deliveries[hour]?.result !== undefined,
      )
      await clock.advance(3_600_000)
    }
    expect(telegram.webhookInfo().url).toBe('')
  })
})

describe('an update', () => {
  it('about a press dies after 150 seconds, about a message after a day', async () => {
    const { telegram, api, clock, bot } = await stage()
    const { id } = forum({ telegram })
    const { message_id } = await api.sendMessage(id, 'Lead', CARD)
    bot.answer = error(503, { 'retry-after': '3600' })
    void telegram.press(BOB, id, message_id, 'Take')
    telegram.say(ANN, ANN, { text: 'hi' })
    await telegram.when(() => telegram.deliveries.filter(({ result }) => result).length === 2)
    expect(telegram.webhookInfo().pending_update_count).toBe(1)
    const attempts = () => telegram.deliveries.filter(({ update }) => update.message)
    for (let hour = 1; hour <= 24; hour++) {
      await clock.advance(3_600_000)
      await telegram.when(() => attempts()[hour]?.result)
    }
    expect(telegram.webhookInfo().pending_update_count).toBe(0)
    expect(telegram.deliveries.filter(({ update }) => update.callback_query)).toHaveLength(1)
  })

  it('that died while Telegram was down is never brought', async () => {
    const { telegram, api, clock } = await stage()
    const { id } = forum({ telegram })
    const { message_id } = await api.sendMessage(id, 'Lead', CARD)
    telegram.switches.set({ isDown: true })
    void telegram.press(BOB, id, message_id, 'Take')
    telegram.say(ANN, ANN, { text: 'hi' })
    await clock.advance(151_000)
    telegram.switches.reset()
    await telegram.idle()
    expect(telegram.deliveries.map(({ update }) => Object.keys(update)[1])).toEqual(['message'])
  })

  it('has the next id, and after a week of silence a random one', async () => {
    const { telegram, clock } = await stage()
    const first = telegram.say(ANN, ANN, { text: '1' }).updateId ?? 0
    const second = telegram.say(ANN, ANN, { text: '2' }).updateId ?? 0
    await clock.advance(7 * 86_400_000 + 1)
    const third = telegram.say(ANN, ANN, { text: '3' }).updateId ?? 0
    expect(second).toBe(first + 1)
    expect(third).not.toBe(second + 1)
  })
})

describe('the answer of a webhook', () => {
  it.each([
    [
      'JSON',
      JSON.stringify({ method: 'sendMessage', chat_id: ANN, text: 'By the way' }),
      'application/json',
    ],
    [
      'a form',
      `method=sendMessage&chat_id=${ANN}&text=By+the+way`,
      'application/x-www-form-urlencoded',
    ],
  ])('may be a method call as %s, whose result nobody learns', async (_, body, type) => {
    const { telegram, bot } = await stage()
    bot.answer = () => new Response(body, { headers: { 'content-type': type } })
    telegram.say(ANN, ANN, { text: 'hi' })
    await telegram.idle()
    expect(telegram.messages(ANN).map(({ text }) => text)).toEqual(['hi', 'By the way'])
  })

  it.each(['setWebhook', 'deleteWebhook', 'getMe', 'logOut', 'close'])(
    'may not be %s',
    async (method) => {
      const { telegram, bot } = await stage()
      bot.answer = () => Response.json({ method })
      telegram.say(ANN, ANN, { text: 'hi' })
      await telegram.idle()
      expect(telegram.webhookInfo().url).not.toBe('')
    },
  )

  it('is not looked at when it is a failure', async () => {
    const { telegram, bot } = await stage()
    bot.answer = () =>
      Response.json({ method: 'sendMessage', chat_id: ANN, text: 'no' }, { status: 500 })
    telegram.say(ANN, ANN, { text: 'hi' })
    await telegram.when(() => telegram.deliveries[0]?.result)
    expect(telegram.messages(ANN)).toHaveLength(1)
  })
})

describe('a switch', () => {
  it.each([false, true])(
    'delivers every update three times (at once: %s)',
    async (areCopiesParallel) => {
      const { telegram } = await stage()
      telegram.switches.set({ copies: 3, areCopiesParallel })
      const { updateId } = telegram.say(ANN, ANN, { text: 'hi' })
      await telegram.idle()
      expect(telegram.deliveries.map(({ update }) => update.update_id)).toEqual(
        Array.from({ length: 3 }, () => updateId),
      )
    },
  )

  it('sends again what the bot has already taken, as after a crash', async () => {
    const { telegram } = await stage()
    telegram.switches.set({ forgetsDelivered: true })
    const { updateId } = telegram.say(ANN, ANN, { text: 'hi' })
    await telegram.idle()
    expect(telegram.deliveries.map(({ update, result }) => [update.update_id, result])).toEqual([
      [updateId, 'ok'],
      [updateId, 'ok'],
    ])
  })

  it('lets a press overtake a text', async () => {
    const { telegram, api } = await stage()
    const { message_id } = await (telegram.say(ANN, ANN, { text: '/start' }),
    api.sendMessage(ANN, 'Lead', CARD))
    await telegram.idle()
    telegram.switches.set({ isHoldingUpdates: true, isNewestFirst: true })
    telegram.say(ANN, ANN, { text: 'my name' })
    void telegram.press(ANN, ANN, message_id, 'Take')
    telegram.switches.set({ isHoldingUpdates: false })
    await telegram.idle()
    const kinds = telegram.deliveries.slice(1).map(({ update }) => Object.keys(update)[1])
    expect(kinds).toEqual(['callback_query', 'message'])
  })

  it('takes Telegram down: calls lose their connection, updates wait', async () => {
    const { telegram, api } = await stage()
    telegram.switches.set({ isDown: true })
    telegram.say(DAN, DAN, { text: 'anybody?' })
    await expect(api.getMe()).rejects.toThrow(/Network request for 'getMe' failed/)
    expect(telegram.deliveries).toHaveLength(0)
    telegram.switches.reset()
    await telegram.idle()
    expect(telegram.deliveries).toHaveLength(1)
    expect(telegram.calls.at(-1)).toMatchObject({ method: 'getMe', status: 0, fault: 'down' })
  })

  it('takes Telegram down behind its proxy: every call is answered with a page of 502', async () => {
    const { telegram, root } = await stage()
    telegram.switches.set({ isDown: true, downBy: 'bad-gateway' })
    for (const path of [`/bot${TOKEN}/getMe`, `/file/bot${TOKEN}/documents/file_0.csv`]) {
      const response = await fetch(root + path)
      expect(response.status).toBe(502)
      expect(await response.text()).toContain('502 Bad Gateway')
    }
    expect(telegram.calls.at(-1)).toMatchObject({ method: 'getMe', status: 502, fault: 'down' })
  })
})
