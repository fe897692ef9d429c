-- What a project's advertising is watched for, and the alerts that this came to.

-- Targets and hours as JSON: src/watch/settings.ts says what is in them; what is absent has its default.
ALTER TABLE projects ADD COLUMN watch TEXT NOT NULL DEFAULT '{}';

-- A projection of the Watch objects. A row never goes back to an older version.
CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  project_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'over')),
  body TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX alerts_by_project ON alerts (project_id, created_at, id);
CREATE INDEX alerts_recent ON alerts (created_at, id);
CREATE INDEX alerts_open ON alerts (created_at, id) WHERE state = 'open';

-- What an object's outbox writes down is written once, however often it is carried out.
ALTER TABLE audit_log ADD COLUMN ref TEXT;
CREATE UNIQUE INDEX audit_by_ref ON audit_log (ref) WHERE ref IS NOT NULL;
