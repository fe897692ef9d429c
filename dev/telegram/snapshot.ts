import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Watch } from './watch.ts'
import { emptyWorld, World } from './world.ts'

const SETTLE_MS = 300

/** The world of the last run, or an empty one when there was none. */
export function loadWorld(path: string | undefined): World {
  if (!path) return emptyWorld()
  let json: string
  try {
    json = readFileSync(path, 'utf8')
  } catch {
    return emptyWorld()
  }
  const parsed = World.safeParse(JSON.parse(json))
  if (!parsed.success) {
    throw new Error(`${path} is of another version of the stand-in: delete it`, {
      cause: parsed.error,
    })
  }
  return parsed.data
}

/** Writes the world to disk a moment after it changed, whole or not at all. */
export class Snapshot {
  readonly #path: string
  readonly #world: World
  readonly #stop: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(path: string, world: World, watch: Watch) {
    this.#path = path
    this.#world = world
    mkdirSync(dirname(path), { recursive: true })
    this.#stop = watch.listen(() => {
      this.#timer ??= setTimeout(() => this.#write(), SETTLE_MS)
    })
  }

  close(): void {
    this.#stop()
    clearTimeout(this.#timer)
    this.#write()
  }

  #write(): void {
    this.#timer = undefined
    const temporary = `${this.#path}.new`
    writeFileSync(temporary, JSON.stringify(this.#world, pairs))
    renameSync(temporary, this.#path)
  }
}

const pairs = (_: string, value: unknown) => (value instanceof Map ? [...value] : value)
