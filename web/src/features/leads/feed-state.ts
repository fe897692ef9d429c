import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let isOpen = false

/** Whether the live feed is open at this moment. */
export const feedState = {
  set: (value: boolean): void => {
    isOpen = value
    for (const listener of listeners) listener()
  },
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether news come by themselves; without that a list has to be read again and again. */
export function useIsLive(): boolean {
  return useSyncExternalStore(subscribe, () => isOpen)
}
