import { describe, expect, it } from 'vitest'
import { answerOf, Problem, problemOf } from '../../../../web/src/api/answer.ts'

const envelope = {
  error: {
    code: 'INVALID_REQUEST',
    message: 'contact: there is no such phone number',
    requestId: 'r-1',
    details: { fields: [{ field: 'contact', message: 'there is no such phone number' }] },
  },
}

describe('answers', () => {
  it('are the body when the request was answered', async () => {
    await expect(answerOf(Promise.resolve(Response.json({ id: 1 })))).resolves.toEqual({ id: 1 })
  })

  it('say the code, the request and the fields when it was refused', async () => {
    const refused = answerOf(Promise.resolve(Response.json(envelope, { status: 400 })))
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      requestId: 'r-1',
      fields: ['contact'],
    })
  })

  it('say who has a lead that somebody else has', () => {
    const details = { holder: { id: '7', name: 'Азиз' } }
    const held = problemOf({ error: { code: 'HELD_BY_OTHER', requestId: 'r-2', details } })
    expect(held).toMatchObject({ code: 'HELD_BY_OTHER', holder: 'Азиз' })
  })

  it.each([null, '<html>', [], { error: null }, { error: { code: 'NEW_CODE' } }])(
    'are unexpected when they are no envelope of ours: %j',
    (body) => {
      expect(problemOf(body).code).toBe('UNEXPECTED')
    },
  )

  it('are unexpected when they are no JSON', async () => {
    const page = Promise.resolve(new Response('<html>'))
    await expect(answerOf(page)).rejects.toMatchObject({ code: 'UNEXPECTED' })
  })

  it('are unreachable without a network', async () => {
    const lost = answerOf(Promise.reject(new TypeError('Failed to fetch')))
    await expect(lost).rejects.toMatchObject({ code: 'UNREACHABLE', isPassing: true })
  })

  it('tell what may pass from what will not', () => {
    expect(new Problem('INTERNAL').isPassing).toBe(true)
    expect(new Problem('FORBIDDEN').isPassing).toBe(false)
  })
})
