import { log } from './log.ts'

/** Once it is awake it goes on by itself: nobody waits until it has said everything. */
const AWAKE_AFTER_MS = 20_000

/** Wakes an object; one that cannot be woken keeps back no other, and is woken again in the next round. */
export async function wake(object: { kick(): Promise<unknown> }): Promise<void> {
  let timer
  const awake = new Promise((resolve) => (timer = setTimeout(resolve, AWAKE_AFTER_MS)))
  try {
    await Promise.race([object.kick(), awake])
  } catch (error) {
    log('warn', 'round.not_woken', { error })
  } finally {
    clearTimeout(timer)
  }
}
