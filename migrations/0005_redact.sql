-- What a workspace says of its secrets. The key is of the fingerprints in their marks; who has
-- none yet gets one with its next report. Names stand one a line.

ALTER TABLE workspace ADD COLUMN redact_key BYTEA;
ALTER TABLE workspace ADD COLUMN secret_names TEXT;
ALTER TABLE workspace ADD COLUMN safe_names TEXT;
