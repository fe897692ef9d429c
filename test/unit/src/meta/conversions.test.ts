import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { begin } from '../../../../objects/lead/begin.ts'
import { decide } from '../../../../objects/lead/decide.ts'
import type { Actor, LeadCommand, LeadData, NewLead } from '../../../../src/lead.ts'
import {
  eventOf as eventOfHashed,
  normalEmail,
  normalName,
  normalPhone,
  personOf,
  sendInHalves,
  type ServerEvent,
  stagesOf,
  tooOldBefore,
} from '../../../../src/meta/conversions.ts'
import { troubleOf } from '../../../../src/meta/trouble.ts'
import type { ReachedStage } from '../../../../src/store/conversions.ts'
import { connected, DAY, NOW, SCHOOL_FORM } from '../../dev/meta/stand-in.ts'

const sha256 = async (text: string) => createHash('sha256').update(text).digest('hex')

/** Node has no `toHex` yet: what is hashed here is hashed by itself. */
const eventOf = (...[lead, stage]: Parameters<typeof eventOfHashed>) =>
  eventOfHashed(lead, stage, sha256)

const LEADGEN_ID = '1180123456789012'
const ID = '02f14099-f4c9-51ff-9aa6-52cfec89cba9'
const DATASET = '665544332211009'

const olim: Actor = { id: '7', name: 'Olim', role: 'manager' }
const admin: Actor = { id: '1', name: 'Admin', role: 'admin' }
const system: Actor = { id: 'system', name: 'TargetBot', role: 'service' }

/** A lead of a form on which these commands were carried out, a minute between each. */
function leadAfter(commands: ({ type: string } & Record<string, unknown>)[], lead = {}): LeadData {
  const facts: NewLead = {
    projectId: 'main',
    source: 'facebook',
    sourceRef: LEADGEN_ID,
    name: 'Азиза Каримова',
    phone: '+998901234567',
    email: 'Aziza.Karimova@Example.UZ',
    createdAt: minute(0),
    ...lead,
  }
  const received: LeadCommand = { id: ID, type: 'receive', lead: facts, by: null }
  return commands.reduce(
    (now, command, index) => {
      const decision = decide(
        now,
        { id: String(index), ...command } as LeadCommand,
        minute(index + 1),
      )
      if (!decision.ok) throw new Error(`refused: ${command.type} ${decision.code}`)
      return decision.lead
    },
    begin(received, minute(0)),
  )
}

function minute(n: number): string {
  return new Date(NOW + n * 60_000).toISOString()
}

const namesOf = (lead: LeadData) => stagesOf(lead).map(({ stage }) => stage)

const claim = { type: 'claim', by: olim }
const close = (outcome: string) => ({ type: 'close', outcome, by: olim })
const reopen = { type: 'reopen', by: olim }

describe('the stages of a lead', () => {
  it.each([
    ['has just come', [], ['lead']],
    ['was taken', [claim], ['lead', 'contacted']],
    ['was given by another', [{ type: 'assign', by: admin, to: olim }], ['lead', 'contacted']],
    ['was given in turn and not answered', [{ type: 'assign', by: system, to: olim }], ['lead']],
    [
      'was given in turn and answered',
      [{ type: 'assign', by: system, to: olim }, claim],
      ['lead', 'contacted'],
    ],
    ['was given back', [claim, { type: 'release', by: olim }], ['lead', 'contacted']],
    ['was won', [claim, close('won')], ['lead', 'contacted', 'won']],
    ['was lost', [claim, close('lost')], ['lead', 'contacted', 'lost']],
    ['was taken and is spam', [claim, close('spam')], ['lead', 'contacted', 'spam']],
    ['is spam that nobody took', [close('spam')], ['lead', 'spam']],
    [
      'is won by who had not answered before',
      [{ type: 'assign', by: system, to: olim }, close('won')],
      ['lead', 'contacted', 'won'],
    ],
    ['was put aside as spam and opened again', [close('spam'), reopen], ['lead', 'contacted']],
    ['was opened again', [claim, close('won'), reopen], ['lead', 'contacted']],
    [
      'was opened again and ended otherwise',
      [claim, close('lost'), reopen, close('won')],
      ['lead', 'contacted', 'won'],
    ],
    [
      'turned out to be a repeat',
      [claim, { type: 'merge', into: crypto.randomUUID(), by: olim }],
      ['lead', 'contacted'],
    ],
  ])('that %s', (_, commands, expected) => {
    expect(namesOf(leadAfter(commands))).toEqual(expected)
  })

  it.each(['telegram', 'manual', 'api'])('of a lead from %s are no business of Meta', (source) => {
    expect(stagesOf(leadAfter([claim, close('won')], { source }))).toEqual([])
  })

  it('of a test lead are none', () => {
    expect(stagesOf(leadAfter([claim, close('won')], { isTest: true }))).toEqual([])
  })

  it('of one that somebody takes are each later than the one before, and than the lead', () => {
    const commands = fc.array(fc.constantFrom('claim', 'release', 'won', 'lost', 'spam', 'reopen'))
    const clock = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 30, maxLength: 30 })
    fc.assert(
      fc.property(commands, clock, (moves, waits) => {
        const times = timesOf(['claim', ...moves], waits)
        const outcomes = ['won', 'lost', 'spam'].flatMap((stage) => times.get(stage) ?? [])
        const course = [NOW / 1000, times.get('lead') ?? 0, times.get('contacted') ?? 0]
        for (const end of outcomes) expect(isRising([...course, end])).toBe(true)
        expect(isRising(course)).toBe(true)
      }),
    )
  })
})

