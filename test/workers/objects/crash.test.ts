import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Actor, LeadAnswer, LeadCommand } from '../../../src/lead.ts'
import { listLeads } from '../../../src/store/leads.ts'
import { updateProject } from '../../../src/store/projects.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import { beginAnew } from '../chats.ts'
import { crash } from '../crash.ts'
import { Outside } from '../outside.ts'
import { newId } from '../updates.ts'

let outside: Outside
let chatId: string
let id: string

const by: Actor = { id: '7', name: 'Olim', role: 'manager' }

beforeEach(async () => {
  await beginAnew()
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
  chatId = String(-1_000_000_000_000 - newId())
  id = crypto.randomUUID()
  await updateProject(env.DB, 'main', { chatId, threadId: null })
  // The chat has a history: what is looked for after a crash comes after its last message.
  await conversationOf(env, chatId).tell({ key: 'first', text: 'bind.private', params: {} })
  await conversationOf(env, chatId).kick()
})

afterEach(() => {
  vi.useRealTimers()
})

/** A lead's life. */
function commands(): LeadCommand[] {
  const lead = { projectId: 'main', source: 'api', sourceRef: null, name: id } as const
  return [
    { id, type: 'receive', by: null, lead },
    { id: 'take', type: 'claim', by },
    { id: 'note', type: 'note', by, text: 'Call later' },
    { id: 'won', type: 'close', by, outcome: 'won' },
  ]
}

/** Sends a command as somebody does who gets no answer: again, until there is one. */
async function insist(command: LeadCommand): Promise<void> {
  const again = () => leadOf(env, id).carryOut(command)
  let answer: LeadAnswer
  try {
    answer = await again()
  } catch {
    // Its object has just died, and with it the call.
    answer = await again()
  }
  expect(answer.ok).toBe(true)
}

/** What happens by itself once everything is up again: alarms go off, and what is owed is done. */
async function comeBack(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    vi.setSystemTime(Date.now() + 600_000)
    await runDurableObjectAlarm(leadOf(env, id))
    await leadOf(env, id).show()
    await conversationOf(env, chatId).kick()
  }
}

async function expectOneCardAndRow(): Promise<void> {
  const shown = [...outside.messages(chatId).values()].filter((text) => text.includes(id))
  expect(shown).toEqual([expect.stringContaining('Успех')])
  expect(shown[0]).toContain('Call later')
  const { leads } = await listLeads(env.DB, {}, { after: null, limit: 200 })
  expect(leads.find((lead) => lead.id === id)).toMatchObject({ status: 'closed', outcome: 'won' })
}

describe('a lead whose life is cut off', () => {
  it.each([0, 1, 2, 3])('right after command %i is done once and shown once', async (at) => {
    for (const [index, command] of commands().entries()) {
      await insist(command)
      if (index === at) {
        await crash(leadOf(env, id))
        await insist(command)
      }
    }
    await comeBack()
    await expectOneCardAndRow()
  })

  it.each([0, 1, 2, 3])('while its chat takes command %i is shown once', async (at) => {
    for (const [index, command] of commands().entries()) {
      await insist(command)
      if (index === at) await crash(conversationOf(env, chatId))
    }
    await comeBack()
    await expectOneCardAndRow()
  })

  const calls = [1, 2, 3, 4]
  it.each(calls)('before Telegram takes call %i is shown once', async (nth) => {
    await liveWithCrashAt(nth, 'before')
  })

  it.each(calls)('after Telegram took call %i, which nobody learns, is shown once', async (nth) => {
    await liveWithCrashAt(nth, 'after')
  })
})

/** Lives a lead's life in which the chat dies at its nth call of Telegram. */
async function liveWithCrashAt(nth: number, moment: 'before' | 'after'): Promise<void> {
  let seen = 0
  outside.answer(async (call) => {
    if (call.to !== 'telegram' || ++seen !== nth) return undefined
    if (moment === 'after') outside.deliverSilently(call)
    await crash(conversationOf(env, chatId))
    throw new TypeError('cut off')
  })
  for (const command of commands()) {
    await insist(command)
    await leadOf(env, id).show()
    // The chat may die in the middle of this: that is what is tried.
    await conversationOf(env, chatId)
      .kick()
      .catch(() => undefined)
  }
  await comeBack()
  await expectOneCardAndRow()
}
