import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../dev/free-port.ts'
import { flagsOf, newSettings } from '../../dev/local-settings.ts'
import { ROOT } from '../../dev/run-tool.ts'

const GOOD = flagsOf(newSettings(1001), 'http://127.0.0.1:1')

let folder: string
let taken: Server
let takenPort: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'targetbot-'))
  const port = await freePort()
  taken = createServer()
  await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve))
  takenPort = String(port)
})

afterAll(async () => {
  await new Promise((resolve) => taken.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

/** Runs one of our commands to its end, or until it prints these words and is ended by Ctrl-C. */
async function run(script: string, args: string[], until?: Until) {
  const child = spawn('node', [`${ROOT}dev/${script}.ts`, ...args], { cwd: ROOT })
  const errors = text(child.stderr)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  let printed = ''
  const reached = new Promise<'reached'>((resolve) => {
    child.stdout.on('data', (piece: Buffer) => {
      printed += piece.toString()
      if (until && printed.includes(until.prints)) resolve('reached')
    })
  })
  try {
    if ((await Promise.race([reached, ended])) === 'reached') await until?.look()
  } finally {
    child.kill('SIGINT')
  }
  return { code: await ended, printed, errors: await errors }
}

interface Until {
  prints: string
  look: () => Promise<void>
}

async function isOpen(host: string, port: number): Promise<boolean> {
  return fetch(`http://${host}:${port}/health`).then(
    () => true,
    () => false,
  )
}

describe('npm run worker', () => {
  it('listens on this machine only, and ends with all that it started', async () => {
    const port = await freePort()
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
    const open: boolean[] = []
    const { code, printed } = await run(
      'worker',
      [`--port=${port}`, '--persist-to', folder, '--log-level', 'warn', ...GOOD],
      {
        prints: 'TargetBot is on',
        look: async () => {
          for (const host of ['127.0.0.1', ...others.map(({ address }) => address)])
            open.push(await isOpen(host, port))
        },
      },
    )
    expect(printed).toContain(`TargetBot is on http://127.0.0.1:${port}\n`)
    expect(open).toEqual([true, ...others.map(() => false)])
    expect(code).toBe(0)
    expect(await isOpen('127.0.0.1', port)).toBe(false)
  }, 120_000)

  it('names the setting that is wrong and ends', async () => {
    const port = String(await freePort())
    const { code, errors } = await run('worker', [
      '--port',
      port,
      '--persist-to',
      folder,
      ...GOOD,
      '--var',
      'ENCRYPTION_KEY:no-key-at-all',
    ])
    expect(code).toBe(1)
    expect(errors).toContain('TargetBot does not start: ENCRYPTION_KEY must be 32 bytes in base64')
    expect(errors).not.toContain('no-key-at-all')
  }, 120_000)

  it('says when its port is taken', async () => {
    const { code, errors } = await run('worker', ['--port', takenPort, ...GOOD])
    expect(code).toBe(1)
    expect(errors).toContain(`TargetBot does not start: Port ${takenPort} is taken`)
  }, 120_000)
})

describe('npm start', () => {
  it.each(['--port', '--stand-ins-port'])(
    'says when the port of %s is taken',
    async (flag) => {
      const other = flag === '--port' ? '--stand-ins-port' : '--port'
      const args = [
        flag,
        takenPort,
        other,
        String(await freePort()),
        '--state',
        join(folder, 'demo'),
      ]
      const { code, errors } = await run('start', args)
      expect(code).toBe(1)
      expect(errors).toContain(`TargetBot did not start: Port ${takenPort} is taken`)
    },
    120_000,
  )
})

describe('npm run dev', () => {
  it('serves the portal from its sources, where its links lead, and ends with it all', async () => {
    const [port, standIns, portal] = [await freePort(), await freePort(), await freePort()]
    const answers: { status: number; text: string }[] = []
    const { code, printed, errors } = await run(
      'start',
      [
        '--watch',
        `--state=${join(folder, 'dev')}`,
        `--port=${port}`,
        `--stand-ins-port=${standIns}`,
        `--portal-port=${portal}`,
      ],
      {
        prints: 'Ctrl-C ends it all',
        look: async () => {
          for (const path of ['/portal/', '/api/me', '/portal/api-docs/start.js']) {
            const response = await fetch(`http://127.0.0.1:${portal}${path}`)
            answers.push({ status: response.status, text: await response.text() })
          }
        },
      },
    )
    expect(errors).not.toContain('did not start')
    const links = [...printed.matchAll(/http\S+\/portal\/enter/g)].map(([link]) => link)
    expect(new Set(links)).toEqual(new Set([`http://127.0.0.1:${portal}/portal/enter`]))
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 200])
    // Built pages have no such thing in them.
    expect(answers[0]?.text.includes('/@vite/client')).toBe(true)
    expect(code).toBe(0)
    for (const one of [port, standIns, portal]) {
      expect(await isOpen('127.0.0.1', one)).toBe(false)
    }
  }, 120_000)
})
