import type { UserFromGetMe } from 'grammy/types'
import type { CallLog } from './calls.ts'
import type { Clock } from './clock.ts'
import type { Deliveries } from './deliveries.ts'
import type { FaultBoard } from './faults.ts'
import type { Files } from './files.ts'
import type { Flood } from './flood.ts'
import type { Presses } from './presses.ts'
import type { Rush } from './rush.ts'
import type { Switches } from './switches.ts'
import type { Watch } from './watch.ts'
import type { World } from './world.ts'

/** The parts of the stand-in, as its methods and people reach them. */
export interface Core {
  readonly token: string
  readonly bot: UserFromGetMe
  readonly world: World
  readonly clock: Clock
  readonly watch: Watch
  readonly files: Files
  readonly flood: Flood
  readonly faults: FaultBoard
  readonly switches: Switches
  readonly presses: Presses
  readonly deliveries: Deliveries
  readonly calls: CallLog
  /** What the rush button of the chat page starts; absent: there is no such button. */
  readonly rush: Rush | undefined
}

/** Now, in the whole seconds of the Bot API. */
export const unixNow = ({ clock }: Pick<Core, 'clock'>) => Math.floor(clock.now() / 1000)
