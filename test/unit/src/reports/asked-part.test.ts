import { describe, expect, it } from 'vitest'
import { askedPart } from '../../../../src/reports/asked-part.ts'

const MODIFIED = 'Sun, 22 Nov 2026 09:00:00 GMT'
const EARLIER = 'Sun, 22 Nov 2026 08:59:59 GMT'
const file = { size: 10, etag: '"a"', modifiedAt: new Date(Date.parse(MODIFIED) + 400) }

const asked = (headers: Record<string, string>) => askedPart(new Headers(headers), file)
const part = (offset: number, length: number) => ({ status: 206, offset, length })

describe('a range of a file', () => {
  it.each([
    ['bytes=0-', part(0, 10)],
    ['bytes=0-0', part(0, 1)],
    ['bytes=3-5', part(3, 3)],
    ['bytes=9-', part(9, 1)],
    ['bytes=4-100', part(4, 6)],
    ['bytes=-3', part(7, 3)],
    ['bytes=-100', part(0, 10)],
    ['Bytes = 3 - 5', part(3, 3)],
  ])('%s is that part', (range, expected) => {
    expect(asked({ range })).toEqual(expected)
  })

  it.each(['bytes=10-', 'bytes=100-', 'bytes=10-20', 'bytes=-0'])('%s holds nothing', (range) => {
    expect(asked({ range })).toEqual({ status: 416 })
  })

  it.each(['bytes=5-2', 'bytes=', 'bytes=-', 'bytes=0-1,4-5', 'lines=1-2', 'bytes=a-b', ''])(
    '%s is none that we know: the whole file is sent',
    (range) => {
      expect(asked({ range })).toEqual({ status: 200 })
    },
  )
})

describe('a condition', () => {
  it.each([
    [{ 'if-match': '"a"' }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '"b", "a"' }, 200],
    [{ 'if-match': '"b"' }, 412],
    [{ 'if-match': 'W/"a"' }, 412],
    [{ 'if-unmodified-since': MODIFIED }, 200],
    [{ 'if-unmodified-since': EARLIER }, 412],
    [{ 'if-match': '"a"', 'if-unmodified-since': EARLIER }, 200],
    [{ 'if-none-match': '"a"' }, 304],
    [{ 'if-none-match': 'W/"a"' }, 304],
    [{ 'if-none-match': '"b", "a"' }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"b"' }, 200],
    [{ 'if-modified-since': MODIFIED }, 304],
    [{ 'if-modified-since': EARLIER }, 200],
    [{ 'if-modified-since': 'yesterday' }, 200],
    [{ 'if-none-match': '"b"', 'if-modified-since': MODIFIED }, 200],
    [{ 'if-match': '"b"', 'if-none-match': '"a"' }, 412],
  ])('%j comes to %i', (headers, status) => {
    expect(asked(headers as Record<string, string>)).toEqual({ status })
  })

  it.each([
    ['"a"', part(0, 2)],
    [MODIFIED, part(0, 2)],
    ['"b"', { status: 200 }],
    ['W/"a"', { status: 200 }],
    [EARLIER, { status: 200 }],
  ])('If-Range: %s decides whether the part is sent', (begun, expected) => {
    expect(asked({ range: 'bytes=0-1', 'if-range': begun })).toEqual(expected)
  })

  it('comes before the range', () => {
    expect(asked({ range: 'bytes=100-', 'if-none-match': '"a"' })).toEqual({ status: 304 })
  })
})
