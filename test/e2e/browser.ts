import bundled from '@sparticuz/chromium'
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { vi } from 'vitest'
import { ROOT } from '../../dev/run-tool.ts'

/** Inside its package, so that another version of it brings its own. */
const HOME = `${ROOT}node_modules/@sparticuz/chromium/unpacked`

/** A phone of most people, a desk of the rest. */
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
const DESK = { viewport: { width: 1280, height: 800 } }

/** So long a page may take to show what is waited for. */
const PATIENCE_MS = 15_000

/** Starts a real browser, of which all is from npm; where that is none, the Chrome that is installed. */
export async function openBrowser(): Promise<Browser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return chromium.launch({ channel: 'chrome' })
  }
  await unpack()
  return chromium.launch({
    executablePath: `${HOME}/chromium`,
    // Not the package's own: they switch off what protects a page, and put all into one process.
    args: [
      '--no-sandbox',
      '--no-zygote',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: `${HOME}/al2023/lib`,
      FONTCONFIG_PATH: `${HOME}/fonts`,
    },
  })
}

async function unpack(): Promise<void> {
  if (existsSync(HOME)) return
  const fresh = mkdtempSync(`${HOME}-`)
  // It unpacks into the temporary folder, and on Lambda brings the libraries that a bare Linux lacks.
  vi.stubEnv('TMPDIR', fresh).stubEnv('AWS_LAMBDA_JS_RUNTIME', 'nodejs24.x')
  bundled.setGraphicsMode = false
  const unpacking = bundled.executablePath()
  // It has looked at them by now, and nobody else shall.
  vi.unstubAllEnvs()
  await unpacking
  if (existsSync(HOME)) rmSync(fresh, { recursive: true })
  else renameSync(fresh, HOME)
}

/** A window of somebody's own browser. */
export interface Visit {
  page: Page
  /** What went wrong in it so far: errors of the page, among them of its policy, and foreign hosts. */
  problems: string[]
  /** What the Worker has told it by itself, through the live feed. */
  heard: string[]
}

/** Opens a window in a browser that has been nowhere yet; in Russian unless it says otherwise. */
export async function openWindow(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    ...DESK,
    locale: 'ru-RU',
    timezoneId: 'Asia/Tashkent',
    ...options,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const problems: string[] = []
  const look = (url: string) => {
    const { protocol, hostname } = new URL(url)
    const isOwn = hostname === '127.0.0.1' || protocol === 'data:' || protocol === 'blob:'
    if (!isOwn) problems.push(`asks ${url}`)
  }
  context.on('request', (request) => look(request.url()))
  context.on('weberror', (error) => problems.push(error.error().message))
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${message.text()} at ${message.location().url}`)
  })
  const heard: string[] = []
  context.on('page', (page) =>
    page.on('websocket', (socket) => {
      look(socket.url())
      socket.on('framereceived', ({ payload }) => heard.push(payload.toString()))
    }),
  )
  return { page: await context.newPage(), problems, heard }
}
