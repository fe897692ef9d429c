import { describe, expect, it } from 'vitest'
import { parseBody, parseJson } from '../../../src/json.ts'

describe('JSON that others send', () => {
  it('keeps long numbers exact', () => {
    expect(parseJson('{"id":12021000000123456789,"n":1795512345678901}')).toEqual({
      id: '12021000000123456789',
      n: 1_795_512_345_678_901,
    })
  })

  it('holds no half characters, wherever they stood', () => {
    expect(parseJson('{"name":"A\\ud800B","list":["\\uDC00", 1]}')).toEqual({
      name: 'A\ufffdB',
      list: ['\ufffd', 1],
    })
  })

  it('keeps characters that are spelled by two escapes', () => {
    expect(parseJson('["\\ud83d\\ude00", "\\\\ud83d"]')).toEqual(['😀', '\\ud83d'])
  })

  it('is said to be none when it is none', () => {
    expect(() => parseBody('{"a":')).toThrow(expect.objectContaining({ code: 'INVALID_JSON' }))
  })
})
