-- The read side, and the records nobody decides about. Ids of Meta and Telegram are TEXT, times ISO
-- 8601 UTC, money an integer of millionths of its currency.

CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  chat_id TEXT,
  thread_id INTEGER,
  chat_title TEXT,
  timezone TEXT,
  locale TEXT,
  region TEXT,
  currency TEXT,
  connection_id TEXT,
  ad_account_id TEXT,
  account_timezone TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;

-- A small agency starts with one project.
INSERT INTO projects (id, name, created_at, updated_at)
VALUES ('main', 'Main', strftime('%Y-%m-%dT%H:%M:%fZ'), strftime('%Y-%m-%dT%H:%M:%fZ'));

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('client', 'manager', 'admin')),
  name TEXT NOT NULL,
  username TEXT,
  locale TEXT,
  token_hash TEXT UNIQUE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
  id_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE portal_keys (
  id TEXT PRIMARY KEY,
  key_hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'partner', 'service')),
  scopes TEXT NOT NULL,
  created_by TEXT NOT NULL,
  last_used_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;

-- A projection of the Lead objects: `body` is the lead as the API shows it, the columns are what
-- lists are filtered and ordered by. A row never goes back to an older version.
CREATE TABLE leads (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  project_id TEXT NOT NULL,
  status TEXT NOT NULL,
  outcome TEXT,
  source TEXT NOT NULL,
  source_ref TEXT,
  user_id TEXT,
  assignee_id TEXT,
  campaign_id TEXT,
  words TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX leads_recent ON leads (created_at, id);
CREATE INDEX leads_by_status ON leads (status, created_at, id);
CREATE INDEX leads_by_project ON leads (project_id, created_at, id);
CREATE INDEX leads_by_user ON leads (user_id, created_at, id) WHERE user_id IS NOT NULL;

-- What people search by; `words` is folded in the Worker, as SQLite folds only ASCII.
CREATE VIRTUAL TABLE leads_search USING fts5 (words, content = 'leads', content_rowid = 'seq');
CREATE TRIGGER leads_search_insert AFTER INSERT ON leads BEGIN
  INSERT INTO leads_search (rowid, words) VALUES (new.seq, new.words);
END;
CREATE TRIGGER leads_search_update AFTER UPDATE OF words ON leads WHEN old.words <> new.words BEGIN
  INSERT INTO leads_search (leads_search, rowid, words) VALUES ('delete', old.seq, old.words);
  INSERT INTO leads_search (rowid, words) VALUES (new.seq, new.words);
END;

CREATE TABLE campaigns (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;

-- One campaign on one day of its account's timezone.
CREATE TABLE insights (
  account_id TEXT NOT NULL,
  date TEXT NOT NULL,
  campaign_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  spend_micros INTEGER NOT NULL,
  impressions INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  leads REAL NOT NULL,
  form_leads REAL NOT NULL,
  actions TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (account_id, date, campaign_id)
) WITHOUT ROWID;

CREATE TABLE reports (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  format TEXT NOT NULL,
  period_from TEXT NOT NULL,
  period_to TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'ready', 'failed')),
  error TEXT,
  file_name TEXT,
  bytes INTEGER,
  rows INTEGER,
  chat_id TEXT,
  requested_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX reports_recent ON reports (created_at, id);

-- What is known of the Connection objects, without their secrets.
CREATE TABLE connections (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  token_type TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('alive', 'dead')),
  problem TEXT,
  expires_at TEXT,
  data_access_expires_at TEXT,
  scopes TEXT NOT NULL,
  pages TEXT NOT NULL,
  ad_accounts TEXT NOT NULL,
  checked_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;

-- What some object's outbox gave up, until a person tries it again.
CREATE TABLE parked (
  object TEXT NOT NULL,
  name TEXT NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (object, name, seq)
) WITHOUT ROWID;

CREATE TABLE audit_log (
  id INTEGER PRIMARY KEY,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  details TEXT NOT NULL,
  created_at TEXT NOT NULL
);
