import { z } from 'zod'
import { tooLarge } from './errors.ts'
import { parseMultipart, type Upload } from './multipart.ts'

const MAX_FILE_BYTES = 50 * 1024 * 1024
const MAX_PARAMETERS_BYTES = 1024 * 1024

/** The arguments of a call. Telegram keeps them all as text, and the first of a name wins. */
export class Arguments {
  readonly #values = new Map<string, string>()
  readonly #uploads = new Map<string, Upload>()

  set(name: string, value: string): void {
    if (!this.#values.has(name)) this.#values.set(name, value)
  }

  attach(name: string, upload: Upload): void {
    this.#uploads.set(name, upload)
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** The argument as text; empty when it was not given. */
  text(name: string): string {
    return this.#values.get(name) ?? ''
  }

  /** The argument as a whole number; 0 when it is absent or is not one. */
  integer(name: string): number {
    const value = Number.parseInt(this.text(name), 10)
    return Number.isSafeInteger(value) ? value : 0
  }

  flag(name: string): boolean {
    return ['true', 'yes', '1'].includes(this.text(name).toLowerCase())
  }

  /** The argument as JSON; `undefined` when it is absent or is not JSON. */
  json(name: string): unknown {
    return parseJson(this.text(name))
  }

  /** The file of this name: its own part, or the part that `attach://` points at. */
  upload(name: string): Upload | undefined {
    const attached = /^attach:\/\/(.+)$/.exec(this.text(name))?.[1]
    return this.#uploads.get(attached ?? name)
  }

  /** Everything as a plain object for the record of calls: objects decoded, files by their names. */
  toJSON(): Record<string, unknown> {
    const values = [...this.#values].map(([name, value]) => [
      name,
      /^[[{]/.test(value) ? (parseJson(value) ?? value) : value,
    ])
    const uploads = [...this.#uploads].map(([field, { name, bytes }]) => [
      field,
      { name, size: bytes.length },
    ])
    return Object.fromEntries([...uploads, ...values])
  }
}

/**
 * Reads the arguments of a request to the Bot API, or of a webhook's answer: query string,
 * JSON, urlencoded or multipart. Broken JSON means no arguments, as with Telegram.
 */
export async function readArguments(message: Request | Response, url?: URL): Promise<Arguments> {
  const args = new Arguments()
  for (const [name, value] of url?.searchParams ?? []) args.set(name, value)
  const type = message.headers.get('content-type') ?? ''
  const body = new Uint8Array(await message.arrayBuffer())
  if (type.toLowerCase().includes('multipart/form-data')) readMultipart(args, body, type)
  else if (body.length > MAX_PARAMETERS_BYTES) throw tooLarge('too many parameters')
  else if (type.includes('urlencoded')) {
    for (const [name, value] of new URLSearchParams(text(body))) args.set(name, value)
  } else if (type.includes('json')) readJson(args, text(body))
  return args
}

const text = (body: Uint8Array) => new TextDecoder().decode(body)

function readMultipart(args: Arguments, body: Uint8Array, type: string): void {
  for (const part of parseMultipart(body, type)) {
    if ('value' in part) args.set(part.field, part.value)
    else if (part.file.bytes.length > MAX_FILE_BYTES) {
      throw tooLarge(`file of size ${part.file.bytes.length} is too big to be uploaded`)
    } else args.attach(part.field, part.file)
  }
}

function readJson(args: Arguments, body: string): void {
  const fields = z.record(z.string(), z.unknown()).safeParse(parseJson(body)).data ?? {}
  for (const [name, value] of Object.entries(fields)) {
    args.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  }
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
