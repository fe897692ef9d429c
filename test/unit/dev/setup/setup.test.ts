import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { introduceBot } from '../../../../dev/setup/telegram.ts'
import { ALLOWED_UPDATES } from '../../../../src/bot/introduce.ts'
import { parseSettings } from '../../../../src/settings.ts'
import { TEST_SETTINGS } from '../../../settings.ts'
import { META, Stage, TOKEN } from './stage.ts'

let stage: Stage

beforeEach(async () => {
  stage = await Stage.set()
})
afterEach(() => stage.clear())

const CLOUDFLARE_STEPS = ['Portal', 'R2 bucket', 'KV namespace', 'D1 database', 'Tables', 'Worker']

describe('setup, when nothing is configured', () => {
  it('says what to fill in and where to get it, and deploys nothing', async () => {
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('Settings')).toBe(
      '✗ Settings: TELEGRAM_BOT_TOKEN is not set; ADMIN_IDS is not set\n' +
        '  → Fill them into .dev.vars, which says where to get each',
    )
    expect(stage.signs).toMatchObject({ Tables: '–', Worker: '–', 'Telegram bot': '–' })
    expect(stage.cloudflare.commands).not.toContain('deploy')
  })

  it('begins the file with what nobody has to think up', async () => {
    await stage.setUp()
    expect(stage.kept).toMatchObject({
      TELEGRAM_BOT_TOKEN: '',
      TELEGRAM_WEBHOOK_SECRET: expect.stringMatching(/^[0-9a-f]{64}$/),
      ENCRYPTION_KEY: expect.stringMatching(/^[\w+/]{43}=$/),
      SESSION_SECRET: expect.stringMatching(/^[0-9a-f]{64}$/),
      META_VERIFY_TOKEN: '',
    })
    expect(readFileSync(stage.file, 'utf8')).toContain('# From @BotFather')
  })

  it('makes everything in an empty account meanwhile', async () => {
    await stage.setUp()
    expect(stage.cloudflare).toMatchObject({
      databases: ['targetbot'],
      buckets: ['targetbot-reports'],
      namespaces: [{ id: 'kv-0', title: 'targetbot-kv-meta' }],
    })
  })
})

describe('setup, when all is filled in', () => {
  beforeEach(() => stage.write({ ...stage.filledIn, ...META }))

  it('goes all the way', async () => {
    expect(await stage.setUp()).toBe(true)
    expect(new Set(Object.values(stage.signs))).toEqual(new Set(['✓']))
  })

  it('deploys after the tables, and the tables after the database', async () => {
    await stage.setUp()
    expect(stage.cloudflare.commands).toEqual([
      'whoami --json',
      'secret list --format json',
      'build',
      'r2 bucket create targetbot-reports',
      'kv namespace list',
      'kv namespace create targetbot-kv-meta',
      'kv namespace list',
      'd1 list --json',
      'd1 create targetbot',
      'd1 migrations apply targetbot --remote',
      'deploy',
    ])
  })

  it('gives the Worker its secrets as secrets, and the rest as variables', async () => {
    await stage.setUp()
    const { secrets = {}, vars = {} } = stage.cloudflare.worker ?? {}
    expect(Object.keys(secrets).sort()).toEqual([
      'ENCRYPTION_KEY',
      'META_APP_ID',
      'META_APP_SECRET',
      'META_VERIFY_TOKEN',
      'SESSION_SECRET',
      'TELEGRAM_BOT_TOKEN',
      'TELEGRAM_WEBHOOK_SECRET',
    ])
    expect(vars).toMatchObject({ ADMIN_IDS: '1001', PUBLIC_URL: stage.address })
  })

  it('names the namespace of this account and leaves the rest of the configuration', async () => {
    await stage.setUp()
    const config = stage.cloudflare.worker?.config ?? ''
    expect(config).toContain('"binding": "KV_META", "id": "kv-0"')
    expect(config.replace(', "id": "kv-0"', '')).toBe(readFileSync('wrangler.jsonc', 'utf8'))
  })

  it('lets nobody else read the secrets on their way, and leaves none lying about', async () => {
    await stage.setUp()
    expect(stage.cloudflare.secretsFile?.mode).toBe(0o600)
    expect(stage.cloudflare.isTidy).toBe(true)
  })

  it('tells Telegram where updates go', async () => {
    await stage.setUp()
    const { telegram } = stage.standIns
    expect(telegram.webhookInfo()).toMatchObject({
      url: `${stage.address}/telegram/webhook`,
      allowed_updates: expect.arrayContaining([...ALLOWED_UPDATES]),
    })
  })

  it('subscribes to leads, and says what only a person can do at Meta', async () => {
    await stage.setUp()
    expect(stage.line('Meta app')).toBe('✓ Meta app: TargetBot')
    expect(stage.line('Meta webhook')).toBe(
      `✓ Meta webhook: ${stage.address}/meta/webhook. For /connect allow ${stage.address}/meta/callback as an OAuth redirect in the app`,
    )
  })

  it('can be run again, makes nothing twice and changes no secret', async () => {
    await stage.setUp()
    const { kept } = stage
    const secrets = { ...stage.cloudflare.worker?.secrets }
    expect(await stage.setUp()).toBe(true)
    expect(stage.kept).toEqual(kept)
    expect(stage.cloudflare.worker?.secrets).toEqual(secrets)
    expect(stage.cloudflare).toMatchObject({
      databases: ['targetbot'],
      namespaces: [{ id: 'kv-0' }],
    })
  })

  it('waits for an address that is not known everywhere yet', async () => {
    stage.unknownFor = 2
    expect(await stage.setUp()).toBe(true)
    expect(stage.pauses).toBe(2)
  })

  it('waits for no longer than that', async () => {
    stage.unknownFor = 100
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('The Worker answers')).toContain('/health answers 404')
    expect(stage.signs['Telegram webhook and commands']).toBe('–')
  })

  it('prints no secret', async () => {
    await stage.setUp()
    const text = stage.printed.join('\n')
    const { META_APP_ID: _, ...secrets } = stage.cloudflare.worker?.secrets ?? {}
    expect(Object.values(secrets).filter((secret) => text.includes(secret))).toEqual([])
    expect(Object.keys(secrets)).toHaveLength(6)
  })
})

