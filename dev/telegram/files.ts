import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getMimeType } from 'hono/utils/mime'
import { badRequest } from './errors.ts'
import { imageSize } from './image-size.ts'
import type { Upload } from './multipart.ts'
import type { StoredFile, World } from './world.ts'

const PREFIXES = { document: 'BQAC', photo: 'AgAC', sticker: 'CAAC', voice: 'AwAC' }
const EXTENSIONS = { document: '', photo: '.jpg', sticker: '.webp', voice: '.oga' }

const MAX_PHOTO_BYTES = 10 * 1024 * 1024
const MAX_PHOTO_SIDES = 10_000
const MAX_PHOTO_RATIO = 20

/** The files that were sent. Their bytes live in memory, or in a directory beside the snapshot. */
export class Files {
  readonly #world: World
  readonly #directory: string | undefined
  readonly #bytes = new Map<string, Uint8Array>()

  constructor(world: World, directory: string | undefined) {
    this.#world = world
    this.#directory = directory
    if (directory) mkdirSync(directory, { recursive: true })
  }

  /** Keeps a file and gives it the ids by which it can be sent again. */
  add(kind: StoredFile['kind'], { name, mime, bytes }: Upload): StoredFile {
    const size = kind === 'photo' ? checkPhoto(bytes) : { width: 0, height: 0 }
    const number = this.#world.files.size
    const extension = /\.\w+$/.exec(name)?.[0] ?? EXTENSIONS[kind]
    const file: StoredFile = {
      file_id: `${PREFIXES[kind]}${randomBytes(33).toString('base64url')}`,
      file_unique_id: `AgAD${randomBytes(9).toString('base64url')}`,
      kind,
      path: `${kind}s/file_${number}${extension}`,
      name,
      mime: getMimeType(name)?.split(';')[0] ?? mime,
      size: bytes.length,
      ...size,
    }
    this.#world.files.set(file.file_id, file)
    if (this.#directory) writeFileSync(join(this.#directory, file.file_unique_id), bytes)
    else this.#bytes.set(file.file_unique_id, bytes)
    return file
  }

  get(fileId: string): StoredFile | undefined {
    return this.#world.files.get(fileId)
  }

  at(path: string): StoredFile | undefined {
    return [...this.#world.files.values()].find((file) => file.path === path)
  }

  bytes({ file_unique_id }: StoredFile): Uint8Array {
    const inMemory = this.#bytes.get(file_unique_id)
    if (inMemory || !this.#directory) return inMemory ?? new Uint8Array()
    return readFileSync(join(this.#directory, file_unique_id))
  }
}

function checkPhoto(bytes: Uint8Array): { width: number; height: number } {
  if (bytes.length > MAX_PHOTO_BYTES) throw badRequest('file is too big')
  const size = imageSize(bytes)
  if (!size) throw badRequest('IMAGE_PROCESS_FAILED')
  const { width, height } = size
  const ratio = Math.max(width, height) / Math.max(1, Math.min(width, height))
  if (width + height > MAX_PHOTO_SIDES || ratio > MAX_PHOTO_RATIO) {
    throw badRequest('PHOTO_INVALID_DIMENSIONS')
  }
  return size
}
