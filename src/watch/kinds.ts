/** What a project is watched for. */
export const ALERT_KINDS = [
  'cpl',
  'barren',
  'no_spend',
  'account_stopped',
  'account_unpaid',
  'token',
  'no_leads',
  'short_receipt',
] as const

export type AlertKind = (typeof ALERT_KINDS)[number]

/** How a kind of alert is told. */
interface Manner {
  /** Having been told, it is not told again within so long, whatever happens meanwhile. */
  cooldownMs: number
  /** It costs money at this moment: it is told at any hour. */
  isUrgent: boolean
  /** Told in the project's chat too; what is not concerns the admins alone. */
  isForChat: boolean
  /** Whether it is told at all, or only listed, for somebody else tells it already. */
  isTold: boolean
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** One row a kind: nobody adds one without saying how it is told. */
export const MANNERS = {
  cpl: { cooldownMs: DAY_MS, isUrgent: false, isForChat: true, isTold: true },
  barren: { cooldownMs: DAY_MS, isUrgent: true, isForChat: true, isTold: true },
  no_spend: { cooldownMs: 12 * HOUR_MS, isUrgent: false, isForChat: true, isTold: true },
  account_stopped: { cooldownMs: 2 * HOUR_MS, isUrgent: true, isForChat: true, isTold: true },
  account_unpaid: { cooldownMs: 12 * HOUR_MS, isUrgent: false, isForChat: true, isTold: true },
  // The connection tells of it by itself, at 14, 7 and 1 days and at the end.
  token: { cooldownMs: 0, isUrgent: false, isForChat: false, isTold: false },
  no_leads: { cooldownMs: 12 * HOUR_MS, isUrgent: false, isForChat: true, isTold: true },
  short_receipt: { cooldownMs: DAY_MS, isUrgent: false, isForChat: false, isTold: true },
} as const satisfies Record<AlertKind, Manner>

/** Kinds that are told. */
export type ToldKind = {
  [Kind in AlertKind]: (typeof MANNERS)[Kind]['isTold'] extends true ? Kind : never
}[AlertKind]

export function isToldKind(kind: AlertKind): kind is ToldKind {
  return MANNERS[kind].isTold
}
