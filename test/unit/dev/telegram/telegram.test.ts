import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Api, InputFile } from 'grammy'
import { Hono } from 'hono'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createTelegram } from '../../../../dev/telegram/telegram.ts'
import { ANN, BOT, CARD, forum, stage, TOKEN } from './stage.ts'

function statePath() {
  const directory = mkdtempSync(join(tmpdir(), 'telegram-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return join(directory, 'deeper', 'telegram.json')
}

it('stands beside other things on one port: the API under /telegram, the page at /', async () => {
  const telegram = createTelegram({ token: TOKEN, bot: BOT })
  const app = new Hono().route('/telegram', telegram.app).route('/', telegram.page)
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const root = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const api = new Api(TOKEN, { apiRoot: `${root}/telegram` })
  expect(await api.getMe()).toMatchObject(BOT)
  telegram.faults.add({ kind: 'drop', times: 1 })
  await expect(api.getMe()).rejects.toThrow("Network request for 'getMe' failed!")
  const page = await fetch(root)
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(await page.text()).toContain('<title>Telegram</title>')
})

describe('a snapshot', () => {
  it('everything is there again after a restart: people, messages, files, the webhook, what waits', async () => {
    const path = statePath()
    const { telegram, api } = await stage({ statePath: path })
    const { id, topicId } = forum({ telegram })
    telegram.say(ANN, ANN, { text: '/start' })
    await telegram.idle()
    const { document } = await api.sendDocument(
      ANN,
      new InputFile(Buffer.from('a;b'), 'a.csv'),
      CARD,
    )
    telegram.switches.set({ isHoldingUpdates: true })
    telegram.say(ANN, ANN, { text: 'undelivered' })
    const before = [
      telegram.messages(ANN),
      telegram.messages(id),
      telegram.topics(id),
      telegram.webhookInfo(),
    ]
    await telegram.close()

    const again = await stage({ statePath: path, webhook: false })
    const after = [
      again.telegram.messages(ANN),
      again.telegram.messages(id),
      again.telegram.topics(id),
    ]
    expect(after).toEqual(before.slice(0, 3))
    await again.telegram.idle()
    expect(again.updates).toMatchObject([{ message: { text: 'undelivered' } }])
    const { file_path } = await again.api.getFile(document.file_id)
    const response = await fetch(`${again.root}/file/bot${TOKEN}/${file_path}`)
    expect(await response.text()).toBe('a;b')
    expect(await again.api.sendMessage(id, 'x', { message_thread_id: topicId })).toBeDefined()
  })

  it('what was to be brought again later is, though Telegram was started anew', async () => {
    const path = statePath()
    const { telegram, bot } = await stage({ statePath: path })
    bot.answer = () => new Response('', { status: 503, headers: { 'retry-after': '600' } })
    telegram.say(ANN, ANN, { text: 'later' })
    await telegram.when(() => telegram.deliveries[0]?.result)
    await telegram.close()
    const again = await stage({ statePath: path, webhook: false })
    await again.clock.advance(599_000)
    expect(again.telegram.deliveries).toEqual([])
    await again.clock.advance(1_000)
    await again.telegram.idle()
    expect(again.updates).toMatchObject([{ message: { text: 'later' } }])
  })

  it('a snapshot that cannot be understood is not thrown away', () => {
    const path = statePath()
    const telegram = createTelegram({ token: TOKEN, bot: BOT, statePath: path })
    void telegram.close()
    writeFileSync(path, '{"people":7}')
    expect(() => createTelegram({ token: TOKEN, bot: BOT, statePath: path })).toThrow(
      'another version',
    )
    expect(readFileSync(path, 'utf8')).toBe('{"people":7}')
  })

  it('nothing is written without a path', async () => {
    const telegram = createTelegram({ token: TOKEN, bot: BOT })
    telegram.addUser({ id: ANN, first_name: 'Анна' })
    await telegram.close()
    expect(existsSync('undefined')).toBe(false)
  })
})

describe('when', () => {
  it('resolves with what the predicate gives, at once or after a change', async () => {
    const { telegram } = await stage()
    const first = telegram.when(() => telegram.messages(ANN)[0]?.text)
    telegram.say(ANN, ANN, { text: 'hello' })
    expect(await first).toBe('hello')
    expect(await telegram.when(() => telegram.messages(ANN).length)).toBe(1)
  })

  it('rejects with the predicate and with what went on instead', async () => {
    const { telegram, api, bot } = await stage()
    bot.answer = () => new Response('', { status: 500 })
    telegram.say(ANN, ANN, { text: 'hello' })
    await api.getMe()
    await expect(
      telegram.when(() => telegram.calls.length > 99, { timeoutMs: 20 }),
    ).rejects.toThrow(
      /Not within 20 ms: \(\) => telegram\.calls\.length > 99.*"method":"getMe".*1 updates wait.*500.*hello/s,
    )
  })
})
