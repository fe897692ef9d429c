import { describe, expect, it } from 'vitest'
import { DEEDS, packAdmin, unpackAdmin } from '../../../../../src/bot/admin/press.ts'
import { hoursInWords, rulesInWords } from '../../../../../src/bot/admin/rules.ts'
import { projectScreen } from '../../../../../src/bot/admin/screens.ts'
import { unpackPress } from '../../../../../src/bot/callback-data.ts'
import { projectRulesSchema } from '../../../../../src/project-rules.ts'
import { watchSchema } from '../../../../../src/watch/settings.ts'

const UUID = '0b54f1c0-5f52-4f4c-9d0a-1c2d3e4f5a6b'
const LARGEST_ID = String(2 ** 52)

/** The longest choice and id that each deed is ever given. */
const LONGEST = {
  home: ['', ''],
  projects: ['9999', ''],
  project: ['', UUID],
  mode: ['round_robin', UUID],
  minutes: ['off', UUID],
  return: ['1440', UUID],
  summary: ['off', UUID],
  chats: ['9999', ''],
  chat: ['', UUID],
  test: ['', UUID],
  people: ['9999', ''],
  person: ['', LARGEST_ID],
  role: ['manager', LARGEST_ID],
  give: ['manager', LARGEST_ID],
  away: ['off', LARGEST_ID],
  x: [LARGEST_ID, UUID],
  invites: ['', ''],
  revoke: ['', ''],
} as const satisfies Record<(typeof DEEDS)[number], [string, string]>

describe('a button of the panel', () => {
  it.each(DEEDS)('fits Telegram’s 64 bytes, and is read as it was written (%s)', (deed) => {
    const [choice, id] = LONGEST[deed]
    const data = packAdmin(deed, choice, id)
    expect(new TextEncoder().encode(data).length).toBeLessThanOrEqual(64)
    const press = unpackPress(data)
    expect(press && unpackAdmin(press.id)).toEqual({ deed, choice, id })
  })

  it.each(['', 'home', 'nothing-1-2', 'role-man ager-1', 'role-manager'])(
    'of no panel of ours is none (%s)',
    (id) => {
      expect(unpackAdmin(id)).toBeNull()
    },
  )
})

describe('working hours in words', () => {
  const rules = projectRulesSchema.parse({})

  it('put days of the same hours together', () => {
    const { workingHours } = projectRulesSchema.parse({
      workingHours: { sat: { from: '10:00', to: '15:00' }, sun: null },
    })
    expect(hoursInWords(workingHours, 'en')).toBe('Mon–Fri 09:00–20:00, Sat 10:00–15:00')
  })

  it('say that there are none, or all', () => {
    const none = {
      ...rules.workingHours,
      mon: null,
      tue: null,
      wed: null,
      thu: null,
      fri: null,
      sat: null,
      sun: null,
      daysOff: [],
    }
    expect(hoursInWords(none, 'en')).toBe('none')
    expect(hoursInWords(null, 'en')).toBe('around the clock')
  })

  it('stand among the rules of a project', () => {
    expect(rulesInWords(rules, 'en').split('\n')).toHaveLength(5)
  })
})

describe('a project on the panel', () => {
  const project = {
    id: UUID,
    name: '<Main & Co>',
    chatId: null,
    threadId: null,
    chatTitle: null,
    timezone: null,
    locale: null,
    region: null,
    currency: null,
    connectionId: null,
    adAccountId: null,
    accountTimezone: null,
    datasetId: null,
    rules: projectRulesSchema.parse({ assignment: 'round_robin', responseMinutes: null }),
    watch: watchSchema.parse({}),
    createdAt: '',
    updatedAt: '',
  }

  it('marks what is chosen, and names are escaped', () => {
    const { html, buttons } = projectScreen(project, 'en')
    expect(html).toContain('&lt;Main &amp; Co&gt;')
    const labels = buttons.inline_keyboard.flat().map(({ text }) => text)
    expect(labels.filter((label) => label.startsWith('✓'))).toEqual([
      '✓ In turn',
      '✓ ⏱ —',
      '✓ ↩️ —',
      '✓ 🌙 20:00',
    ])
  })
})
