-- Lists that would read every lead otherwise. An entry of an index is a row written: those that only
-- some leads belong to leave out the others, so that a lead without a manager and without a campaign
-- that no key has brought costs what it did before.

CREATE INDEX leads_by_key ON leads (source_ref, created_at, id) WHERE source = 'api';
CREATE INDEX leads_by_assignee ON leads (assignee_id, created_at, id) WHERE assignee_id IS NOT NULL;
CREATE INDEX leads_by_campaign ON leads (campaign_id, created_at, id) WHERE campaign_id IS NOT NULL;

-- Sessions end together when their person gets a new link.
CREATE INDEX sessions_by_user ON sessions (user_id);

-- The few who work here among all who ever wrote to the bot.
CREATE INDEX users_of_staff ON users (role) WHERE role <> 'client';

-- What waits for one thing is tried again together once it is there.
CREATE INDEX parked_by_reason ON parked (reason, created_at, object, name, seq);

-- How far something that goes round and round has come.
CREATE TABLE rounds (
  name TEXT PRIMARY KEY,
  position TEXT,
  begun_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;
