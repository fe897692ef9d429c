-- Lead forms, where their leads go, what could not be read, and receipts.

-- Forms of Facebook pages as Meta last described them: `questions` is its list of
-- { key, label, type, options: [{ key, value }] }. `mapping` is ours: what a question asks for, by its
-- key, where Meta's types do not tell. A form that was closed is read for some days more.
CREATE TABLE forms (
  id TEXT PRIMARY KEY,
  page_id TEXT NOT NULL,
  name TEXT NOT NULL,
  locale TEXT,
  status TEXT NOT NULL,
  questions TEXT NOT NULL,
  mapping TEXT NOT NULL DEFAULT '{}',
  leads_count INTEGER NOT NULL,
  expired_leads_count INTEGER NOT NULL,
  closed_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX forms_by_page ON forms (page_id);

-- To which project leads go: of a form, else of a campaign, else of a page, else to the first.
CREATE TABLE meta_routes (
  kind TEXT NOT NULL CHECK (kind IN ('form', 'campaign', 'page')),
  meta_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (kind, meta_id)
) WITHOUT ROWID;

-- Leads that were made and shown, but what they hold could not be read yet, or is given up.
CREATE TABLE unread_leads (
  lead_id TEXT PRIMARY KEY,
  leadgen_id TEXT NOT NULL,
  page_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  is_given_up INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX unread_leads_recent ON unread_leads (created_at, lead_id);

-- What Meta has of a page's leads of one project and one day of the project, and what became of them.
CREATE TABLE receipts (
  project_id TEXT NOT NULL,
  date TEXT NOT NULL,
  page_id TEXT NOT NULL,
  meta INTEGER NOT NULL,
  held INTEGER NOT NULL,
  shown INTEGER NOT NULL,
  slowest_seconds INTEGER,
  state TEXT NOT NULL CHECK (state IN ('complete', 'short')),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (project_id, date, page_id)
) WITHOUT ROWID;

-- A lead of Meta's testing tool: shown as such, and counted nowhere.
ALTER TABLE leads ADD COLUMN is_test INTEGER NOT NULL DEFAULT 0;