/** When each stage was first reached by a lead that these moves were tried on, `waits` ms between. */
function timesOf(moves: string[], waits: number[]): Map<string, number> {
  const times = new Map<string, number>()
  let now = NOW
  let lead = leadAfter([])
  for (const [index, move] of moves.entries()) {
    now += waits[index % waits.length] ?? 0
    const moved = ['won', 'lost', 'spam'].includes(move) ? close(move) : { type: move }
    const command = { by: olim, id: String(index), ...moved } as LeadCommand
    const decision = decide(lead, command, new Date(now).toISOString())
    if (decision.ok) lead = decision.lead
    for (const { stage, eventTime } of stagesOf(lead)) {
      if (!times.has(stage)) times.set(stage, eventTime)
    }
  }
  return times
}

function isRising(numbers: number[]): boolean {
  return numbers.every((one, index) => index === 0 || one > (numbers[index - 1] ?? 0))
}

const vectors = z
  .object({
    capi_hash: z.array(
      z.object({
        field: z.string(),
        input: z.string(),
        normalized: z.string(),
        sha256: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync('test/fixtures/meta/vectors.json', 'utf8'))).capi_hash

const NORMAL: Record<string, (text: string) => string | null> = {
  em: normalEmail,
  ph: normalPhone,
  fn: normalName,
}

describe('what is known of a person', () => {
  // A country comes from the phone, and Meta's example of one is a phone without its country's code.
  const told = vectors.filter(({ field, input }) => field in NORMAL && !input.startsWith('US '))

  it.each(told)('$field $input is hashed as in the fact sheet', async (vector) => {
    const normal = NORMAL[vector.field]?.(vector.input)
    expect(normal).toBe(vector.normalized)
    expect(await sha256(normal ?? '')).toBe(vector.sha256)
  })

  it.each([
    ['+1 (650) 555-1212', '16505551212'],
    ['00998 90 123-45-67', '998901234567'],
    ['p:+998901234567', '998901234567'],
    ['P:00998901234567', '998901234567'],
    ['aziza1234567@example.uz', null],
    ['после 18:00, 1234567', null],
    ['12', null],
    ['+12345678901234567', null],
    ['', null],
  ])('the phone %s is %s', (text, expected) => {
    expect(normalPhone(text)).toBe(expected)
  })

  it.each([
    ['Mary', 'mary'],
    ['Ёлкина-Смирнова', 'ёлкинасмирнова'],
    ['Gʻulom', 'gulom'],
    ['O‘Brien', 'obrien'],
    ['Иванов.', 'иванов'],
    ['🌸', ''],
  ])('the name %s is %s', (text, expected) => {
    expect(normalName(text)).toBe(expected)
  })

  const person = { name: null, contact: null, phone: null, email: null }

  it.each([
    ['first and last', 'Aziza Karimova', 'aziza', 'karimova'],
    ['of three words', 'Азиза Рустамовна Каримова', 'азиза', 'каримова'],
    ['of one', ' Азиза ', 'азиза', null],
    ['of signs only', '— 🌸', null, null],
  ])('a name %s', (_, name, fn, ln) => {
    expect(personOf({ ...person, name })).toMatchObject({ fn, ln })
  })

  it.each([
    ['+998901234567', 'uz'],
    ['+77012345678', 'kz'],
    ['+79161234567', 'ru'],
    ['+16505551212', 'us'],
  ])('the country of %s is %s', (phone, country) => {
    expect(personOf({ ...person, phone })).toMatchObject({ country, ph: phone.slice(1) })
  })

  it('takes what they left when it is no phone that is understood', () => {
    const known = personOf({ ...person, contact: '00998901234567' })
    expect(known).toMatchObject({ ph: '998901234567', country: null })
  })
})

describe('an event', () => {
  const stage = { stage: 'won', eventTime: NOW / 1000 } as const

  it('is as the fact sheet shows it, with the lead’s id as a text and everything else hashed', async () => {
    expect(await eventOf(leadAfter([claim, close('won')]), stage)).toEqual({
      event_name: 'Converted',
      event_time: NOW / 1000,
      event_id: `tb-${LEADGEN_ID}-won`,
      action_source: 'system_generated',
      user_data: {
        lead_id: LEADGEN_ID,
        em: ['4ae0f85c59b252ce297b5d67e1b145666da526e569c3bbb73da50dced26dcaa5'],
        ph: ['172443bcef1ac1d3905d3ff30a9b7c1d188a583c54f24ab8327a91f82054f2d3'],
        country: ['ecd5f5008d5da9cdb7629468313266e6b609c16982b53675bc8c27ad31f7166a'],
        fn: [await sha256('азиза')],
        ln: [await sha256('каримова')],
      },
      custom_data: { event_source: 'crm', lead_event_source: 'TargetBot' },
    })
  })

  it('of somebody unknown has the lead’s id alone', async () => {
    const nobody = { name: null, phone: null, email: null, contact: null, sourceRef: LEADGEN_ID }
    expect((await eventOf(nobody, stage)).user_data).toEqual({ lead_id: LEADGEN_ID })
  })
})

/** Sends events to the stand-in as the connection does, and says what became of each. */
async function sendTo(stand: ReturnType<typeof connected>, events: ServerEvent[]) {
  const accepted: string[] = []
  const refused: string[] = []
  let calls = 0
  const stop = await sendInHalves(events, {
    send: async (data) => {
      calls += 1
      const answer = await stand.post(`${DATASET}/events`, { data }, stand.user)
      const received = z.object({ events_received: z.number() }).safeParse(answer.body)
      if (received.success) return { ok: true, value: received.data.events_received }
      const { kind, code } = troubleOf(answer.status, answer.body)
      if (kind === 'throttled') return { ok: false, kind: 'later', code, at: NOW }
      return { ok: false, kind, code }
    },
    accepted: async (some) => void accepted.push(...some.map((one) => one.event_id)),
    refused: async (one) => void refused.push(one.event_id),
  })
  return { accepted, refused, calls, stop }
}

/** Events of many leads in the order in which they are sent. */
async function eventsOf(count: number): Promise<ServerEvent[]> {
  const lead = leadAfter([claim, close('won')], { createdAt: new Date(NOW - DAY).toISOString() })
  const leads = Array.from({ length: Math.ceil(count / 3) }, (_, n) => ({
    ...lead,
    id: String(n),
    sourceRef: String(10n ** 15n + BigInt(n)),
  }))
  const all: [LeadData, ReachedStage][] = leads.flatMap((one) =>
    stagesOf(one).map((stage): [LeadData, ReachedStage] => [one, stage]),
  )
  const inOrder = all.toSorted(([, a], [, b]) => a.eventTime - b.eventTime).slice(0, count)
  return Promise.all(inOrder.map(([one, stage]) => eventOf(one, stage)))
}

const SPOILED: ((event: ServerEvent) => unknown)[] = [
  (event) => ({ ...event, user_data: { lead_id: '12' } }),
  (event) => ({ ...event, event_time: NOW / 1000 - 8 * 86_400 }),
  (event) => ({ ...event, user_data: { ...event.user_data, ph: ['998901234567'] } }),
]

describe('events that are sent together', () => {
  it('are one call when nothing is wrong with them', async () => {
    const stand = connected()
    const events = await eventsOf(1_000)
    expect(await sendTo(stand, events)).toMatchObject({ calls: 1, refused: [], stop: null })
    expect(stand.meta.events).toHaveLength(1_000)
  })

  it('are none from before their lead, which Meta would discard', async () => {
    const stand = connected()
    const sourceRef = stand.meta.leads.submit(SCHOOL_FORM)
    const lead = leadAfter([claim, close('won')], { sourceRef })
    await sendTo(stand, await Promise.all(stagesOf(lead).map((stage) => eventOf(lead, stage))))
    expect(stand.meta.events.map(({ discarded }) => discarded)).toEqual([false, false, false])
  })

  it('are all taken exactly once and in order, whichever of them are bad', async () => {
    const bad = fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 12 })
    const size = fc.integer({ min: 1, max: 40 })
    const all = await eventsOf(40)
    await fc.assert(
      fc.asyncProperty(size, bad, fc.nat(2), async (count, positions, how) => {
        const stand = connected()
        const isBad = new Set(positions)
        const events = all.slice(0, count)
        const sent = events.map((event, n) =>
          isBad.has(n) ? (SPOILED[how]?.(event) as ServerEvent) : event,
        )
        const { accepted, refused, stop } = await sendTo(stand, sent)
        const ids = (wanted: boolean) =>
          events.filter((_, n) => isBad.has(n) === wanted).map((event) => event.event_id)
        expect(stop).toBeNull()
        expect(refused).toEqual(ids(true))
        expect(accepted).toEqual(ids(false))
        expect(stand.meta.events.map((event) => event.event_id)).toEqual(ids(false))
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('cost few calls for one that is bad among a thousand', async () => {
    const events = await eventsOf(1_000)
    const sent = events.map((event, n) =>
      n === 617 ? (SPOILED[0]?.(event) as ServerEvent) : event,
    )
    const { calls, refused, accepted } = await sendTo(connected(), sent)
    expect(refused).toEqual([events[617]?.event_id])
    expect(accepted).toHaveLength(999)
    expect(calls).toBeLessThanOrEqual(21)
  })

  it('are all left alone by what is wrong with none of them', async () => {
    const stand = connected()
    stand.meta.tokens.revoke('ads_management')
    const { calls, accepted, refused, stop } = await sendTo(stand, await eventsOf(9))
    expect({ calls, accepted, refused }).toEqual({ calls: 1, accepted: [], refused: [] })
    expect(stop).toMatchObject({ kind: 'permission', code: '200' })
  })

  it('are told apart when Meta has received fewer than were sent', async () => {
    const refused: number[] = []
    const accepted: number[] = []
    const stop = await sendInHalves([1, 2, 3, 4, 5], {
      send: async (some) => ({ ok: true, value: some.filter((n) => n !== 4).length }),
      accepted: async (some) => void accepted.push(...some),
      refused: async (n) => void refused.push(n),
    })
    expect({ stop, accepted, refused }).toEqual({
      stop: null,
      accepted: [1, 2, 3, 5],
      refused: [4],
    })
  })

  it('keep what was taken before something stops them', async () => {
    const accepted: number[] = []
    let calls = 0
    const stop = await sendInHalves([1, 2, 3, 4], {
      send: async (some) => {
        calls += 1
        if (calls === 1) return { ok: false, kind: 'ours', code: '100/2804008' }
        if (calls === 2) return { ok: true, value: some.length }
        return { ok: false, kind: 'transient', code: '2' }
      },
      accepted: async (some) => void accepted.push(...some),
      refused: async () => undefined,
    })
    expect({ stop, accepted }).toMatchObject({ stop: { kind: 'transient' }, accepted: [1, 2] })
  })

  it.each(['104', '2635', '1000', 'unexpected_reply'])(
    'are not taken apart for %s',
    async (code) => {
      let calls = 0
      const stop = await sendInHalves([1, 2], {
        send: async () => {
          calls += 1
          return { ok: false, kind: 'ours', code }
        },
        accepted: async () => undefined,
        refused: async () => undefined,
      })
      expect({ calls, stop }).toMatchObject({ calls: 1, stop: { code } })
    },
  )
})

describe('the time after which nothing is taken', () => {
  it('comes before Meta’s own', async () => {
    const event_time = tooOldBefore(NOW)
    const [event] = await eventsOf(1)
    const stand = connected()
    const sent = await sendTo(stand, [{ ...event, event_time } as ServerEvent])
    expect(sent.accepted).toHaveLength(1)
    expect(event_time).toBeGreaterThan((NOW - 7 * DAY) / 1000)
  })
})
