import { serve } from '@hono/node-server'
import chromium from '@sparticuz/chromium'
import { Hono } from 'hono'
import { type Browser, chromium as playwright, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { TelegramOptions } from '../../../../dev/telegram/assemble.ts'
import { ANN, BOB, CARD, forum, stage } from './stage.ts'

let browser: Browser

beforeAll(async () => {
  const args = ['--no-sandbox', '--headless=shell', '--disable-gpu', '--no-zygote']
  browser = await playwright.launch({ executablePath: await chromium.executablePath(), args })
}, 60_000)

afterAll(() => browser.close())

/** Opens the page in a browser; anything that it complains of fails the test. */
async function opened(
  prepare: (made: Awaited<ReturnType<typeof stage>>) => string | Promise<string>,
  options: Partial<TelegramOptions> = {},
) {
  const made = await stage(options)
  const root = new Hono().route('/', made.telegram.page)
  const server = serve({ fetch: root.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const path = await prepare(made)
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  onTestFinished(async () => {
    await page.close()
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    expect(complaints).toEqual([])
  })
  await page.goto(`http://127.0.0.1:${port}/${path}`)
  return { ...made, page }
}

const bubbles = (page: Page) => page.locator('.bubble .text').allInnerTexts()
const withoutTime = (texts: string[]) =>
  texts.map((text) => text.replace(/\s+/g, ' ').replace(/ \d\d:\d\d ?$/, ''))

describe('the page', () => {
  it('shows whatever people call themselves and write as text, never as markup', async () => {
    const bad = '<img src="/page/none" onerror="document.title=1"><script>document.title=2</script>'
    const { page } = await opened(async ({ telegram, api }) => {
      telegram.addUser({ id: ANN, first_name: bad })
      telegram.say(ANN, ANN, { text: bad })
      telegram.say(ANN, ANN, { document: { name: `${bad}.pdf`, bytes: Buffer.from('x') } })
      await api.sendMessage(ANN, bad, {
        reply_markup: { inline_keyboard: [[{ text: bad, callback_data: 'x' }]] },
      })
      return `?as=${ANN}&chat=${ANN}`
    })
    await page.locator('.inline-keyboard button', { hasText: '<script>' }).waitFor()
    expect(await page.locator('.phones img, .phones script').count()).toBe(0)
    expect(await page.title()).toBe('Telegram')
  })

  it('edits a card where it hangs, while somebody looks', async () => {
    const { page, api, telegram } = await opened(async ({ telegram, api }) => {
      telegram.say(ANN, ANN, { text: '/start' })
      await api.sendMessage(ANN, 'Заявка: новая', CARD)
      await api.sendMessage(ANN, 'ниже')
      return `?as=${ANN}&chat=${ANN}`
    })
    await page.locator('.message').nth(2).waitFor()
    const cardId = telegram.messages(ANN)[1]?.message_id ?? 0
    await api.editMessageText(ANN, cardId, 'Заявка: <b>в работе</b>', { parse_mode: 'HTML' })
    await page.locator('.text b', { hasText: 'в работе' }).waitFor()
    expect(withoutTime(await bubbles(page))).toEqual([
      '/start',
      'Заявка: в работе изменено',
      'ниже',
    ])
    expect(await page.locator('.inline-keyboard').count()).toBe(0)
  })

  it('presses a button: the spinner turns until the bot answers, then its words appear', async () => {
    const { page, api, telegram } = await opened(async ({ telegram, api }) => {
      const { id, topicId } = forum({ telegram })
      await api.sendMessage(id, 'Заявка', { message_thread_id: topicId, ...CARD })
      return `?as=${BOB}&chat=${id}&thread=${topicId}`
    })
    await page.getByRole('button', { name: 'Take' }).click()
    await page.locator('.inline-keyboard .waiting').waitFor()
    await api.answerCallbackQuery(telegram.presses[0]?.id ?? '', { text: 'Заявка ваша' })
    await page.locator('.toast', { hasText: 'Заявка ваша' }).waitFor()
    expect(await page.locator('.inline-keyboard .waiting').count()).toBe(0)
    await page.getByRole('button', { name: 'Take' }).click()
    await telegram.when(() => telegram.presses[1])
    await api.answerCallbackQuery(telegram.presses[1]?.id ?? '', {
      text: 'Уже взята',
      show_alert: true,
    })
    await page.getByRole('alertdialog').getByText('Уже взята').waitFor()
  })

  it('starts the bot with the payload of the link, and shares a contact only when one is sure', async () => {
    const { page, api, telegram } = await opened(() => `?as=${ANN}&chat=${ANN}&start=ad_7`)
    await page.getByRole('button', { name: 'Начать' }).click()
    await telegram.when(() => telegram.messages(ANN)[0]?.text === '/start ad_7')
    const keyboard = { keyboard: [[{ text: 'Мой номер', request_contact: true as const }]] }
    await api.sendMessage(ANN, 'Ваш номер?', { reply_markup: keyboard })
    await page.getByRole('button', { name: 'Мой номер' }).click()
    await page.getByRole('button', { name: 'Отмена' }).click()
    await page.getByRole('button', { name: 'Мой номер' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Отправить' }).click()
    await telegram.when(() => telegram.messages(ANN).at(-1)?.contact?.user_id === ANN)
    expect(telegram.messages(ANN)).toHaveLength(3)
  })

  it('sends what is typed, as an answer to a message when one was chosen', async () => {
    const { page, telegram } = await opened(async ({ telegram, api }) => {
      telegram.say(ANN, ANN, { text: '/start' })
      await api.sendMessage(ANN, 'Как вас зовут?')
      return `?as=${ANN}&chat=${ANN}`
    })
    await page.locator('.text', { hasText: 'Как вас зовут?' }).click()
    await page.getByRole('button', { name: 'Ответить' }).click()
    await page.keyboard.type('Анна')
    await page.keyboard.press('Enter')
    const answer = await telegram.when(() => telegram.messages(ANN)[2])
    expect(answer).toMatchObject({ text: 'Анна', reply_to_message: { text: 'Как вас зовут?' } })
    await page.locator('.quote', { hasText: 'Как вас зовут?' }).waitFor()
  })

  it('leads from the list of chats through the topics to a topic, and takes Telegram down', async () => {
    const { page, telegram } = await opened(({ telegram }) => {
      const { id, topicId } = forum({ telegram })
      telegram.say(BOB, id, { text: 'Лид пришёл', threadId: topicId })
      return `?as=${BOB}`
    })
    await page.locator('.line', { hasText: 'Лиды' }).click()
    await page.locator('.line', { hasText: 'Новые' }).click()
    await page.locator('.text', { hasText: 'Лид пришёл' }).waitFor()
    await page.locator('.panel-button').click()
    await page.locator('.switch', { hasText: 'Telegram недоступен' }).click()
    await telegram.when(() => telegram.switches.current.isDown)
    await page.locator('.badge').waitFor()
    expect(await page.locator('.badge').innerText()).toBe('1')
    expect(telegram.switches.current.downBy).toBe('bad-gateway')
    await page.locator('.strip', { hasText: 'Telegram недоступен' }).waitFor({ state: 'attached' })
  })

  it('starts a rush and shows how the group fares, beside the phones where there is room', async () => {
    const sent: number[] = []
    let groupId = 0
    const { page, api, clock } = await opened(
      async ({ telegram, api }) => {
        const { id } = forum({ telegram })
        groupId = id
        await api.sendMessage(id, 'before the rush')
        return `?as=${BOB}&chat=${id}`
      },
      { sendLeads: (count) => sent.push(count) },
    )
    await clock.advance(1)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.locator('.panel-button').click()
    await page.getByRole('button', { name: '300 заявок за минуту' }).click()
    await page.locator('.strip', { hasText: 'Отправлено заявок: 5 из 300' }).waitFor()
    expect(sent).toEqual([5])
    const numbers = page.locator('.numbers')
    await numbers.getByText('Сообщений бота').locator('xpath=..', { hasText: /0$/ }).waitFor()
    await api.sendMessage(groupId, 'during the rush')
    await numbers.getByText('Сообщений бота').locator('xpath=..', { hasText: /1$/ }).waitFor()
    await page.locator('.gauge', { hasText: '2 из 20' }).waitFor()
    // The panel hides nothing: a chat can be opened while it is there.
    await page.locator('.line', { hasText: 'Новые' }).click()
    await page.locator('.messages').waitFor()
  })

  it('shows the Start of a link as phones do', async () => {
    const { page } = await opened(async ({ telegram }) => {
      telegram.say(ANN, ANN, { text: '/start ad_7' })
      return `?as=${ANN}&chat=${ANN}`
    })
    await page.locator('.text').waitFor()
    expect(withoutTime(await bubbles(page))).toEqual(['/start'])
    expect(await page.locator('.text').getAttribute('title')).toBe('/start ad_7')
  })
})
