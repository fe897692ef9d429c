import { badRequest } from './errors.ts'

/** A file that came with a request. */
export interface Upload {
  name: string
  mime: string
  bytes: Uint8Array
}

/** A part of a form: a value, or a file when it was given a file name. */
export type Part = { field: string; value: string } | { field: string; file: Upload }

/**
 * Splits multipart/form-data the way Telegram does. The platform's own parser is stricter: it
 * refuses the unquoted, non-Latin file names that clients such as grammY send.
 */
export function parseMultipart(body: Uint8Array, contentType: string): Part[] {
  const boundary = /boundary=(?:"([^"]+)"|([^;]+))/i.exec(contentType)
  const name = boundary?.[1] ?? boundary?.[2]
  if (!name) throw badRequest('boundary not found')
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return sections(bytes, Buffer.from(`--${name}`)).map(parsePart)
}

function sections(bytes: Buffer, delimiter: Buffer): Buffer[] {
  const found: Buffer[] = []
  let start = bytes.indexOf(delimiter)
  while (start !== -1) {
    const from = start + delimiter.length
    const next = bytes.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), from)
    if (next === -1) break
    found.push(bytes.subarray(from + 2, next))
    start = next + 2
  }
  return found
}

function parsePart(section: Buffer): Part {
  const end = section.indexOf('\r\n\r\n')
  if (end <= 0) throw badRequest('headers in multipart/form-data are empty')
  const headers = new Map(
    section
      .toString('utf8', 0, end)
      .split('\r\n')
      .map((line) => [
        line.slice(0, line.indexOf(':')).trim().toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  )
  const { name, filename } = disposition(headers.get('content-disposition') ?? '')
  if (!name) throw badRequest('field name in multipart/form-data not found')
  const content = section.subarray(end + 4)
  if (filename === undefined) return { field: name, value: content.toString() }
  const mime = headers.get('content-type') ?? 'application/octet-stream'
  return { field: name, file: { name: filename, mime, bytes: content } }
}

/** `name` and `filename`, quoted or bare; a bare value ends at a semicolon; both are URL-decoded. */
function disposition(header: string): Partial<Record<string, string>> {
  if (!header.startsWith('form-data;')) {
    throw badRequest('expected form-data content disposition')
  }
  const fields = header.matchAll(/([\w*-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;]*))/g)
  return Object.fromEntries(
    [...fields].map(([, key = '', quoted, bare = '']) => [
      key,
      urlDecode(quoted?.replace(/\\(.)/g, '$1') ?? bare.trim()),
    ]),
  )
}

function urlDecode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // A name with a lone percent sign is a name, not an error.
    return value
  }
}
