/** A file as HTTP knows it. */
export interface FileState {
  size: number
  /** As it stands in the header: strong, in quotes. */
  etag: string
  modifiedAt: Date
}

/** What a request for a file comes to: all of it, a part of it, or none and why. */
export type AskedPart =
  | { status: 200 | 304 | 412 | 416 }
  | { status: 206; offset: number; length: number }

/**
 * What of a file a GET or HEAD asks for: its conditions in their order, then its range.
 * HTTP: RFC 9110, sections 13.2.2 and 14.
 */
export function askedPart(headers: Headers, file: FileState): AskedPart {
  if (isOtherThanWanted(headers, file)) return { status: 412 }
  if (isKnownAlready(headers, file)) return { status: 304 }
  const range = headers.get('range')
  return range !== null && isStillMeant(headers, file) ? partOf(range, file.size) : { status: 200 }
}

function isOtherThanWanted(headers: Headers, { etag, modifiedAt }: FileState): boolean {
  const wanted = headers.get('if-match')
  if (wanted !== null) return wanted.trim() !== '*' && !tagsIn(wanted).includes(etag)
  const since = timeOf(headers.get('if-unmodified-since'))
  return since !== null && seconds(modifiedAt) > since
}

function isKnownAlready(headers: Headers, { etag, modifiedAt }: FileState): boolean {
  const known = headers.get('if-none-match')
  // A tag that was made weak on its way, by a proxy that compresses, still names this file.
  if (known !== null)
    return known.trim() === '*' || tagsIn(known.replaceAll('W/', '')).includes(etag)
  const since = timeOf(headers.get('if-modified-since'))
  return since !== null && seconds(modifiedAt) <= since
}

/** A part of another file than the one that was begun would be of no use: all of it is sent. */
function isStillMeant(headers: Headers, { etag, modifiedAt }: FileState): boolean {
  const begun = headers.get('if-range')?.trim()
  return begun === undefined || begun === etag || timeOf(begun) === seconds(modifiedAt)
}

/** Ranges that we cannot read, and several at once, are as if nobody had asked for one. */
function partOf(range: string, size: number): AskedPart {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/i.exec(range.replaceAll(/[ \t]/g, '')) ?? []
  if (from === undefined || to === undefined || from + to === '') return { status: 200 }
  if (from === '') {
    const length = Math.min(Number(to), size)
    return length > 0 ? { status: 206, offset: size - length, length } : { status: 416 }
  }
  const offset = Number(from)
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < offset) return { status: 200 }
  return offset < size ? { status: 206, offset, length: last - offset + 1 } : { status: 416 }
}

function tagsIn(list: string): string[] {
  return list.match(/(?:W\/)?"[^"]*"/g) ?? []
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}

/** Seconds of a date of HTTP; `null` when it is none. */
function timeOf(date: string | null): number | null {
  const ms = date === null ? NaN : Date.parse(date)
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000)
}
