-- Workspaces, keys, and the tree app / flow / integration / run / step / payload / log entry.
-- The portable subset and what is exchanged per database: README.md beside this file.

CREATE TABLE workspace (
    id BIGINT PRIMARY KEY,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX workspace_key ON workspace (key);

CREATE TABLE api_key (
    id BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    scope TEXT NOT NULL,
    -- What people recognise it by; not enough to use it.
    prefix TEXT NOT NULL,
    -- SHA-256 of the whole key, in hex. The key itself is nowhere.
    hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE UNIQUE INDEX api_key_hash ON api_key (hash);

CREATE TABLE app (
    id BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    key TEXT NOT NULL,
    name TEXT,
    documentation_url TEXT,
    error_documentation_url TEXT,
    contact TEXT
);

CREATE UNIQUE INDEX app_key ON app (workspace_id, key);

CREATE TABLE flow (
    id BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    key TEXT NOT NULL,
    name TEXT,
    status TEXT NOT NULL,
    flow_group TEXT,
    direction TEXT,
    mode TEXT,
    interface_type TEXT,
    description TEXT,
    created_at BIGINT NOT NULL,
    -- Sums over the integrations and runs below; the writer keeps them exact.
    integrations BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    faulty BIGINT NOT NULL,
    runs BIGINT NOT NULL,
    failed_runs BIGINT NOT NULL,
    tasks BIGINT NOT NULL
);

CREATE UNIQUE INDEX flow_key ON flow (workspace_id, key);
CREATE INDEX flow_by_title ON flow (workspace_id, lower(COALESCE(name, key)), id);

CREATE TABLE integration (
    id BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    flow_id BIGINT NOT NULL REFERENCES flow (id),
    app_key TEXT,
    key TEXT NOT NULL,
    name TEXT,
    user_id TEXT,
    user_auth TEXT,
    status TEXT NOT NULL,
    status_reason TEXT,
    description TEXT,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    last_run_key TEXT,
    last_run_at BIGINT,
    last_run_status TEXT NOT NULL,
    last_run_code BIGINT,
    runs BIGINT NOT NULL,
    failed_runs BIGINT NOT NULL,
    tasks BIGINT NOT NULL,
    -- What the rule in `domain` says of the columns above, kept to be searched for.
    faulty BOOLEAN NOT NULL
);

CREATE UNIQUE INDEX integration_key ON integration (workspace_id, key);
-- Each finds an ID exactly, and those that begin with a text in any case.
CREATE INDEX integration_search_key ON integration (flow_id, lower(key), id);
CREATE INDEX integration_search_user_id ON integration (flow_id, lower(user_id), id);
CREATE INDEX integration_search_user_auth ON integration (flow_id, lower(user_auth), id);
CREATE INDEX integration_created ON integration (flow_id, created_at, id);
CREATE INDEX integration_last_run ON integration (flow_id, COALESCE(last_run_at, 0), id);
CREATE INDEX integration_faulty ON integration (flow_id, faulty, created_at, id);
CREATE INDEX integration_last_run_status ON integration (flow_id, last_run_status, created_at, id);
CREATE INDEX integration_status ON integration (flow_id, status, created_at, id);
CREATE INDEX integration_app ON integration (flow_id, app_key, created_at, id);

CREATE TABLE run (
    id BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL,
    integration_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    status TEXT NOT NULL,
    trigger_app TEXT,
    trigger_name TEXT,
    trigger_type TEXT,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    duration_ms BIGINT,
    network_code BIGINT,
    failing_step TEXT,
    failing_code BIGINT,
    created_count BIGINT,
    updated_count BIGINT,
    deleted_count BIGINT,
    summary TEXT,
    error TEXT,
    steps BIGINT NOT NULL,
    failed_steps BIGINT NOT NULL,
    tasks BIGINT NOT NULL,
    -- What was reported, from which the columns above follow.
    reported_status TEXT,
    reported_started_at BIGINT,
    reported_duration_ms BIGINT,
    reported_network_code BIGINT,
    received_at BIGINT NOT NULL,
    settled BIGINT NOT NULL
);

CREATE UNIQUE INDEX run_key ON run (workspace_id, key);
-- Finds what begins with a text in any case.
CREATE INDEX run_search_key ON run (integration_id, lower(key), id);
-- The columns behind the id let a filter be decided without reading the row.
CREATE INDEX run_started ON run (integration_id, started_at, id, network_code, lower(trigger_app));
CREATE INDEX run_status ON run (integration_id, status, started_at, id);

CREATE TABLE step (
    id BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    app_key TEXT,
    key TEXT NOT NULL,
    position BIGINT NOT NULL,
    parent TEXT,
    name TEXT,
    status TEXT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    duration_ms BIGINT,
    network_code BIGINT,
    attempt BIGINT,
    error TEXT,
    reported_duration_ms BIGINT,
    settled BIGINT NOT NULL
);

CREATE UNIQUE INDEX step_key ON step (run_id, key);

-- No list reads this table. Each section is zstd of the form that `domain::payload` writes.
CREATE TABLE payload (
    step_id BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL,
    request BYTEA,
    request_digest BIGINT,
    request_settled BOOLEAN NOT NULL,
    response BYTEA,
    response_digest BIGINT,
    response_settled BOOLEAN NOT NULL,
    object BYTEA,
    object_digest BIGINT,
    object_settled BOOLEAN NOT NULL
);

CREATE TABLE log_entry (
    id BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    step TEXT,
    key TEXT NOT NULL,
    logged_at BIGINT NOT NULL,
    level TEXT NOT NULL,
    stream TEXT NOT NULL,
    message TEXT NOT NULL,
    description TEXT
);

CREATE UNIQUE INDEX log_entry_key ON log_entry (run_id, key);
CREATE INDEX log_entry_time ON log_entry (run_id, logged_at, id);

-- What an integration consumed on one day (UTC), for statistics and charts.
CREATE TABLE usage (
    integration_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    workspace_id BIGINT NOT NULL,
    runs BIGINT NOT NULL,
    failed_runs BIGINT NOT NULL,
    tasks BIGINT NOT NULL,
    PRIMARY KEY (integration_id, day)
);
