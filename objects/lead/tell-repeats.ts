import type { Repeat } from '../../src/lead.ts'
import { leadOf } from '../../src/stubs.ts'

/** Leads that turned out to be repeats learn of which; may be done twice. */
export async function tellRepeats(env: Env, repeats: Repeat[]): Promise<void> {
  await Promise.all(
    repeats.map(({ id, of, earlier }) =>
      leadOf(env, id).carryOut({ id: `repeat:${of}`, type: 'repeat', of, earlier }),
    ),
  )
}
