import { readFile } from 'node:fs/promises'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { linkOf, PEOPLE } from '../../dev/demo.ts'
import { leadSchema } from '../../src/lead.ts'
import { totalsSchema } from '../../src/statistics.ts'
import { openBrowser, openWindow, PHONE, type Visit } from './browser.ts'
import { cardsWith, cardWith, leaveRequest } from './chats.ts'
import { Stage, until } from './stage.ts'

const { client, nodira } = PEOPLE

let stage: Stage
let browser: Browser
let visits: Visit[] = []

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([Stage.set({ history: true }), openBrowser()])
  await until(
    () => stage.admin.api('GET', '/stats'),
    (stats) => z.object({ byDay: z.array(z.unknown()) }).parse(stats).byDay.length > 0,
  )
}, 120_000)

afterEach(async () => {
  const problems = visits.flatMap((visit) => visit.problems)
  await Promise.all(visits.map(({ page }) => page.context().close()))
  visits = []
  if (problems.length > 0) throw new Error(`went wrong in a window:\n${problems.join('\n')}`)
})

afterAll(async () => {
  await browser.close()
  await stage.clear()
})

/** Opens a window of a browser of its own at an address. */
async function visit(address: string, options?: BrowserContextOptions): Promise<Page> {
  const { page } = await newWindow(options)
  await page.goto(new URL(address, stage.url).toString())
  return page
}

/** Opens a page of the portal as somebody who came in by this link. */
async function enter(link: string, path: string, options?: BrowserContextOptions): Promise<Visit> {
  const opened = await newWindow(options)
  const entered = await opened.page.context().request.get(link, { maxRedirects: 0 })
  expect(entered.headers()).toMatchObject({ location: '/portal/' })
  await opened.page.goto(`${stage.url}/portal${path}`)
  return opened
}

async function newWindow(options?: BrowserContextOptions): Promise<Visit> {
  const opened = await openWindow(browser, options)
  visits.push(opened)
  return opened
}

const title = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor()

const rowOf = (page: Page, name: string) => page.getByRole('listitem').filter({ hasText: name })

/** A mark that is gone when the page was loaded anew. */
const mark = (page: Page) => page.evaluate(() => Object.assign(globalThis, { isMarked: true }))
const isMarked = (page: Page) => page.evaluate(() => 'isMarked' in globalThis)

describe('coming in', () => {
  it('by the personal link leaves a session that no script sees, and no token in the address', async () => {
    const page = await visit(stage.links.admin)
    await title(page, 'Обзор')
    expect(page.url()).toBe(`${stage.url}/portal/`)
    expect(await page.context().cookies()).toMatchObject([
      { name: 'targetbot', httpOnly: true, sameSite: 'Lax', path: '/' },
    ])
    expect(await page.evaluate('document.cookie + document.referrer')).toBe('')
    await page.goto(`${stage.url}/portal/leads`)
    await title(page, 'Заявки')
  })

  it('by a link that is none shows how to come in, and what is wrong', async () => {
    const page = await visit(`/portal/enter?token=${crypto.randomUUID()}`)
    await title(page, 'Вход в портал')
    await page.getByText('Эта ссылка больше не действует. Получите новую в боте.').waitFor()
    expect(page.url()).toBe(`${stage.url}/portal/sign-in?problem=link`)
    expect(await page.context().cookies()).toEqual([])
  })

  it('ends when the person leaves', async () => {
    const page = await visit(stage.links.admin)
    await page.getByRole('button', { name: 'Меню: Карим Юсупов' }).click()
    await page.getByRole('button', { name: 'Выйти' }).click()
    await title(page, 'Вход в портал')
    expect(await page.context().cookies()).toEqual([])
  })
})

describe('the language', () => {
  it('is Russian for whoever speaks none of ours, and Uzbek once it is chosen', async () => {
    const page = await visit(stage.links.admin, { locale: 'de-DE' })
    await title(page, 'Обзор')
    expect(await page.locator('html').getAttribute('lang')).toBe('ru')
    await page.getByRole('button', { name: 'Меню: Карим Юсупов' }).click()
    await page.getByRole('button', { name: 'O‘zbekcha' }).click()
    await page.getByRole('button', { name: 'Yopish' }).click()
    await title(page, 'Umumiy')
    await page.getByRole('region', { name: 'Davr yakunlari' }).getByText('Ariza narxi').waitFor()
    await page.reload()
    await title(page, 'Umumiy')
    expect(await page.locator('html').getAttribute('lang')).toBe('uz')
  })
})

