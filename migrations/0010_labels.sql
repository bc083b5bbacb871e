-- A workspace's own words for statuses, and what runs and log entries are called elsewhere.

-- `word = status`, one a line.
ALTER TABLE workspace ADD COLUMN status_labels TEXT;

ALTER TABLE run ADD COLUMN label TEXT;
ALTER TABLE run ADD COLUMN reference TEXT;
ALTER TABLE log_entry ADD COLUMN label TEXT;
ALTER TABLE log_entry ADD COLUMN reference TEXT;

-- Few runs have either, and only those stand in these.
CREATE INDEX run_label ON run (integration_id, label, started_at, id) WHERE label IS NOT NULL;
CREATE INDEX run_all_label ON run (workspace_id, label, started_at, id) WHERE label IS NOT NULL;
CREATE INDEX run_reference ON run (workspace_id, substr(reference, 1, 200), id) WHERE reference IS NOT NULL;
