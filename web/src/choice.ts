import { useSyncExternalStore } from 'react'

/** Something a person chose on this device, remembered for the next time. */
export interface Choice<Value extends string> {
  get: () => Value
  set: (value: Value) => void
  subscribe: (listener: () => void) => () => void
}

/** A choice kept under a name; what was kept and is no longer valid gives way to the beginning. */
export function rememberedChoice<Value extends string>(
  name: string,
  isValid: (value: string) => value is Value,
  beginning: () => Value,
): Choice<Value> {
  const key = `targetbot.${name}`
  const listeners = new Set<() => void>()
  const kept = read(key)
  let current = kept !== null && isValid(kept) ? kept : beginning()
  return {
    get: () => current,
    set: (value) => {
      current = value
      write(key, value)
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The choice as it is now; the component follows its changes. */
export function useChoice<Value extends string>(choice: Choice<Value>): Value {
  return useSyncExternalStore(choice.subscribe, choice.get)
}

// A browser may refuse storage (private windows, frames of others): then a choice lasts for the visit.
function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // See above.
  }
}
