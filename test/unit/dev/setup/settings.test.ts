import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../../../dev/run-tool.ts'
import { missingSecrets, SECRETS, VARS, withValues } from '../../../../dev/setup/settings.ts'

const META = { META_APP_ID: '1', META_APP_SECRET: 's' }
const BOTH = ['ENCRYPTION_KEY', 'SESSION_SECRET']

describe('random secrets', () => {
  it.each([
    ['a new Worker', {}, new Set<string>(), ['TELEGRAM_WEBHOOK_SECRET', ...BOTH]],
    ['a Worker nobody knows of', {}, null, ['TELEGRAM_WEBHOOK_SECRET']],
    ['a Worker that has its keys', {}, new Set(BOTH), ['TELEGRAM_WEBHOOK_SECRET']],
    ['Meta', META, null, ['TELEGRAM_WEBHOOK_SECRET', 'META_VERIFY_TOKEN']],
    ['half of Meta', { META_APP_ID: '1' }, null, ['TELEGRAM_WEBHOOK_SECRET']],
    [
      'settings that are complete',
      {
        ...META,
        META_VERIFY_TOKEN: 'v',
        TELEGRAM_WEBHOOK_SECRET: 't',
        ENCRYPTION_KEY: 'e',
        SESSION_SECRET: 's',
      },
      new Set<string>(),
      [],
    ],
  ])('are made for %s', (_, values, held, made) => {
    expect(Object.keys(missingSecrets(values, held))).toEqual(made)
  })

  it('are never the same', () => {
    expect(missingSecrets({}, new Set())).not.toEqual(missingSecrets({}, new Set()))
  })
})

describe('a value that is kept', () => {
  it.each([
    ['takes the place of an empty one', 'A=\n# b\nB=1\n', 'A=x\n# b\nB=1\n'],
    ['goes to the end', 'B=1\n', 'B=1\nA=x\n'],
    ['goes to the end of a file without a last line break', 'B=1', 'B=1\nA=x\n'],
    ['begins an empty file', '', 'A=x\n'],
    ['leaves names alone that only end the same', 'NOT_A=\n', 'NOT_A=\nA=x\n'],
  ])('%s', (_, before, after) => {
    expect(withValues(before, { A: 'x' })).toBe(after)
  })

  it('is kept as it is', () => {
    expect(parseEnv(withValues('A=\n', { A: "$&$1='/+==" })).A).toBe("$&$1='/+==")
  })
})

it('knows every setting of the example', () => {
  const names = Object.keys(parseEnv(readFileSync(`${ROOT}.dev.vars.example`, 'utf8')))
  const known: readonly string[] = [...SECRETS, ...VARS]
  expect(names.filter((name) => !known.includes(name))).toEqual([])
})
