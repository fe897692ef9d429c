import { describe, expect, it } from 'vitest'
import { virtualClock } from '../../../../dev/telegram/clock.ts'
import { Watch } from '../../../../dev/telegram/watch.ts'

describe('a watch', () => {
  it('rejects when the predicate throws', async () => {
    const watch = new Watch()
    const waiting = watch.when(
      () => JSON.parse('{'),
      1_000,
      () => '',
    )
    await expect(waiting).rejects.toThrow(SyntaxError)
  })

  it('tells of many changes of one turn once', async () => {
    const watch = new Watch()
    let count = 0
    const stop = watch.listen(() => count++)
    watch.changed()
    watch.changed()
    await Promise.resolve()
    expect(count).toBe(1)
    stop()
    watch.changed()
    await Promise.resolve()
    expect(count).toBe(1)
  })
})

describe('a virtual clock', () => {
  it('wakes sleepers in the order of their times, those that sleep again too', async () => {
    const clock = virtualClock(0)
    const woken: string[] = []
    const sleep = async (name: string, ms: number) => {
      await clock.wait(ms)
      woken.push(`${name} ${clock.now()}`)
    }
    void sleep('late', 30)
    void sleep('early', 10).then(() => sleep('again', 10))
    void sleep('never', 31)
    await clock.advance(30)
    expect(woken).toEqual(['early 10', 'again 20', 'late 30'])
    expect(clock.now()).toBe(30)
  })

  it('wakes at once whoever is aborted', async () => {
    const clock = virtualClock(0)
    const controller = new AbortController()
    const sleeping = clock.wait(10, controller.signal)
    controller.abort()
    await sleeping
    expect(clock.now()).toBe(0)
  })
})
