/** What a page knows of itself. */
export interface PageState {
  name: string
  projectId: string | null
  /** Who can be asked about it. */
  connectionId: string | null
  /** Since when somebody can, ms. */
  servedSince: number | null
}

const NOTHING: PageState = {
  name: '',
  projectId: null,
  connectionId: null,
  servedSince: null,
}

/** The tables of one Page. */
export class PageTables {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  create(): void {
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS page (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL);
       CREATE TABLE IF NOT EXISTS held (
         leadgen_id TEXT PRIMARY KEY, form_id TEXT, created_at TEXT
       ) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS form (id TEXT PRIMARY KEY, read_to INTEGER NOT NULL) WITHOUT ROWID`,
    )
  }

  state(): PageState {
    const [row] = this.#sql.exec<{ body: string }>('SELECT body FROM page').toArray()
    return row ? JSON.parse(row.body) : NOTHING
  }

  saveState(state: PageState): void {
    this.#sql.exec('INSERT OR REPLACE INTO page (id, body) VALUES (1, ?)', JSON.stringify(state))
  }

  /** Of these ids, those whose leads are made. */
  held(leadgenIds: string[]): Set<string> {
    const rows = this.#sql
      .exec<{ leadgen_id: string }>(
        'SELECT leadgen_id FROM held WHERE leadgen_id IN (SELECT value FROM json_each(?))',
        JSON.stringify(leadgenIds),
      )
      .toArray()
    return new Set(rows.map((row) => row.leadgen_id))
  }

  /** The lead is made. */
  hold(lead: { leadgenId: string; formId: string | null; createdAt: string | null }): void {
    this.#sql.exec(
      `INSERT INTO held (leadgen_id, form_id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
      lead.leadgenId,
      lead.formId,
      lead.createdAt,
    )
  }

  /** How far a form was read, epoch seconds; 0 when it never was. */
  readTo(formId: string): number {
    const [row] = this.#sql
      .exec<{ read_to: number }>('SELECT read_to FROM form WHERE id = ?', formId)
      .toArray()
    return row?.read_to ?? 0
  }

  saveReadTo(formId: string, seconds: number): void {
    this.#sql.exec(
      `INSERT INTO form (id, read_to) VALUES (?, ?)
       ON CONFLICT (id) DO UPDATE SET read_to = excluded.read_to WHERE excluded.read_to > form.read_to`,
      formId,
      seconds,
    )
  }
}