describe('the overview', () => {
  it('shows what a lead costs and the CTR as the API tells them, and one chart', async () => {
    const { page } = await enter(stage.links.manager, '/?period=28d')
    await page.getByRole('button', { name: '28 дней', pressed: true }).waitFor()
    const stats = await stage.admin.api('GET', '/stats')
    const { totals } = z.object({ totals: totalsSchema }).parse(stats)
    const shown = page.getByRole('region', { name: 'Итоги периода' })
    await shown.locator('dl > div').first().waitFor()
    const figures = await shown.locator('dl > div').allInnerTexts()
    const dollars = new Intl.NumberFormat('ru', {
      style: 'currency',
      currency: 'USD',
      currencyDisplay: 'narrowSymbol',
    })
    const percent = new Intl.NumberFormat('ru', { style: 'percent', minimumFractionDigits: 2 })
    const lines = figures.map((text) => text.split('\n').slice(0, 2))
    expect(lines).toEqual([
      ['Расход', dollars.format(Number(totals.spend.amount))],
      ['Заявки', String(totals.leads)],
      ['Цена заявки', dollars.format(Number(totals.cpl?.amount))],
      ['CTR', percent.format(Number(totals.ctr) / 100)],
      ['Клики', totals.clicks.toLocaleString('ru')],
      ['Показы', totals.impressions.toLocaleString('ru')],
    ])
    const chart = page.getByRole('figure')
    await chart.locator('svg path').first().waitFor()
    expect(await chart.count()).toBe(1)
    expect(await chart.getAttribute('aria-label')).toContain(`заявок ${totals.leads}`)
    expect(await chart.locator('.recharts-bar-rectangle').count()).toBe(28)
  })
})

describe('a lead', () => {
  const NAME = 'Шахноза Эргашева'

  it('from the bot appears in an open list; taken there, it is taken everywhere', async () => {
    const windows = await Promise.all([
      enter(stage.links.manager, '/leads'),
      enter(await linkOf(stage.standIns.telegram, nodira.id), '/leads?status=all'),
    ])
    const [mine, others] = [windows[0].page, windows[1].page]
    for (const { page } of windows) {
      await title(page, 'Заявки')
      await mark(page)
    }
    await leaveRequest(stage, client.id, { name: NAME, comment: 'Хочу на IELTS' })
    for (const { page, heard } of windows) {
      await rowOf(page, NAME).waitFor()
      expect(heard.join('\n')).toContain(NAME)
    }
    const card = await cardWith(stage, NAME)

    await mine.getByRole('button', { name: `Взять заявку: ${NAME}` }).click()
    await mine.getByText('Заявка ваша. Звоните!').waitFor()
    const taken = await cardWith(stage, 'В работе · Олим Рахимов')
    expect(taken.message_id).toBe(card.message_id)
    expect(taken.text).toContain(NAME)

    await rowOf(others, NAME).getByText('Олим Рахимов').waitFor()
    expect(await rowOf(others, NAME).getByRole('button').count()).toBe(0)
    await others.getByRole('link', { name: NAME }).click()
    await others.getByText('Заявку уже ведёт Олим Рахимов').waitFor()
    expect(await Promise.all([mine, others].map(isMarked))).toEqual([true, true])
  })

  it('is followed to its end from the portal: a note and the outcome stand on the card', async () => {
    const { page } = await enter(stage.links.manager, '/leads?status=in_progress')
    await page.getByRole('link', { name: NAME }).click()
    const panel = page.getByRole('complementary', { name: 'Заявка' })
    await panel.getByText('Хочу на IELTS').first().waitFor()
    await panel.getByLabel('Новая заметка').fill('Записана на субботу')
    await panel.getByRole('button', { name: 'Добавить заметку' }).click()
    await cardWith(stage, '💬 Олим Рахимов: Записана на субботу')
    await panel.getByRole('button', { name: 'Успех' }).click()
    await panel.getByText('Закрыта: успех').waitFor()
    await cardWith(stage, 'Успех · Олим Рахимов')
    expect(cardsWith(stage, NAME)).toHaveLength(1)
  })

  it('of others is nothing to a client, who sees their own', async () => {
    const other = leadSchema.parse(
      await stage.admin.api('POST', '/leads', { name: 'Чужая заявка', contact: '+998935550001' }),
    )
    const { page } = await enter(stage.links.client, '/')
    await title(page, 'Мои заявки')
    await rowOf(page, NAME).waitFor()
    expect(await page.getByText('Чужая заявка').count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Обзор' }).count()).toBe(0)
    await page.goto(`${stage.url}/portal/settings`)
    await page.getByText('Здесь ничего нет').waitFor()
    const { request } = page.context()
    const own = await (await request.get(`${stage.url}/api/leads`)).json()
    const { items } = z.object({ items: z.array(leadSchema) }).parse(own)
    expect(items.map(({ userId }) => userId)).toEqual([String(client.id)])
    expect(items.flatMap(({ notes }) => notes)).toEqual([])
    expect((await request.get(`${stage.url}/api/leads/${other.id}`)).status()).toBe(404)
    expect((await request.get(`${stage.url}/api/stats`)).status()).toBe(403)
  })
})

describe('a report', () => {
  it('is ordered by a manager, and its file is the one that the API gives', async () => {
    const { page } = await enter(stage.links.manager, '/reports')
    await page.getByRole('button', { name: 'Кампании' }).click()
    await page.getByRole('button', { name: '28 дней' }).click()
    await page.getByRole('button', { name: 'Сделать отчёт' }).click()
    const file = page.getByRole('link', { name: 'CSV' })
    await file.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), file.click()])
    const list = await stage.admin.api('GET', '/reports')
    const { items } = z
      .object({ items: z.array(z.object({ id: z.string(), fileName: z.string() })) })
      .parse(list)
    const [report] = items
    expect(items).toHaveLength(1)
    expect(download.suggestedFilename()).toBe(report?.fileName)
    const answer = await stage.admin.open(`/api/reports/${report?.id}/file`)
    const bytes = await readFile(await download.path())
    expect(bytes).toEqual(Buffer.from(await answer.arrayBuffer()))
    expect(bytes.toString('utf8')).toContain('Английский | Лиды | Ташкент')
  })
})

