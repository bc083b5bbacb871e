-- Acting on integrations, finding anything by what is pasted, and the way to the external logs.

ALTER TABLE integration ADD COLUMN stopped_at BIGINT;

-- Disabled or deleted before this was kept: its description has not changed since.
UPDATE integration SET stopped_at = modified_at WHERE status IN ('disabled', 'deleted');

-- A template: see `domain::logs`.
ALTER TABLE workspace ADD COLUMN logs_url TEXT;
ALTER TABLE workspace ADD COLUMN logs_label TEXT;
ALTER TABLE workspace ADD COLUMN logs_margin BIGINT;

-- One end-user over all flows; also what begins with a text in any case.
CREATE INDEX integration_of_user_id ON integration (workspace_id, lower(user_id), id);
CREATE INDEX integration_of_user_auth ON integration (workspace_id, lower(user_auth), id);
CREATE INDEX integration_find ON integration (workspace_id, lower(key), id);
CREATE INDEX step_find ON step (workspace_id, key, id);
