import type { AccountState } from '../../src/watch/numbers.ts'
import type { AlertKind } from '../../src/watch/kinds.ts'
import type { Alert } from '../../src/watch/follow.ts'
import type { CampaignSwitch, Switched } from '../../src/watch/switching.ts'

/** What a Watch keeps between two looks, so as not to ask for it at each. */
export interface Memory {
  /** How the ad account stood when Meta was last asked, and when (ms). */
  account: { id: string; state: AccountState; at: number } | null
  /** The longest silence that is usual, learned once a day. */
  usual: { day: string; silenceMs: number | null } | null
}

const NOTHING: Memory = { account: null, usual: null }

/** A switch of a campaign that was asked for, and what came of it; `null`: not known so far. */
export interface StoredSwitch {
  ref: string
  campaignId: string
  to: CampaignSwitch
  /** When it was asked for, ms. */
  at: number
  outcome: Switched | null
}

/** What is over is remembered so long, for its cooldown and its snooze. */
const KEPT_MS = 60 * 86_400_000

/** The tables of one Watch. */
export class WatchTables {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  create(): void {
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS alert (
         kind TEXT NOT NULL, subject TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
         over_at INTEGER, body TEXT NOT NULL, PRIMARY KEY (kind, subject)
       ) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS memory (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL);
       CREATE TABLE IF NOT EXISTS switch (
         seq INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, campaign_id TEXT NOT NULL,
         target TEXT NOT NULL, at INTEGER NOT NULL, outcome TEXT
       )`,
    )
  }

  /** The last alert of each subject of a kind, open or over. */
  alerts(kind: AlertKind): Alert[] {
    return this.#sql
      .exec<{ body: string }>('SELECT body FROM alert WHERE kind = ?', kind)
      .toArray()
      .map(({ body }) => JSON.parse(body))
  }

  alert(id: string): Alert | null {
    const [row] = this.#sql
      .exec<{ body: string }>('SELECT body FROM alert WHERE id = ?', id)
      .toArray()
    return row ? JSON.parse(row.body) : null
  }

  saveAlert(alert: Alert): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO alert (kind, subject, id, over_at, body) VALUES (?, ?, ?, ?, ?)',
      alert.kind,
      alert.subject,
      alert.id,
      alert.overAt === null ? null : Date.parse(alert.overAt),
      JSON.stringify(alert),
    )
  }

  /** Forgets what was over long ago. */
  forget(now: number): void {
    this.#sql.exec('DELETE FROM alert WHERE over_at < ?', now - KEPT_MS)
    this.#sql.exec('DELETE FROM switch WHERE at < ?', now - KEPT_MS)
  }

  memory(): Memory {
    const [row] = this.#sql.exec<{ body: string }>('SELECT body FROM memory').toArray()
    return row ? { ...NOTHING, ...JSON.parse(row.body) } : NOTHING
  }

  remember(changes: Partial<Memory>): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO memory (id, body) VALUES (1, ?)',
      JSON.stringify({ ...this.memory(), ...changes }),
    )
  }

  switch(ref: string): StoredSwitch | null {
    const [row] = this.#sql.exec<SwitchRow>(`${SWITCH} WHERE ref = ?`, ref).toArray()
    return row ? readSwitch(row) : null
  }

  /** The last switch of a campaign that was asked for. */
  lastSwitch(campaignId: string): StoredSwitch | null {
    const sql = `${SWITCH} WHERE campaign_id = ? ORDER BY seq DESC LIMIT 1`
    const [row] = this.#sql.exec<SwitchRow>(sql, campaignId).toArray()
    return row ? readSwitch(row) : null
  }

  beginSwitch({ ref, campaignId, to, at }: Omit<StoredSwitch, 'outcome'>): void {
    this.#sql.exec(
      'INSERT INTO switch (ref, campaign_id, target, at) VALUES (?, ?, ?, ?)',
      ref,
      campaignId,
      to,
      at,
    )
  }

  endSwitch(ref: string, outcome: Switched): void {
    this.#sql.exec('UPDATE switch SET outcome = ? WHERE ref = ?', JSON.stringify(outcome), ref)
  }

  /** It came to nothing: it is as if nobody had asked. */
  dropSwitch(ref: string): void {
    this.#sql.exec('DELETE FROM switch WHERE ref = ?', ref)
  }
}

type SwitchRow = {
  ref: string
  campaignId: string
  to: CampaignSwitch
  at: number
  outcome: string | null
}

const SWITCH = 'SELECT ref, campaign_id AS campaignId, target AS "to", at, outcome FROM switch'

function readSwitch({ outcome, ...row }: SwitchRow): StoredSwitch {
  return { ...row, outcome: outcome === null ? null : JSON.parse(outcome) }
}
