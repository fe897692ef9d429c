import { spend, type Spent, type Tier } from '../../src/meta/allowance.ts'

/** What a Connection has asked of Meta lately, on disk: a restart forgets none of it. */
export class Limits {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  create(): void {
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS score (
         account TEXT PRIMARY KEY, tier TEXT, spent TEXT NOT NULL
       ) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS refusal (
         scope TEXT PRIMARY KEY, count INTEGER NOT NULL
       ) WITHOUT ROWID`,
    )
  }

  /** Spends points of an ad account; when it has none left, gives the time (ms) to come back at. */
  spend(account: string, points: number, now: number): number | null {
    const [row] = this.#sql
      .exec<{ tier: string | null; spent: string }>(
        'SELECT tier, spent FROM score WHERE account = ?',
        account,
      )
      .toArray()
    const before: Spent[] = row ? JSON.parse(row.spent) : []
    const allowed = spend(before, points, isTier(row?.tier) ? row.tier : null, now)
    if (!allowed.ok) return allowed.at
    this.#sql.exec(
      `INSERT INTO score (account, spent) VALUES (?, ?)
       ON CONFLICT (account) DO UPDATE SET spent = excluded.spent`,
      account,
      JSON.stringify(allowed.spent),
    )
    return null
  }

  /** Meta has said how far it trusts the app. */
  learn(account: string, tier: Tier): void {
    const sql = 'UPDATE score SET tier = ?2 WHERE account = ?1 AND tier IS NOT ?2'
    this.#sql.exec(sql, account, tier)
  }

  /** Meta has refused once more; gives how often that is in a row. */
  refuse(scope: string): number {
    return this.#sql
      .exec<{ count: number }>(
        `INSERT INTO refusal (scope, count) VALUES (?, 1)
         ON CONFLICT (scope) DO UPDATE SET count = count + 1 RETURNING count`,
        scope,
      )
      .one().count
  }

  /** Meta has answered: the next refusal is the first again. */
  calm(scope: string): void {
    this.#sql.exec('DELETE FROM refusal WHERE scope = ?', scope)
  }
}

function isTier(tier: string | null | undefined): tier is Tier {
  return tier === 'limited' || tier === 'full'
}
