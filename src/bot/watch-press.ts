import { packPress } from './callback-data.ts'

/** What the buttons of an alert do: silence it, ask whether to pause, pause, leave it, let run again. */
const DEEDS = ['snooze', 'pause', 'sure', 'keep', 'run'] as const

type Deed = (typeof DEEDS)[number]

/** How long an alert can be silenced by one press. */
export const SNOOZES = ['h1', 'd1', 'mon'] as const

export type SnoozeChoice = (typeof SNOOZES)[number]

/** A button of an alert that was pressed. */
export type AlertPress = { alertId: string } & (
  | { deed: 'snooze'; choice: SnoozeChoice }
  | { deed: 'keep' }
  | { deed: 'pause'; campaignId: string }
  /** `seenAt`: of when what stands above the button is, ms. */
  | { deed: 'sure' | 'run'; campaignId: string; seenAt: number }
)

/** The callback data of a button. */
export function packAlert(press: AlertPress): string {
  const parts = [press.deed, press.alertId]
  if (press.deed === 'snooze') parts.push(press.choice)
  if ('campaignId' in press) parts.push(press.campaignId)
  // Rounded up: what was done in the same second was seen.
  if ('seenAt' in press) parts.push(Math.ceil(press.seenAt / 1000).toString(36))
  return packPress({ verb: 'alert', id: parts.join('-') })
}

/** `null` for what no alert of ours says: any client can send any data. */
export function unpackAlert(id: string): AlertPress | null {
  const [word, alertId = '', first = '', second = '', ...more] = id.split('-')
  const deed = DEEDS.find((known) => known === word)
  if (!deed || !/^[0-9a-f]{16}$/.test(alertId) || more.length > 0) return null
  return pressOf(deed, alertId, first, second)
}

function pressOf(deed: Deed, alertId: string, first: string, second: string): AlertPress | null {
  if (deed === 'keep') return { deed, alertId }
  if (deed === 'snooze') {
    const choice = SNOOZES.find((known) => known === first)
    return choice ? { deed, alertId, choice } : null
  }
  if (!/^\d{1,24}$/.test(first)) return null
  if (deed === 'pause') return { deed, alertId, campaignId: first }
  if (!/^[0-9a-z]{1,7}$/.test(second)) return null
  return { deed, alertId, campaignId: first, seenAt: Number.parseInt(second, 36) * 1000 }
}
