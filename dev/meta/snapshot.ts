import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type State, stateSchema } from './state.ts'

const DEBOUNCE_MS = 200

/** The state of an earlier run, or undefined; an unreadable file is set aside and named on the console. */
export function loadState(path: string): State | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    // The first run has no file yet.
    return undefined
  }
  try {
    return stateSchema.parse(JSON.parse(text))
  } catch (error) {
    renameSync(path, `${path}.unreadable`)
    console.warn(`Meta stand-in: ${path} could not be read and was set aside`, error)
    return undefined
  }
}

/** Writes the state soon after a change; a reader never sees half a file. */
export function createSnapshot(path: string, state: State) {
  let timer: NodeJS.Timeout | undefined
  const write = () => {
    clearTimeout(timer)
    timer = undefined
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.tmp`, JSON.stringify(state))
    renameSync(`${path}.tmp`, path)
  }
  return {
    soon(): void {
      timer ??= setTimeout(write, DEBOUNCE_MS).unref()
    },
    flush(): void {
      if (timer) write()
    },
  }
}
