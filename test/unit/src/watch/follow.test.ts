import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Alert,
  follow,
  type Occasion,
  type Side,
  type Telling,
} from '../../../../src/watch/follow.ts'
import { MANNERS } from '../../../../src/watch/kinds.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const BEGIN = Date.parse('2026-11-28T09:00:00Z')

/** Something watched, followed from look to look. */
class Story {
  alert: Alert | null = null
  now = BEGIN
  readonly told: Telling[] = []
  readonly kind: Occasion['kind']

  constructor(kind: Occasion['kind'] = 'cpl') {
    this.kind = kind
  }

  look(side: Side, changes: Partial<Occasion> = {}): this {
    const { alert, telling } = follow(this.alert, {
      projectId: 'main',
      kind: this.kind,
      subject: '',
      side,
      facts: {},
      campaigns: [],
      now: this.now,
      isTellingTime: true,
      newId: `${this.now}`,
      ...changes,
    })
    this.alert = alert
    if (telling) this.told.push(telling)
    return this
  }

  pass(ms: number): this {
    this.now += ms
    return this
  }

  snooze(ms: number): this {
    if (this.alert) {
      this.alert = { ...this.alert, snoozedUntil: new Date(this.now + ms).toISOString() }
    }
    return this
  }
}

describe('something that is watched', () => {
  it('is told when it comes, not while it stays, and when it is over', () => {
    const story = new Story()
      .look('off')
      .look('on')
      .pass(HOUR_MS)
      .look('on')
      .look('keep')
      .look('on')
    expect(story.told).toEqual(['rise'])
    story.pass(HOUR_MS).look('off').look('off')
    expect(story.told).toEqual(['rise', 'over'])
    expect(story.alert).toMatchObject({ state: 'over', overAt: '2026-11-28T11:00:00.000Z' })
  })

  it('does not begin between its edges, and does not end there', () => {
    const story = new Story().look('keep')
    expect(story.alert).toBeNull()
    story.look('on').look('keep')
    expect(story.alert?.state).toBe('open')
  })

  it('that comes again within its cooldown is told when that has passed, if it is still so', () => {
    const story = new Story().look('on').look('off').pass(HOUR_MS).look('on')
    expect(story.told).toEqual(['rise', 'over'])
    expect(story.alert).toMatchObject({ state: 'open', toldAt: null })
    story.pass(MANNERS.cpl.cooldownMs - HOUR_MS).look('on')
    expect(story.told).toEqual(['rise', 'over', 'rise'])
  })

  it('that came and went within its cooldown was never told of', () => {
    const story = new Story().look('on').look('off').look('on').look('off')
    expect(story.told).toEqual(['rise', 'over'])
  })

  it('chatters no more than once a cooldown, however it flaps', () => {
    const sides = fc.constantFrom<Side>('on', 'keep', 'off')
    const steps = fc.array(fc.tuple(sides, fc.integer({ min: 1, max: 300 })), { maxLength: 100 })
    fc.assert(
      fc.property(steps, (looks) => {
        const story = new Story()
        for (const [side, minutes] of looks) story.pass(minutes * MINUTE_MS).look(side)
        const cooldowns = Math.ceil((story.now - BEGIN) / MANNERS.cpl.cooldownMs)
        const rises = story.told.filter((one) => one === 'rise').length
        expect(rises).toBeLessThanOrEqual(cooldowns)
        // Each end is of something that was told, and comes after it.
        expect(story.told.join(' ')).toMatch(/^((rise over ?)*(rise ?)?)?$/)
      }),
    )
  })

  it('waits for an hour in which people are told, and is forgotten when it is over by then', () => {
    const night = { isTellingTime: false }
    const story = new Story().look('on', night).pass(HOUR_MS).look('on', night)
    expect(story.told).toEqual([])
    story.pass(HOUR_MS).look('on')
    expect(story.told).toEqual(['rise'])
    const other = new Story().look('on', night).look('off')
    expect(other.told).toEqual([])
  })

  it('that is only listed is never told', () => {
    const story = new Story('token').look('on').pass(HOUR_MS).look('on').look('off')
    expect(story.told).toEqual([])
    expect(story.alert?.state).toBe('over')
  })

  it('ends without a word when nobody wants to know any more', () => {
    const story = new Story().look('on').look('unwatched')
    expect(story.told).toEqual(['rise'])
    expect(story.alert?.state).toBe('over')
  })

  it('keeps what it says up to date while it is so', () => {
    const story = new Story().look('on', { facts: { leads: 1 } })
    const version = story.alert?.version ?? 0
    story.look('on', { facts: { leads: 1 } })
    expect(story.alert?.version).toBe(version)
    story.look('on', { facts: { leads: 2 } })
    expect(story.alert).toMatchObject({ facts: { leads: 2 }, version: version + 1 })
  })
})

describe('a snooze', () => {
  it('is followed by a word that it is still so, once', () => {
    const story = new Story().look('on').snooze(HOUR_MS)
    story
      .pass(30 * MINUTE_MS)
      .look('on')
      .pass(30 * MINUTE_MS)
      .look('on')
      .look('on')
    expect(story.told).toEqual(['rise', 'again'])
    expect(story.alert?.snoozedUntil).toBeNull()
  })

  it('does not hide that it is over', () => {
    const story = new Story().look('on').snooze(HOUR_MS).look('off')
    expect(story.told).toEqual(['rise', 'over'])
  })

  it('outlasts the end and a new beginning', () => {
    const story = new Story('account_stopped')
      .look('on')
      .snooze(24 * HOUR_MS)
      .look('off')
    story.pass(5 * HOUR_MS).look('on')
    expect(story.told).toEqual(['rise', 'over'])
    story.pass(19 * HOUR_MS).look('on')
    expect(story.told).toEqual(['rise', 'over', 'rise'])
  })

  it('says nothing in between the edges when it ends', () => {
    const story = new Story()
      .look('on')
      .snooze(HOUR_MS)
      .pass(2 * HOUR_MS)
      .look('keep')
    expect(story.told).toEqual(['rise'])
    story.look('on')
    expect(story.told).toEqual(['rise', 'again'])
  })
})
