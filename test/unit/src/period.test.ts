import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import {
  boundsOf,
  dayOf,
  lastDays,
  lengthOf,
  monthsBefore,
  type Period,
  periodBefore,
  slicesOf,
} from '../../../src/period.ts'

/** Zones on both sides of the date line, with DST of an hour and of half an hour, and without. */
const ZONES = [
  'Asia/Tashkent',
  'America/Los_Angeles',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Asia/Tehran',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'UTC',
]

const DAY_MS = 86_400_000
const FIRST = Date.parse('2019-01-01T00:00:00Z')
const LAST = Date.parse('2030-12-31T23:59:59Z')

const zone = fc.constantFrom(...ZONES)
const moment = fc.integer({ min: FIRST, max: LAST })
const length = fc.integer({ min: 1, max: 400 })

const period = fc
  .record({ moment, length })
  .map(({ moment, length }): Period => lastDays(length, 'UTC', moment))

/** Every day of a period. */
const daysIn = (whole: Period) => slicesOf(whole, 1)

/** Moments of something, each within a day or two of where a period begins and ends. */
function momentsAround(whole: Period): fc.Arbitrary<number[]> {
  const from = Date.parse(whole.from) - 2 * DAY_MS
  const to = Date.parse(whole.to) + 3 * DAY_MS
  return fc.array(fc.integer({ min: from, max: to }), { maxLength: 60 })
}

