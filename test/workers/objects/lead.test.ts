import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { leadOf } from '../../../src/stubs.ts'

describe('a lead', () => {
  it('is taken by exactly one of a hundred who press at once, and the others are told who has it', async () => {
    const id = crypto.randomUUID()
    await leadOf(env, id).carryOut({
      id,
      type: 'receive',
      by: null,
      lead: { projectId: 'main', source: 'api', sourceRef: null, name: 'A', contact: 'a@b.uz' },
    })
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        leadOf(env, id).carryOut({
          id: `claim-${n}`,
          type: 'claim',
          by: { id: `manager-${n}`, name: `Manager ${n}`, role: 'manager' },
        }),
      ),
    )
    const winners = answers.filter((answer) => answer.ok)
    expect(winners).toHaveLength(1)
    const holder = winners[0]?.ok ? winners[0].lead.assignee : null
    for (const answer of answers) {
      if (!answer.ok) expect(answer).toEqual({ ok: false, code: 'HELD_BY_OTHER', holder })
    }
  })
})
