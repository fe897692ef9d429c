import { describe, expect, it } from 'vitest'
import { answerRow } from '../../../../src/bot/owed.ts'

const textOf = (text: string) => {
  const { params } = answerRow('1', text).body as { params: { text: string } }
  return params.text
}

describe('the answer to a press', () => {
  it('has at most 200 characters', () => {
    expect(textOf('x'.repeat(300))).toBe('x'.repeat(200))
  })

  it('is never cut in the middle of one', () => {
    const text = textOf(`${'x'.repeat(199)}😀`)
    expect(text.isWellFormed()).toBe(true)
    expect(text).toBe('x'.repeat(199))
    expect(textOf(`${'x'.repeat(198)}😀`)).toBe(`${'x'.repeat(198)}😀`)
  })
})