describe('setup, half configured', () => {
  it('works without Meta, and says so', async () => {
    stage.write(stage.filledIn)
    expect(await stage.setUp()).toBe(true)
    expect(stage.line('Settings')).toContain('Meta is off')
    expect(stage.signs).not.toHaveProperty('Meta webhook')
  })

  it.each([
    ['META_APP_ID', 'META_APP_SECRET'],
    ['META_APP_SECRET', 'META_APP_ID'],
  ] as const)('with %s alone asks for %s', async (given, missing) => {
    stage.write({ ...stage.filledIn, [given]: META[given] })
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('Settings')).toContain(`${missing} is not set`)
    expect(stage.cloudflare.worker).toBeNull()
  })

  it('names a malformed setting and never its value', async () => {
    stage.write({ ...stage.filledIn, ADMIN_IDS: '@karim_target' })
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('Settings')).toContain('ADMIN_IDS must be Telegram user ids')
    expect(stage.printed.join('\n')).not.toContain('karim')
  })

  it('takes an address that is given for this once', async () => {
    const { PUBLIC_URL: _, ...values } = stage.filledIn
    stage.write(values)
    expect(await stage.setUp(stage.address)).toBe(true)
    expect(stage.cloudflare.worker?.vars['PUBLIC_URL']).toBe(stage.address)
    expect(stage.kept).not.toHaveProperty('PUBLIC_URL')
  })

  it('says when the Worker has no address', async () => {
    const { PUBLIC_URL: _, ...values } = stage.filledIn
    stage.write(values)
    stage.cloudflare.targets = ['schedule: */5 * * * *']
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('The Worker answers')).toContain('set PUBLIC_URL')
  })
})

describe('setup of a Worker that is there already', () => {
  it('leaves keys that only Cloudflare knows', async () => {
    stage.cloudflare.worker = {
      secrets: { ENCRYPTION_KEY: 'theirs', SESSION_SECRET: 'theirs' },
      vars: {},
      config: '',
    }
    stage.write(stage.filledIn)
    expect(await stage.setUp()).toBe(true)
    expect(stage.cloudflare.worker.secrets).toMatchObject({
      ENCRYPTION_KEY: 'theirs',
      SESSION_SECRET: 'theirs',
    })
    expect(Object.keys(stage.kept)).not.toContain('ENCRYPTION_KEY')
  })

  it('tells Telegram no secret that the Worker does not have', async () => {
    stage.write(stage.filledIn)
    await stage.setUp()
    stage.write({ ...stage.filledIn, TELEGRAM_WEBHOOK_SECRET: 'a-secret-of-later' })
    stage.cloudflare.refusals['deploy'] = 'A request to the Cloudflare API failed.'
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('Its secrets')).toContain('has another TELEGRAM_WEBHOOK_SECRET')
    expect(stage.signs['Telegram webhook and commands']).toBe('–')
  })
})

