-- What else Meta counts, which rows it has changed later, and when each day was read.

ALTER TABLE insights ADD COLUMN messages REAL NOT NULL DEFAULT 0;
ALTER TABLE insights ADD COLUMN purchases REAL NOT NULL DEFAULT 0;
-- Meta's own Results, with what they are; null where it gives none.
ALTER TABLE insights ADD COLUMN results REAL;
ALTER TABLE insights ADD COLUMN result_indicator TEXT;
-- When Meta last changed the numbers of a day that was over already; null: never.
ALTER TABLE insights ADD COLUMN restated_at TEXT;

-- By the rules of src/meta/lead-count.ts, from the actions that were kept.
UPDATE insights SET
  messages = coalesce((SELECT value ->> 'value' FROM json_each(insights.actions)
    WHERE value ->> 'action_type' = 'onsite_conversion.messaging_conversation_started_7d'), 0),
  purchases = coalesce(
    (SELECT value ->> 'value' FROM json_each(insights.actions)
      WHERE value ->> 'action_type' = 'omni_purchase'),
    (SELECT value ->> 'value' FROM json_each(insights.actions)
      WHERE value ->> 'action_type' = 'purchase'),
    (SELECT value ->> 'value' FROM json_each(insights.actions)
      WHERE value ->> 'action_type' = 'offsite_conversion.fb_pixel_purchase'),
    (SELECT value ->> 'value' FROM json_each(insights.actions)
      WHERE value ->> 'action_type' = 'onsite_conversion.purchase'),
    0)
WHERE actions LIKE '%messaging_conversation_started_7d%' OR actions LIKE '%purchase%';

-- When a day of an ad account was last read to its end; a day without a row was never read.
CREATE TABLE insight_days (
  account_id TEXT NOT NULL,
  date TEXT NOT NULL,
  read_at TEXT NOT NULL,
  PRIMARY KEY (account_id, date)
) WITHOUT ROWID;