describe('a period in any timezone', () => {
  it('holds what its days hold, each thing on one of them', () => {
    const cases = period.chain((whole) => fc.tuple(fc.constant(whole), momentsAround(whole), zone))
    fc.assert(
      fc.property(cases, ([whole, moments, timezone]) => {
        const count = (days: Period) => {
          const { from, to } = boundsOf(days, timezone)
          return moments.filter((ms) => ms >= Date.parse(from) && ms < Date.parse(to)).length
        }
        const sum = daysIn(whole).reduce((all, day) => all + count(day), 0)
        expect(sum).toBe(count(whole))
        // The same by asking each moment for its day, as Meta does.
        const within = moments.filter((ms) => {
          const day = dayOf(ms, timezone)
          return day >= whole.from && day <= whole.to
        })
        expect(within).toHaveLength(count(whole))
      }),
      { numRuns: 60 },
    )
  })

  it('begins where the day before it ends, also where clocks are put on or back', () => {
    fc.assert(
      fc.property(period, zone, (whole, timezone) => {
        const before = periodBefore(whole)
        expect(lengthOf(before)).toBe(lengthOf(whole))
        expect(boundsOf(before, timezone).to).toBe(boundsOf(whole, timezone).from)
        const days = daysIn(whole)
        expect(days).toHaveLength(lengthOf(whole))
        const bounds = days.map((day) => boundsOf(day, timezone))
        for (const [index, { to }] of bounds.entries()) {
          expect(to).toBe(bounds[index + 1]?.from ?? boundsOf(whole, timezone).to)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('of an ad account and of its project is the same number of days, at most a day or so apart', () => {
    fc.assert(
      fc.property(moment, length, zone, zone, (now, days, account, project) => {
        const [ofAccount, ofProject] = [account, project].map((one) => lastDays(days, one, now))
        if (!ofAccount || !ofProject) throw new Error('two zones')
        expect([lengthOf(ofAccount), lengthOf(ofProject)]).toEqual([days, days])
        const apart = Date.parse(ofAccount.to) - Date.parse(ofProject.to)
        expect(Math.abs(apart)).toBeLessThanOrEqual(2 * DAY_MS)
        expect(dayOf(now, account)).toBe(ofAccount.to)
      }),
    )
  })

  it('is the sum of its parts, however long those are', () => {
    fc.assert(
      fc.property(period, fc.integer({ min: 1, max: 100 }), (whole, days) => {
        const slices = slicesOf(whole, days)
        expect(slices.flatMap(daysIn)).toEqual(daysIn(whole))
        for (const slice of slices.slice(0, -1)) expect(lengthOf(slice)).toBe(days)
        expect(lengthOf(slices.at(-1) ?? whole)).toBeLessThanOrEqual(days)
      }),
    )
  })
})

/** All zones that there are. */
const EVERY_ZONE = Intl.supportedValuesOf('timeZone')
const anyZone = fc.constantFrom(...EVERY_ZONE)

/** The moments of a year at which a zone's clocks are put on or back. */
function transitionsOf(timezone: string, year: number): number[] {
  const begins = Temporal.ZonedDateTime.from({ timeZone: timezone, year, month: 1, day: 1 })
  const found: number[] = []
  for (
    let next = begins.getTimeZoneTransition('next');
    next && next.year === year;
    next = next.getTimeZoneTransition('next')
  ) {
    found.push(next.epochMilliseconds)
  }
  return found
}

/** Moments at which a sum may go wrong: clocks that are changed, ends of months and of years. */
function edgesOf(timezone: string, year: number): number[] {
  const months = Array.from({ length: 13 }, (_, month) => {
    const first = Temporal.PlainDate.from({ year, month: 1, day: 1 }).add({ months: month })
    return first.toZonedDateTime(timezone).epochMilliseconds
  })
  return [...months, ...transitionsOf(timezone, year)]
}

/** Two zones, a period that begins and ends at edges of them, and moments around all of their edges. */
const atEdges = fc
  .tuple(anyZone, anyZone, fc.integer({ min: 2019, max: 2030 }))
  .chain(([one, other, year]) => {
    const edge = fc.constantFrom(...edgesOf(one, year), ...edgesOf(other, year))
    const near = fc
      .tuple(edge, fc.constantFrom(-1, 0, 1, -3_600_000, 3_600_000, -DAY_MS, DAY_MS))
      .map(([at, by]) => at + by)
    return fc.record({
      zones: fc.constant([one, other] as const),
      ends: fc.tuple(near, near),
      moments: fc.array(near, { minLength: 1, maxLength: 40 }),
    })
  })

describe('a period that ends where clocks are changed, a month or a year', () => {
  it('holds what its days hold in either of two zones, each moment on one day of each', () => {
    fc.assert(
      fc.property(atEdges, ({ zones, ends, moments }) => {
        const [first, last] = ends.toSorted((a, b) => a - b)
        if (first === undefined || last === undefined) throw new Error('a period has two ends')
        const whole = { from: dayOf(first, zones[0]), to: dayOf(last, zones[0]) }
        for (const zone of zones) {
          const within = (days: Period) => {
            const { from, to } = boundsOf(days, zone)
            return moments.filter((ms) => ms >= Date.parse(from) && ms < Date.parse(to))
          }
          const byDay = daysIn(whole).map((day) => [day.from, within(day)] as const)
          const sorted = (some: number[]) => some.toSorted((a, b) => a - b)
          expect(sorted(byDay.flatMap(([, those]) => those))).toEqual(sorted(within(whole)))
          for (const [day, those] of byDay) {
            expect(those.map((ms) => dayOf(ms, zone))).toEqual(those.map(() => day))
          }
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('the day it is', () => {
  it.each([
    // Five hours of a day are yesterday's by UTC.
    ['2026-11-21T19:00:00Z', 'Asia/Tashkent', '2026-11-22'],
    ['2026-11-21T18:59:59.999Z', 'Asia/Tashkent', '2026-11-21'],
    ['2026-11-22T07:59:59Z', 'America/Los_Angeles', '2026-11-21'],
    // The end of a year and of a month.
    ['2026-12-31T19:00:00Z', 'Asia/Tashkent', '2027-01-01'],
    ['2028-02-29T23:59:59Z', 'UTC', '2028-02-29'],
    // Clocks are put on in Los Angeles at two, and back at two.
    ['2026-03-08T09:59:59Z', 'America/Los_Angeles', '2026-03-08'],
    ['2026-11-01T06:59:59Z', 'America/Los_Angeles', '2026-10-31'],
    ['2026-11-02T07:59:59Z', 'America/Los_Angeles', '2026-11-01'],
    // A day that Apia left out.
    ['2011-12-30T10:00:00Z', 'Pacific/Apia', '2011-12-31'],
  ])('at %s in %s is %s', (at, timezone, day) => {
    expect(dayOf(Date.parse(at), timezone)).toBe(day)
  })

  it.each([
    ['2026-03-08', 'America/Los_Angeles', 23],
    ['2026-11-01', 'America/Los_Angeles', 25],
    ['2026-10-04', 'Australia/Lord_Howe', 23.5],
    ['2026-04-05', 'Australia/Lord_Howe', 24.5],
    ['2026-03-29', 'Asia/Tashkent', 24],
    // Midnight itself is left out there.
    ['2026-04-24', 'Africa/Cairo', 23],
  ])('%s in %s has %d hours', (day, timezone, hours) => {
    const { from, to } = boundsOf({ from: day, to: day }, timezone)
    expect((Date.parse(to) - Date.parse(from)) / 3_600_000).toBe(hours)
  })
})

it.each([
  ['2026-11-22T09:00:00Z', '2023-10-22'],
  // The month it ends in has no such day.
  ['2026-03-31T09:00:00Z', '2023-02-28'],
])('at %s Meta keeps insights since %s', (at, day) => {
  expect(monthsBefore(37, 'Asia/Tashkent', Date.parse(at))).toBe(day)
})