describe('setup, when Cloudflare refuses', () => {
  beforeEach(() => stage.write(stage.filledIn))

  it('says that nobody is logged in, and makes no key that might not fit', async () => {
    stage.cloudflare.isLoggedIn = false
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('Cloudflare')).toBe(
      '✗ Cloudflare: nobody is logged in\n' +
        '  → Log in: npx wrangler login. Where there is no browser, set CLOUDFLARE_API_TOKEN',
    )
    for (const step of CLOUDFLARE_STEPS) expect(stage.signs[step]).toBe('–')
    expect(stage.signs['Telegram bot']).toBe('✓')
    expect(Object.keys(stage.kept)).not.toContain('ENCRYPTION_KEY')
  })

  it('asks which of several accounts', async () => {
    stage.cloudflare.accounts.push({ id: 'a2', name: 'Other' })
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('Cloudflare')).toContain('CLOUDFLARE_ACCOUNT_ID=…: a1 (Agency), a2 (Other)')
  })

  it('says how to switch R2 on, and deploys nothing without it', async () => {
    stage.cloudflare.isR2On = false
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('R2 bucket')).toContain('https://dash.cloudflare.com/?to=/:account/r2')
    expect(stage.signs).toMatchObject({ 'D1 database': '✓', Tables: '–', Worker: '–' })
  })

  it('deploys no code whose tables are not there', async () => {
    stage.cloudflare.refusals['d1 migrations'] = 'near "CREAT": syntax error'
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('Tables')).toContain('near "CREAT": syntax error')
    expect(stage.cloudflare.commands).not.toContain('deploy')
  })

  it('goes on from where it stopped', async () => {
    stage.cloudflare.refusals['deploy'] = 'Script startup exceeded CPU time limit.'
    expect(await stage.setUp()).toBe(false)
    delete stage.cloudflare.refusals['deploy']
    expect(await stage.setUp()).toBe(true)
    expect(stage.cloudflare.namespaces).toHaveLength(1)
  })
})

describe('setup, when Telegram refuses', () => {
  it('says where to get a token, and still deploys', async () => {
    stage.write({ ...stage.filledIn, TELEGRAM_BOT_TOKEN: '8100200300:AAE-of-another-bot' })
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('Telegram bot')).toBe(
      '✗ Telegram bot: Telegram refuses: 401 Unauthorized\n' +
        '  → Take the token from @BotFather (/mybots → API Token) into TELEGRAM_BOT_TOKEN',
    )
    expect(stage.signs).toMatchObject({ Worker: '✓', 'Telegram webhook and commands': '–' })
  })

  it('says what it has against the address', async () => {
    const settings = parseSettings({ ...TEST_SETTINGS, ...stage.filledIn })
    await expect(introduceBot(settings, 'http://agency.uz')).rejects.toThrow(
      'An HTTPS URL must be provided',
    )
  })

  it('says that it does not answer', async () => {
    stage.write({ ...stage.filledIn, TELEGRAM_API_ROOT: 'http://127.0.0.1:1' })
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('Telegram bot')).toContain('Telegram does not answer')
    expect(stage.printed.join('\n')).not.toContain(TOKEN)
  })
})

describe('setup, when Meta refuses', () => {
  it('says where to look up the app', async () => {
    stage.write({ ...stage.filledIn, ...META, META_APP_SECRET: 'f'.repeat(32) })
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('Meta app')).toContain('Look up META_APP_ID and META_APP_SECRET')
    expect(stage.signs).toMatchObject({
      'Telegram webhook and commands': '✓',
      'Meta webhook': '–',
    })
  })

  it('says that it does not answer', async () => {
    stage.write({ ...stage.filledIn, ...META, META_GRAPH_ROOT: 'http://127.0.0.1:1' })
    expect(await stage.setUp()).toBe(false)
    expect(stage.line('Meta app')).toContain('Meta does not answer')
  })
})

describe('deploy', () => {
  it('makes what is missing the first time, and says which settings the Worker lacks', async () => {
    stage.write({ PUBLIC_URL: stage.address })
    expect(await stage.deploy()).toBe(false)
    expect(stage.cloudflare.commands.slice(-3)).toEqual([
      'd1 create targetbot',
      'd1 migrations apply targetbot --remote',
      'deploy',
    ])
    expect(stage.line('The Worker answers')).toBe(
      '✗ The Worker answers: TELEGRAM_BOT_TOKEN is not set\n  → Set them: npm run setup',
    )
  })

  it('leaves settings as they are, and migrates before it deploys', async () => {
    stage.write(stage.filledIn)
    await stage.setUp()
    const { secrets, vars } = structuredClone(stage.cloudflare.worker) ?? {}
    stage.cloudflare.commands.length = 0
    expect(await stage.deploy()).toBe(true)
    expect(stage.cloudflare.worker).toMatchObject({ secrets, vars })
    expect(stage.cloudflare.commands.slice(-2)).toEqual([
      'd1 migrations apply targetbot --remote',
      'deploy',
    ])
  })

  it('deploys nothing when the tables fail', async () => {
    stage.cloudflare.refusals['d1 migrations'] = 'syntax error'
    expect(await stage.deploy()).toBe(false)
    expect(stage.cloudflare.worker).toBeNull()
  })

  it('touches no table when the portal does not build', async () => {
    stage.buildPortal = async () => {
      throw new Error('vite build web ended with 1')
    }
    expect(await stage.deploy()).toBe(false)
    expect(stage.line('Portal')).toBe('✗ Portal: vite build web ended with 1')
    expect(stage.signs).toMatchObject({ Tables: '–', Worker: '–' })
  })
})