describe('Facebook in the settings', () => {
  it('is checked line by line, and a page’s leads are given to a project', async () => {
    const project = await stage.admin.api('POST', '/projects', { name: 'Стоматология' })
    const { id } = z.object({ id: z.string() }).parse(project)
    const { page } = await enter(stage.links.admin, '/settings/facebook')
    await page.getByRole('button', { name: 'Проверить' }).click()
    await page.getByText('Уведомления приходят').waitFor()
    expect(await page.getByText('Нет', { exact: true }).count()).toBe(0)
    await page.getByLabel('заявки страницы Dent Lux').selectOption({ label: 'Стоматология' })
    await page.getByText('пойдут в этот проект').waitFor()
    expect(await stage.admin.api('GET', `/meta-routes?project=${id}`)).toMatchObject({
      items: [{ kind: 'page', projectId: id }],
    })
  })
})

describe('on a phone', () => {
  /** Every page, and what is there once it has come. */
  const PAGES = [
    ['/', 'figure svg path'],
    ['/?period=today', 'text=День ещё идёт'],
    ['/leads?status=all', 'text=Чужая заявка'],
    ['/reports', 'a[download]'],
    ['/settings/people', 'text=Нодира Саидова'],
    ['/settings/facebook', 'text=Lingua Los Angeles'],
    ['/settings/project', 'text=Отдел продаж'],
    ['/settings/keys', 'text=Сайт клиники'],
    ['/settings/health', 'text=Ничего не ждёт'],
    ['/nothing', 'text=Здесь ничего нет'],
    ['/sign-in', 'text=Вход в портал'],
  ] as const

  const widthOf = (page: Page) => page.evaluate('document.documentElement.scrollWidth')

  it('no page is wider than the screen', async () => {
    await stage.admin.api('POST', '/keys', { name: 'Сайт клиники', role: 'partner' })
    const { page } = await enter(stage.links.admin, '/', PHONE)
    const widths: [string, unknown][] = []
    for (const [path, content] of PAGES) {
      await page.goto(`${stage.url}/portal${path}`, { waitUntil: 'commit' })
      await page.locator(content).first().waitFor()
      widths.push([path, await widthOf(page)])
    }
    expect(widths).toEqual(PAGES.map(([path]) => [path, PHONE.viewport.width]))
  })

  it('a lead is opened, read and left again', async () => {
    const name = 'Абдуллаева-Мирзаахмедова Шахзодахон Абдурахмоновна'
    await leaveRequest(stage, client.id, { name, contact: 'shahzoda.abdullayeva@example.uz' })
    await cardWith(stage, name)
    const { page } = await enter(stage.links.manager, '/leads', PHONE)
    await page.getByRole('link', { name }).click()
    const panel = page.getByRole('complementary', { name: 'Заявка' })
    await panel.getByRole('heading', { name }).waitFor()
    await panel.getByText('Заявка получена').waitFor()
    expect(await widthOf(page)).toBe(PHONE.viewport.width)
    await panel.getByRole('button', { name: 'К списку' }).click()
    await rowOf(page, name).waitFor()
    expect(new URL(page.url()).pathname).toBe('/portal/leads')
  })
})
