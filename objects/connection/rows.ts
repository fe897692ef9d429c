import type { TextKey, TextParams } from '../../src/bot/texts.ts'
import type { NewRow } from '../../src/outbox/outbox.ts'
import type { ConnectedPage } from './sql.ts'

/** The token of a page that Meta refused, and which token of the user it came from. */
export interface Refused {
  pageId: string
  code: string
  tokenId: string
}

/** What the admins are told, once for its key. */
export interface Told {
  key: string
  text: TextKey
  params: TextParams
  reason?: TextKey
}

/** A list of checks that is owed to a chat, once for its key. */
export interface OwedChecks {
  chatId: string
  publicUrl: string
  /** A test lead may be left in a form. */
  mayTest: boolean
  key: string
}

/** Its row in D1 is to be as it is now. */
export const RECORD: NewRow = { key: 'record', kind: 'record', latest: true }

export const CATCH_UP: NewRow = { key: 'catch up', kind: 'catch_up', latest: true }

/** The page learns whether this connection serves it, and goes on with what waited for one. */
export function serveRow({ id }: ConnectedPage): NewRow {
  return { key: `serve:${id}`, kind: 'serve', body: { id }, latest: true }
}

export function subscribeRow({ id }: ConnectedPage): NewRow {
  return { key: `subscribe:${id}`, kind: 'subscribe', body: { id }, latest: true }
}

export function examineRow(refused: Refused): NewRow {
  return { key: `examine:${refused.pageId}`, kind: 'examine', body: refused, latest: true }
}

/** One that is left with pages may wait for another with more of them: each stays. */
export function handOverRow(pages: { id: string }[]): NewRow {
  return { key: 'hand over', kind: 'hand_over', body: { pageIds: pages.map(({ id }) => id) } }
}

export function checksRow(body: OwedChecks): NewRow {
  return { key: `checks:${body.chatId}`, kind: 'checks', body, latest: true }
}

export function conversionsRow(datasetId: string, at: number): NewRow {
  const kind = 'conversions'
  return { key: `${kind}:${datasetId}`, kind, body: { datasetId }, at, latest: true }
}

export function tellRow(text: TextKey, key: string, params: TextParams, reason?: TextKey): NewRow {
  return { key: 'tell', kind: 'tell', body: { key, text, params, reason } }
}
