/** What a page knows of itself; times in ms. */
export interface PageState {
  name: string
  /** Who can be asked about it. */
  connectionId: string | null
  /** Since when somebody can. */
  servedSince: number | null
  /** When all of its forms were last read. */
  formsReadAt: number | null
  /** When its leads were last compared with Meta's. */
  comparedAt: number | null
}

const NOTHING: PageState = {
  name: '',
  connectionId: null,
  servedSince: null,
  formsReadAt: null,
  comparedAt: null,
}

/** A lead that is made. */
export interface HeldLead {
  leadgenId: string
  formId: string | null
  createdAt: string | null
  projectId: string
}

const HOUR_MS = 3_600_000

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
         leadgen_id TEXT PRIMARY KEY, form_id TEXT, created_at TEXT, project_id TEXT
       ) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS form (id TEXT PRIMARY KEY, read_to INTEGER NOT NULL) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS call (hour INTEGER PRIMARY KEY, count INTEGER NOT NULL)`,
    )
    // Pages that are older than routing hold leads of the first project only.
    const isOld = `SELECT 1 FROM sqlite_master WHERE name = 'held' AND sql NOT LIKE '%project_id%'`
    if (this.#sql.exec(isOld).toArray().length > 0) {
      this.#sql.exec('ALTER TABLE held ADD COLUMN project_id TEXT')
    }
  }

  state(): PageState {
    const [row] = this.#sql.exec<{ body: string }>('SELECT body FROM page').toArray()
    // What it came to know later is missing in an older one.
    return row ? { ...NOTHING, ...JSON.parse(row.body) } : NOTHING
  }

  saveState(changes: Partial<PageState>): void {
    const state = { ...this.state(), ...changes }
    this.#sql.exec('INSERT OR REPLACE INTO page (id, body) VALUES (1, ?)', JSON.stringify(state))
  }

  /** Of these ids, those whose leads are made. */
  held(leadgenIds: string[]): Set<string> {
    return new Set(this.projectsOf(leadgenIds).keys())
  }

  /** The projects of those leads that are made; `null` is the first one. */
  projectsOf(leadgenIds: string[]): Map<string, string | null> {
    const rows = this.#sql
      .exec<{ leadgen_id: string; project_id: string | null }>(
        `SELECT leadgen_id, project_id FROM held
         WHERE leadgen_id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(leadgenIds),
      )
      .toArray()
    return new Map(rows.map((row) => [row.leadgen_id, row.project_id]))
  }

  /** The lead is made. */
  hold(lead: HeldLead): void {
    this.#sql.exec(
      `INSERT INTO held (leadgen_id, form_id, created_at, project_id) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      lead.leadgenId,
      lead.formId,
      lead.createdAt,
      lead.projectId,
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

  /** One more call was made of those that Meta counts by the day. */
  countCall(now: number): void {
    const hour = Math.floor(now / HOUR_MS)
    this.#sql.exec(
      `INSERT INTO call (hour, count) VALUES (?, 1) ON CONFLICT (hour) DO UPDATE SET count = count + 1`,
      hour,
    )
    this.#sql.exec('DELETE FROM call WHERE hour < ?', hour - 24)
  }

  /** How many were made in the last 24 hours. */
  calls(now: number): number {
    const sql = 'SELECT coalesce(sum(count), 0) AS n FROM call WHERE hour > ?'
    return this.#sql.exec<{ n: number }>(sql, Math.floor(now / HOUR_MS) - 24).one().n
  }
}
