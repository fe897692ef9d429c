import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type MetaTrouble, troubleOf } from '../../../../src/meta/trouble.ts'

type Kind = MetaTrouble['kind']

/** Every code of Meta's that we know of, without a subcode or with it, and what it means for us. */
const KIND_OF: Record<string, Kind> = {
  '1': 'transient',
  '1/99': 'transient',
  '2': 'transient',
  '2/1504038': 'too_much',
  '2/1504041': 'ours',
  '2/1504042': 'ours',
  '2/1504043': 'transient',
  '2/1504044': 'transient',
  '3': 'permission',
  '4': 'throttled',
  '4/1504022': 'throttled',
  '4/1504039': 'throttled',
  '10': 'permission',
  '17': 'throttled',
  '17/2446079': 'throttled',
  '17/1885172': 'ours',
  '32': 'throttled',
  '100': 'ours',
  '100/33': 'gone',
  '100/1487534': 'too_much',
  '100/1504018': 'too_much',
  '100/3191001': 'permission',
  '102': 'dead',
  '102/458': 'dead',
  '102/459': 'dead',
  '102/460': 'dead',
  '102/463': 'dead',
  '102/464': 'dead',
  '102/467': 'dead',
  '102/492': 'role',
  '104': 'ours',
  '190': 'dead',
  '190/458': 'dead',
  '190/459': 'dead',
  '190/460': 'dead',
  '190/463': 'dead',
  '190/464': 'dead',
  '190/467': 'dead',
  '190/492': 'role',
  '200': 'permission',
  '294': 'permission',
  '299': 'permission',
  '341': 'throttled',
  '368': 'throttled',
  '613': 'throttled',
  '613/1487742': 'throttled',
  '613/1487632': 'throttled',
  '613/1996': 'throttled',
  '613/5044001': 'throttled',
  '960': 'transient',
  '2500': 'ours',
  '2635': 'ours',
  '3018': 'ours',
  '80000': 'throttled',
  '80000/2446079': 'throttled',
  '80001': 'throttled',
  '80002': 'throttled',
  '80003': 'throttled',
  '80003/2446079': 'throttled',
  '80004': 'throttled',
  '80004/2446079': 'throttled',
  '80005': 'throttled',
  '80006': 'throttled',
  '80008': 'throttled',
  '80009': 'throttled',
  '80014': 'throttled',
}

/** Of a report, where they stand in its own fields: `progressOf` reads them. */
const OF_REPORTS = new Set(['-2/2490547', '-3/1504045'])

function refusal(name: string, further = {}) {
  const [code, subcode] = name.split('/').map(Number)
  return {
    error: { message: 'text that changes', type: 'x', code, error_subcode: subcode, ...further },
  }
}

describe("Meta's code", () => {
  it.each(Object.entries(KIND_OF))('%s means %s, whatever the HTTP status', (name, kind) => {
    for (const status of [400, 401, 403, 429, 500]) {
      expect(troubleOf(status, refusal(name))).toMatchObject({ kind, code: name })
    }
  })

  it('is in this table when the fact sheet has it', () => {
    const sheet = z
      .array(z.object({ code: z.number(), subcode: z.number().nullable() }))
      .parse(JSON.parse(readFileSync('test/fixtures/meta/error-codes.json', 'utf8')))
    const names = sheet.map(({ code, subcode }) =>
      subcode === null ? String(code) : `${code}/${subcode}`,
    )
    const missing = names.filter((name) => !(name in KIND_OF) && !OF_REPORTS.has(name))
    expect(names.length).toBeGreaterThan(50)
    expect(missing).toEqual([])
  })

  it('that nobody knows is ours, unless Meta says that it passes', () => {
    expect(troubleOf(400, refusal('987654')).kind).toBe('ours')
    expect(troubleOf(400, refusal('987654', { is_transient: true })).kind).toBe('transient')
  })

  it.each(['190/460', '200', '100/33', '80004'])(
    '%s stays what it is although Meta says that it passes',
    (name) => {
      expect(troubleOf(400, refusal(name, { is_transient: true })).kind).toBe(KIND_OF[name])
    },
  )

  it.each([
    ['an HTML page', undefined],
    ['nothing', null],
    ['an error without a code', { error: { message: 'x' } }],
    ['a code that is no number', { error: { code: 'x' } }],
  ])('is missing from %s, which passes', (_, body) => {
    expect(troubleOf(500, body)).toEqual({ kind: 'transient', code: 'http_500' })
  })
})
