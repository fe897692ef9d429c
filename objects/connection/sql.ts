import type { Warned } from '../../src/meta/token-life.ts'
import type { Sealed } from '../../src/seal.ts'

/** What a Connection knows of itself; times in ms. */
export interface ConnectionState {
  name: string
  tokenType: string
  state: 'alive' | 'dead'
  /** Why it is dead: Meta's code/subcode. */
  problem: string | null
  expiresAt: number | null
  dataAccessExpiresAt: number | null
  scopes: string[]
  pages: ConnectedPage[]
  adAccounts: { id: string; name: string; currency: string; timezone: string }[]
  checkedAt: number
  /** The last warning given, and about which end of life. */
  warned: Warned | null
  /** The same of the day on which Meta closes the person's data. */
  dataWarned: Warned | null
  /** Of which end of life the admins know that Meta refuses to put it off. */
  refusedFor: number | null
  /** Troubles that do not end the token, as the admins were told of them and still last. */
  troubles: string[]
  /** The present token, by a name of our own: news of one that came before it mean nothing. */
  tokenId: string
  /** When it was last asked whether Meta still tells of the pages' leads, ms. */
  lookedAt: number
  /** Where the Worker was reached when the person connected, for links; `null`: not known. */
  publicUrl: string | null
}

/** A page that the token opens. */
export interface ConnectedPage {
  id: string
  name: string
  /** Whether Meta tells us of its leads. */
  subscribed: boolean
  /** Why its own token died although the user's lives; `null` while it is good. */
  lost: string | null
}

/** The tables of one Connection. */
export class ConnectionTables {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  create(): void {
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS connection (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL);
       CREATE TABLE IF NOT EXISTS token (owner TEXT PRIMARY KEY, sealed TEXT NOT NULL) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS pause (scope TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID`,
    )
  }

  state(): ConnectionState | null {
    const [row] = this.#sql.exec<{ body: string }>('SELECT body FROM connection').toArray()
    return row ? JSON.parse(row.body) : null
  }

  saveState(state: ConnectionState): void {
    this.#sql.exec(
      `INSERT INTO connection (id, body) VALUES (1, ?)
       ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
      JSON.stringify(state),
    )
  }

  /** The sealed token of `user` or of `page:<id>`. */
  token(owner: string): Sealed | null {
    const [row] = this.#sql
      .exec<{ sealed: string }>('SELECT sealed FROM token WHERE owner = ?', owner)
      .toArray()
    return row ? JSON.parse(row.sealed) : null
  }

  saveToken(owner: string, sealed: Sealed): void {
    const row = [owner, JSON.stringify(sealed)]
    this.#sql.exec('INSERT OR REPLACE INTO token (owner, sealed) VALUES (?, ?)', ...row)
  }

  forgetToken(owner: string): void {
    this.#sql.exec('DELETE FROM token WHERE owner = ?', owner)
  }

  forgetTokens(): void {
    this.#sql.exec('DELETE FROM token')
  }

  /** Nothing of what was known is left. */
  forget(): void {
    this.forgetTokens()
    this.#sql.exec('DELETE FROM connection')
    this.#sql.exec('DELETE FROM pause')
  }

  /** Until when (ms) no calls of this scope are made; 0 when they are. */
  pausedUntil(scope: string): number {
    const [row] = this.#sql
      .exec<{ until: number }>('SELECT until FROM pause WHERE scope = ?', scope)
      .toArray()
    return row?.until ?? 0
  }

  /** Of two pauses the longer one counts. */
  pause(scope: string, until: number): void {
    this.#sql.exec(
      `INSERT INTO pause (scope, until) VALUES (?, ?)
       ON CONFLICT (scope) DO UPDATE SET until = max(until, excluded.until)`,
      scope,
      until,
    )
  }
}
