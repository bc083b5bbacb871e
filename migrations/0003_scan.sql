-- Scanning many runs, acting on many at once, and views that a team shares.

ALTER TABLE run ADD COLUMN failing_app TEXT;
ALTER TABLE run ADD COLUMN handled_at BIGINT;
ALTER TABLE run ADD COLUMN handled_note TEXT;
ALTER TABLE integration ADD COLUMN last_run_handled BOOLEAN NOT NULL DEFAULT FALSE;

UPDATE run SET failing_app = (SELECT app_key FROM step WHERE step.run_id = run.id AND step.key = run.failing_step)
WHERE failing_step IS NOT NULL;

-- The columns behind the id let a filter be decided without reading the row. Of texts that may be
-- long only the beginning stands there: an entry of a Postgres index has room for 2,700 bytes.
DROP INDEX run_started;
CREATE INDEX run_started ON run (integration_id, started_at, id, network_code, duration_ms, failing_app,
    substr(lower(trigger_app), 1, 40), substr(lower(trigger_name), 1, 40), substr(lower(trigger_type), 1, 40));
CREATE INDEX run_duration ON run (integration_id, COALESCE(duration_ms, -1), id);
-- The same over a whole workspace.
CREATE INDEX run_all_started ON run (workspace_id, started_at, id, network_code, duration_ms, failing_app,
    substr(lower(trigger_app), 1, 40), substr(lower(trigger_name), 1, 40), substr(lower(trigger_type), 1, 40));
CREATE INDEX run_all_status ON run (workspace_id, status, started_at, id);
CREATE INDEX run_all_duration ON run (workspace_id, COALESCE(duration_ms, -1), id);

-- Of texts that may be long, indexes hold the beginning: see above.
DROP INDEX flow_by_title;
CREATE INDEX flow_by_title ON flow (workspace_id, substr(lower(COALESCE(name, key)), 1, 200), id);
DROP INDEX integration_search_user_id;
CREATE INDEX integration_search_user_id ON integration (flow_id, substr(lower(user_id), 1, 200), id);
DROP INDEX integration_search_user_auth;
CREATE INDEX integration_search_user_auth ON integration (flow_id, substr(lower(user_auth), 1, 200), id);
DROP INDEX integration_of_user_id;
CREATE INDEX integration_of_user_id ON integration (workspace_id, substr(lower(user_id), 1, 200), id);
DROP INDEX integration_of_user_auth;
CREATE INDEX integration_of_user_auth ON integration (workspace_id, substr(lower(user_auth), 1, 200), id);

-- A filter under a name, for everybody in the workspace. `list` says which kind of list it is for.
CREATE TABLE saved_view (
    id BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    list TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX saved_view_name ON saved_view (workspace_id, list, lower(name));

-- Something done to many at once. What it is done to is settled when it begins, so that its
-- count is true, it goes on after a restart, and it can be undone.
CREATE TABLE bulk (
    id BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    action TEXT NOT NULL,
    note TEXT,
    -- The list that it was begun from.
    back TEXT NOT NULL,
    undo_of BIGINT,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Set when all of its items are there.
    ready_at BIGINT,
    finished_at BIGINT
);

CREATE INDEX bulk_open ON bulk (COALESCE(finished_at, 0), id);

CREATE TABLE bulk_item (
    bulk_id BIGINT NOT NULL,
    workspace_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    key TEXT NOT NULL,
    -- What it was: the status of an integration, or the note of a run.
    was TEXT,
    -- `changed`, `same` or `refused`; NULL until it is done.
    outcome TEXT,
    PRIMARY KEY (bulk_id, position)
);
