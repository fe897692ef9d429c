import { describe, expect, it } from 'vitest'
import { ANN, BOB, DAN, forum, refusal, stage } from './stage.ts'

const URL = 'https://bot.example.com/hook'

const promote = async (allowed?: string[]) => {
  const made = await stage({ webhook: false })
  const { id } = forum(made)
  // The real client knows only the names that exist; Telegram takes any.
  await made.api.raw.setWebhook({
    url: URL,
    ...(allowed && { allowed_updates: allowed as never }),
  })
  return { ...made, id }
}

describe('setWebhook', () => {
  it.each([
    ['https://bot.example.com/hook', true],
    ['https://bot.example.com:8443/hook', true],
    ['http://127.0.0.1:8787/telegram/webhook', true],
    ['http://localhost:3000/hook', true],
    [
      'http://bot.example.com/hook',
      '400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
    ],
    [
      'https://bot.example.com:9000/hook',
      '400 Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443',
    ],
    ['what is this', '400 Bad Request: invalid webhook URL specified'],
  ])('with %s gives %s', async (url, result) => {
    const { api } = await stage({ webhook: false })
    const setting = api.setWebhook(url)
    expect(await (result === true ? setting : refusal(setting))).toBe(result)
  })

  it.each([
    ['a'.repeat(257), '400 Bad Request: secret token is too long'],
    ['no spaces', '400 Bad Request: secret token contains unallowed characters'],
  ])('refuses the secret %s', async (secret_token, words) => {
    const { api } = await stage({ webhook: false })
    expect(await refusal(api.setWebhook(URL, { secret_token }))).toBe(words)
  })

  it('says whether it was set, was set already, was deleted, was deleted already', async () => {
    const { root, clock } = await stage({ webhook: false })
    const call = async (path: string) => {
      await clock.advance(1_000)
      const response = await fetch(`${root}/bot8100200300:AAE-secret_of-a_stand-in/${path}`)
      return (await response.json()) as { description: string }
    }
    expect(await call(`setWebhook?url=${URL}`)).toEqual({
      ok: true,
      result: true,
      description: 'Webhook was set',
    })
    expect((await call(`setWebhook?url=${URL}`)).description).toBe('Webhook is already set')
    expect((await call(`setWebhook?url=`)).description).toBe('Webhook was deleted')
    expect((await call('deleteWebhook')).description).toBe('Webhook is already deleted')
  })

  it('may be called once a second', async () => {
    const { api, clock } = await stage()
    expect(await refusal(api.setWebhook(URL))).toBe('429 Too Many Requests: retry after 1')
    await clock.advance(1_000)
    expect(await api.setWebhook(URL)).toBe(true)
  })

  it('keeps max_connections between 1 and 100, 40 by default', async () => {
    const { api, telegram, clock } = await stage()
    expect(telegram.webhookInfo().max_connections).toBe(40)
    for (const [given, kept] of [
      [500, 100],
      [-3, 1],
    ] as const) {
      await clock.advance(1_000)
      await api.setWebhook(URL, { max_connections: given })
      expect(telegram.webhookInfo().max_connections).toBe(kept)
    }
  })

  it('that changes nothing keeps the last error in sight', async () => {
    const { api, telegram, bot, clock } = await stage({ webhook: false })
    await api.setWebhook(URL)
    bot.answer = () => new Response('', { status: 500 })
    telegram.say(ANN, ANN, { text: 'x' })
    await telegram.when(() => telegram.webhookInfo().last_error_message)
    await clock.advance(1_000)
    await api.setWebhook(URL)
    expect(telegram.webhookInfo().last_error_message).toContain('500')
    await clock.advance(1_000)
    await api.setWebhook(`${URL}/other`)
    expect(telegram.webhookInfo().last_error_message).toBeUndefined()
  })

  it('drops what waits when asked to', async () => {
    const { api, telegram } = await stage({ webhook: false })
    telegram.say(ANN, ANN, { text: 'old' })
    expect((await api.getWebhookInfo()).pending_update_count).toBe(1)
    await api.setWebhook(URL, { drop_pending_updates: true })
    expect((await api.getWebhookInfo()).pending_update_count).toBe(0)
    await telegram.idle()
    expect(telegram.deliveries).toEqual([])
  })
})

describe('allowed_updates', () => {
  it('is everything but chat_member by default, and is then not shown', async () => {
    const { telegram, id } = await promote()
    expect(telegram.setMember(id, BOB, 'left')).toBeNull()
    expect(telegram.webhookInfo().allowed_updates).toBeUndefined()
  })

  it('brings chat_member when it is asked for', async () => {
    const { telegram, id } = await promote(['message', 'chat_member'])
    expect(telegram.setMember(id, BOB, 'left')).toBeTypeOf('number')
    expect(telegram.webhookInfo().allowed_updates).toEqual(['message', 'chat_member'])
  })

  it('stays when the webhook is set again without it, and outlives its deletion', async () => {
    const { telegram, api, clock, id } = await promote(['callback_query'])
    await api.deleteWebhook()
    await clock.advance(1_000)
    await api.setWebhook(URL)
    expect(telegram.say(DAN, id, { text: 'unheard' }).updateId).toBeNull()
  })

  it('ignores names it does not know, and means the default when it knows none', async () => {
    const { telegram, api, clock } = await promote(['message', 'no_such_update'])
    expect(telegram.webhookInfo().allowed_updates).toEqual(['message'])
    await clock.advance(1_000)
    await api.setWebhook(URL, { allowed_updates: [] })
    expect(telegram.webhookInfo().allowed_updates).toBeUndefined()
  })

  it('keeps filtered updates out of the queue', async () => {
    const { telegram } = await promote(['callback_query'])
    telegram.say(ANN, ANN, { text: 'unheard' })
    expect(telegram.webhookInfo().pending_update_count).toBe(0)
  })
})
