import { graphError } from './errors.ts'

/** The version that is current, and the one that a path without a version gets. */
const CURRENT_VERSION = 'v26.0'

interface Life {
  /** The first day on which the Marketing API refuses this version. */
  marketingDeadFrom?: string
  /** The day from which Meta may end it, announced in a header. */
  warnedFrom?: string
}

// Meta: Graph API changelog. Graph paths of an old version keep answering for two years or more.
const VERSIONS: Record<string, Life> = {
  'v26.0': {},
  'v25.0': { warnedFrom: '2026-10-27' },
  'v24.0': { marketingDeadFrom: '2026-10-06' },
  'v23.0': { marketingDeadFrom: '2026-06-09' },
  'v22.0': { marketingDeadFrom: '2026-02-18' },
  'v21.0': { marketingDeadFrom: '2025-09-09' },
}

/** Splits `/v26.0/me/accounts` into its version and the rest. */
export function splitVersion(path: string): { version: string; segments: string[] } {
  const [first, ...rest] = path.split('/').filter(Boolean)
  if (first === undefined) return { version: CURRENT_VERSION, segments: [] }
  if (/^v\d+\.\d+$/.test(first)) return { version: first, segments: rest }
  return { version: CURRENT_VERSION, segments: [first, ...rest] }
}

/** Refuses a version that the asked part of the API no longer serves (2635) or never had (2500). */
export function checkVersion(version: string, { marketing, now }: Asked): void {
  const life = VERSIONS[version]
  const dead = !life || isPast(life.marketingDeadFrom, now)
  if (marketing && dead) {
    const advice = `Please update to the latest version: ${CURRENT_VERSION}.`
    throw graphError(2635, undefined, `${graphError(2635).message} ${advice}`)
  }
  if (!life) throw graphError(2500, undefined, `Unknown path components: /${version}`)
}

/** The header by which Meta announces the end of a version that still answers. */
export function versionHeaders(version: string, { marketing, now }: Asked): Record<string, string> {
  const warned = marketing && isPast(VERSIONS[version]?.warnedFrom, now)
  return {
    'facebook-api-version': version,
    ...(warned
      ? {
          'x-ad-api-version-warning': `The call has been made to ${version}, which will be deprecated. Use ${CURRENT_VERSION}.`,
        }
      : {}),
  }
}

interface Asked {
  marketing: boolean
  now: number
}

function isPast(date: string | undefined, now: number): boolean {
  return date !== undefined && now >= Date.parse(date)
}
