import { setImmediate, setTimeout } from 'node:timers/promises'

/** Time as the stand-in sees it, in milliseconds. */
export interface Clock {
  now(): number
  /** Resolves after `ms`, or at once when `signal` is aborted; never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

/** A clock that stands still until it is moved. */
export interface VirtualClock extends Clock {
  /** Moves time forward, waking whoever waits on the way, in the order of their times. */
  advance(ms: number): Promise<void>
}

/** The time of this machine; a wait does not keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  wait: (ms, signal) =>
    setTimeout(ms, undefined, { ref: false, ...(signal && { signal }) }).catch(() => undefined),
}

/** A clock for tests of lifetimes, limits and back-off, which need hours and may not take them. */
export function virtualClock(startMs = Date.UTC(2026, 10, 22, 9)): VirtualClock {
  let time = startMs
  let sleepers: { at: number; wake: () => void }[] = []

  const wakeNext = (until: number) => {
    const next = sleepers
      .filter((sleeper) => sleeper.at <= until)
      .reduce<(typeof sleepers)[number] | undefined>(
        (first, sleeper) => (first && first.at <= sleeper.at ? first : sleeper),
        undefined,
      )
    if (!next) return false
    sleepers = sleepers.filter((sleeper) => sleeper !== next)
    time = Math.max(time, next.at)
    next.wake()
    return true
  }

  return {
    now: () => time,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (ms <= 0 || signal?.aborted) return resolve()
        const sleeper = { at: time + ms, wake: resolve }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          resolve()
        })
      }),
    async advance(ms) {
      const until = time + ms
      // What wakes may go to sleep again before `until`: it gets its turn first.
      while (wakeNext(until)) await setImmediate()
      time = until
    },
  }
}
