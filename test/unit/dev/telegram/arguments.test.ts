import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ANN, BOT, stage, TOKEN } from './stage.ts'

const Answer = z.object({
  ok: z.boolean(),
  error_code: z.number().optional(),
  description: z.string().optional(),
  result: z.unknown().optional(),
})

/** Calls the Bot API by hand: what a client would never do can be tried. */
async function byHand() {
  const made = await stage({ webhook: false })
  made.telegram.addUser({ id: ANN, first_name: 'Анна', hasStarted: true })
  const call = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${made.root}/${path}`, init)
    return { status: response.status, ...Answer.parse(await response.json()) }
  }
  return { ...made, call }
}

const text = ({ result }: { result?: unknown }) => z.object({ text: z.string() }).parse(result).text

describe('a call', () => {
  it.each([
    ['a query string', `sendMessage?chat_id=${ANN}&text=a%20b+c`, undefined],
    ['any case of the method', `SENDmessage?chat_id=${ANN}&text=a+b+c`, undefined],
    ['a form', 'sendMessage', new URLSearchParams({ chat_id: String(ANN), text: 'a b c' })],
    [
      'the method among the arguments',
      '',
      new URLSearchParams({ method: 'sendMessage', chat_id: String(ANN), text: 'a b c' }),
    ],
  ])('may come as %s', async (_, path, body) => {
    const { call } = await byHand()
    const answer = await call(`bot${TOKEN}/${path}`, body && { method: 'POST', body })
    expect(text(answer)).toBe('a b c')
  })

  it.each([
    ['as objects', { inline_keyboard: [[{ text: 'A', callback_data: 'a' }]] }],
    ['as strings of JSON', '{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}'],
  ])('may have objects in its JSON %s', async (_, reply_markup) => {
    const { call } = await byHand()
    const answer = await call(`bot${TOKEN}/sendMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: ANN, text: 'x', reply_markup }),
    })
    expect(answer.result).toMatchObject({
      reply_markup: { inline_keyboard: [[{ text: 'A', callback_data: 'a' }]] },
    })
  })

  it('takes the argument in the address before the one in the body', async () => {
    const { call } = await byHand()
    const body = new URLSearchParams({ chat_id: String(ANN), text: 'body' })
    expect(text(await call(`bot${TOKEN}/sendMessage?text=address`, { method: 'POST', body }))).toBe(
      'address',
    )
  })

  it('has no arguments when its JSON is broken', async () => {
    const { call } = await byHand()
    const answer = await call(`bot${TOKEN}/sendMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"chat_id":1,',
    })
    expect(answer).toMatchObject({
      status: 400,
      error_code: 400,
      description: 'Bad Request: message text is empty',
    })
  })

  it.each([
    ['an unknown method', `bot${TOKEN}/sendTelegram`, 404, 'Not Found: method not found'],
    ['another bot’s token', 'bot123456:ABC-def/getMe', 401, 'Unauthorized'],
    ['no token at all', 'botnothing/getMe', 404, 'Not Found'],
    ['another path', 'getMe', 404, 'Not Found'],
  ])('is refused for %s', async (_, path, status, description) => {
    const { call } = await byHand()
    expect(await call(path)).toMatchObject({ ok: false, status, error_code: status, description })
  })

  it('is refused when its arguments are larger than a mebibyte', async () => {
    const { call } = await byHand()
    const body = new URLSearchParams({ text: 'x'.repeat(1024 * 1024) })
    expect(await call(`bot${TOKEN}/sendMessage`, { method: 'POST', body })).toMatchObject({
      status: 413,
      description: 'Request Entity Too Large: too many parameters',
    })
  })

  it('is recorded with its arguments, objects decoded, and with its answer', async () => {
    const { api, telegram, clock } = await byHand()
    await api.sendMessage(ANN, '{not json}', { link_preview_options: { is_disabled: true } })
    await api.sendMessage(5, 'x').catch(() => undefined)
    expect(telegram.calls).toEqual([
      {
        method: 'sendMessage',
        params: {
          chat_id: String(ANN),
          text: '{not json}',
          link_preview_options: { is_disabled: true },
        },
        at: clock.now(),
        status: 200,
        ok: true,
      },
      {
        method: 'sendMessage',
        params: { chat_id: '5', text: 'x' },
        at: clock.now(),
        status: 400,
        ok: false,
        description: 'Bad Request: chat not found',
      },
    ])
  })

  it('tells who the bot is', async () => {
    const { api } = await byHand()
    expect(await api.getMe()).toMatchObject({
      ...BOT,
      is_bot: true,
      can_read_all_group_messages: false,
    })
  })
})
