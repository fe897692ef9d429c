import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { it } from 'vitest'
import type { Actor, LeadCommand } from '../../../src/lead.ts'
import { updateProject } from '../../../src/store/projects.ts'
import { projectRulesSchema } from '../../../src/project-rules.ts'
import { projectAndFindRepeats } from '../../../src/store/leads.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import { Outside } from '../outside.ts'
import { newId } from '../updates.ts'

it('rows', async () => {
  new Outside()
  const chatId = String(-1_000_000_000_000 - newId())
  const id = crypto.randomUUID()
  await updateProject(env.DB, 'main', { chatId, threadId: null })
  await conversationOf(env, chatId).tell({ key: 'first', text: 'bind.private', params: {} })
  await conversationOf(env, chatId).kick()
  const stats: Record<string, Record<string, number>> = {}
  let step = ''
  const count = (who: string, what: string, n: number) => {
    if (n === 0) return
    const key = `${step} ${who}`
    stats[key] ??= {}
    stats[key][what] = (stats[key][what] ?? 0) + n
  }
  const labels = new WeakMap<object, string>()
  const spy = async (stub: DurableObjectStub, label: string) =>
    runInDurableObject(stub, (_, state) => {
      labels.set(state.storage.sql, label)
      labels.set(state.storage, label)
      const proto = Object.getPrototypeOf(state.storage.sql)
      if (proto.__spied) return
      proto.__spied = true
      const { exec } = proto
      proto.exec = function (this: SqlStorage, ...args: [string]) {
        const cursor = exec.apply(this, args)
        count(
          labels.get(this) ?? 'other',
          args[0].replace(/\s+/g, ' ').slice(0, 60),
          cursor.rowsWritten,
        )
        return cursor
      }
      const timer = Object.getPrototypeOf(state.storage)
      for (const name of ['setAlarm', 'deleteAlarm']) {
        const change = timer[name]
        timer[name] = function (this: DurableObjectStorage, ...a: unknown[]) {
          count(labels.get(this) ?? 'other', name, 1)
          return change.apply(this, a)
        }
      }
    })
  const d1 = Object.getPrototypeOf(env.DB)
  const { batch } = d1
  d1.batch = async function (this: D1Database, statements: D1PreparedStatement[]) {
    const results = await batch.call(this, statements)
    for (const { meta } of results) count('D1', 'batch', meta.rows_written)
    return results
  }
  await spy(conversationOf(env, chatId), 'chat')
  await spy(leadOf(env, id), 'lead')
  const by: Actor = { id: '7', name: 'Olim', role: 'manager' }
  const rules = { ...projectRulesSchema.parse({}), timezone: 'Asia/Tashkent', isGivenOut: false }
  const settle = async () => {
    await new Promise((r) => setTimeout(r, 300))
    await conversationOf(env, chatId).kick()
    await new Promise((r) => setTimeout(r, 300))
  }
  const commands: LeadCommand[] = [
    { id: 'take', type: 'claim', by },
    { id: 'note', type: 'note', by, text: 'Call later' },
    { id: 'won', type: 'close', by, outcome: 'won' },
  ]
  step = 'receive'
  const answer = await leadOf(env, id).carryOutFor(
    {
      id,
      type: 'receive',
      by: null,
      lead: {
        projectId: 'main',
        source: 'facebook',
        sourceRef: id,
        name: 'Aziza',
        phone: `+99890${newId()}`,
      },
    },
    { chatId, rules },
  )
  if (!answer.ok) throw new Error()
  await Promise.all([
    projectAndFindRepeats(env.DB, [answer.lead]),
    conversationOf(env, chatId).showCards([answer.lead], {
      threadId: null,
      locale: 'ru',
      timezone: 'UTC',
    }),
  ])
  await settle()
  for (const command of commands) {
    step = command.type
    await leadOf(env, id).carryOut(command)
    await settle()
  }
  let total = 0
  for (const [key, what] of Object.entries(stats)) {
    const sum = Object.values(what).reduce((a, b) => a + b, 0)
    total += sum
    console.log(key, sum, JSON.stringify(what, null, 1))
  }
  console.log('TOTAL', total)
})
