/** Where a person has come from, as the link that brought them says; anybody can write such a link. */
export interface Origin {
  projectId: string | null
  campaignId: string | null
  source: string | null
}

/** Telegram: `t.me/<bot>?start=<payload>`, at most 64 of these characters. */
const PAYLOAD = /^[A-Za-z0-9_-]{1,64}$/

/** Neither ids of projects nor of campaigns hold it; a source may. */
const SEPARATOR = '_'

const INVITATION = 'inv_'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const SHORT_UUID = /^[0-9a-z]{25}$/
const CAMPAIGN = /^[A-Za-z0-9-]+$/

/**
 * `<project>_<campaign>_<source>`: what is not known is left empty, and empty ends are left out, so
 * `main`, `main_120210001`, `main__instagram` and `_120210001_facebook` are all right. A project's
 * UUID is written as 25 digits of base 36, so that 38 characters are left for the rest. Whatever does
 * not begin with a project is a source: `instagram`. `null`: the origin cannot be written so.
 */
export function packStart({ projectId, campaignId, source }: Origin): string | null {
  if (projectId !== null && !isProject(projectId)) return null
  if (campaignId !== null && !CAMPAIGN.test(campaignId)) return null
  const parts = [projectId && shortId(projectId), campaignId, source].map((part) => part ?? '')
  const payload = parts.join(SEPARATOR).replace(/_+$/, '')
  return PAYLOAD.test(payload) ? payload : null
}

/** What a payload says; `null` when it says nothing of where somebody comes from. */
export function unpackStart(payload: string): Origin | null {
  if (!PAYLOAD.test(payload) || payload.startsWith(INVITATION)) return null
  const [first = '', campaign = '', ...rest] = payload.split(SEPARATOR)
  if (first && !isProject(first)) return { projectId: null, campaignId: null, source: payload }
  const source = rest.join(SEPARATOR).replace(/_+$/, '')
  return { projectId: longId(first) || null, campaignId: campaign || null, source: source || null }
}

/** The token of an invitation; `null` when the payload is none. */
export function invitationIn(payload: string): string | null {
  const isOne = PAYLOAD.test(payload) && payload.startsWith(INVITATION)
  return isOne ? payload.slice(INVITATION.length) : null
}

/** The first project, or one that was made later: those have UUIDs. */
function isProject(word: string): boolean {
  return word === 'main' || UUID.test(word) || SHORT_UUID.test(word)
}

function shortId(projectId: string): string {
  if (!UUID.test(projectId)) return projectId
  return BigInt(`0x${projectId.replaceAll('-', '')}`)
    .toString(36)
    .padStart(25, '0')
}

function longId(word: string): string {
  if (!SHORT_UUID.test(word)) return word
  let id = 0n
  for (const digit of word) id = id * 36n + BigInt(Number.parseInt(digit, 36))
  const hex = id.toString(16).padStart(32, '0')
  // More than 128 bits are no UUID.
  return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : word
}
