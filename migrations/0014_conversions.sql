-- What Meta is told of the stages that its leads reach. Nothing is written while a project has no
-- dataset.
ALTER TABLE projects ADD COLUMN dataset_id TEXT;

-- One stage of one lead; what is sent of the person is read from `leads` as it is sent.
CREATE TABLE conversions (
  lead_id TEXT NOT NULL,
  stage TEXT NOT NULL CHECK (stage IN ('lead', 'contacted', 'won', 'lost', 'spam')),
  project_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'too_old')),
  reason TEXT,
  event_time INTEGER NOT NULL, -- epoch seconds, later with every stage of a lead
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (lead_id, stage)
) WITHOUT ROWID;
-- Serves those that wait, lists and counts alike: an entry of an index is a row written.
CREATE INDEX conversions_by_project ON conversions (project_id, state, event_time, lead_id, stage);
