import { describe, expect, it } from 'vitest'
import { parseMultipart } from '../../../../dev/telegram/multipart.ts'

const TYPE = 'multipart/form-data; boundary=xYz'
const parse = (lines: string[], type = TYPE) =>
  parseMultipart(new TextEncoder().encode(lines.join('\r\n')), type)
const part = (disposition: string, content = 'data', ...headers: string[]) => [
  '--xYz',
  `Content-Disposition: ${disposition}`,
  ...headers,
  '',
  content,
]

describe('a form', () => {
  it('has values and files, with whatever stands before and after them', () => {
    const parts = parse([
      'prologue',
      ...part('form-data; name="chat_id"', '42'),
      ...part('form-data; name="f"; filename="a.csv"', 'a;b', 'Content-Type: text/csv'),
      '--xYz--',
      'epilogue',
    ])
    expect(parts).toEqual([
      { field: 'chat_id', value: '42' },
      { field: 'f', file: { name: 'a.csv', mime: 'text/csv', bytes: Buffer.from('a;b') } },
    ])
  })

  it.each([
    ['form-data;name="f";filename=отчёт за май.csv', 'отчёт за май.csv'],
    ['form-data;name="f";filename=a; b.csv', 'a'],
    ['form-data; name="f"; filename="a; b.csv"', 'a; b.csv'],
    [String.raw`form-data; name="f"; filename="a \"b\".csv"`, 'a "b".csv'],
    ['form-data; name="f"; filename="%D0%B0.csv"', 'а.csv'],
    ['form-data; name="f"; filename="100%.csv"', '100%.csv'],
  ])('reads the file name in %s', (disposition, name) => {
    expect(parse([...part(disposition), '--xYz--'])).toMatchObject([{ file: { name } }])
  })

  it('keeps bytes that look like line breaks or like half a boundary', () => {
    const content = 'a\r\n--xY\r\n\r\nb\r\n'
    expect(parse([...part('form-data; name="v"', content), '--xYz--'])).toEqual([
      { field: 'v', value: content },
    ])
  })

  it('may have its boundary in quotes', () => {
    expect(
      parse([...part('form-data; name="v"'), '--xYz--'], 'multipart/form-data; boundary="xYz"'),
    ).toHaveLength(1)
  })

  it.each([
    ['multipart/form-data', part('form-data; name="v"'), 'Bad Request: boundary not found'],
    [
      TYPE,
      part('form-data; filename="a"'),
      'Bad Request: field name in multipart/form-data not found',
    ],
    [TYPE, part('attachment; name="a"'), 'Bad Request: expected form-data content disposition'],
    [TYPE, ['--xYz', '', '', 'x'], 'Bad Request: headers in multipart/form-data are empty'],
  ])('is refused as %s with %s', (type, lines, words) => {
    expect(() => parse([...lines, '--xYz--'], type)).toThrow(words)
  })
})
