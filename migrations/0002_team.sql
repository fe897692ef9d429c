-- How a project's team works, who is in it and who is away, invitations, and repeat leads.

-- Rules as JSON: src/project-rules.ts says what is in them; what is absent has its default.
ALTER TABLE projects ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';

ALTER TABLE users ADD COLUMN away_since TEXT;
-- The person has blocked the bot: nothing can be said to them until they come back.
ALTER TABLE users ADD COLUMN blocked_at TEXT;

-- Who works a project's leads; a project without members is everybody's who may work leads.
CREATE TABLE members (
  project_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (project_id, user_id)
) WITHOUT ROWID;

CREATE TABLE invites (
  token_hash TEXT PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('client', 'manager')),
  project_id TEXT NOT NULL,
  created_by TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_by TEXT,
  used_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;

-- A repeat is found by its phone or its e-mail, within its project.
ALTER TABLE leads ADD COLUMN phone TEXT;
ALTER TABLE leads ADD COLUMN email TEXT;
CREATE INDEX leads_by_phone ON leads (phone, created_at, id) WHERE phone IS NOT NULL;
CREATE INDEX leads_by_email ON leads (email, created_at, id) WHERE email IS NOT NULL;
