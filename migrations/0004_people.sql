-- People who sign in, their roles, links that are used once or shared, and the record of who did what.

CREATE TABLE account (
    id BIGINT PRIMARY KEY,
    -- NULL for the first admin until they have set it.
    email TEXT,
    -- Argon2id in the PHC form; NULL until it is set.
    password TEXT,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX account_email ON account (lower(email));

CREATE TABLE membership (
    account_id BIGINT NOT NULL REFERENCES account (id),
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, workspace_id)
);

CREATE INDEX membership_of_workspace ON membership (workspace_id, account_id);

CREATE TABLE session (
    id BIGINT PRIMARY KEY,
    -- SHA-256 of what the browser's cookie holds.
    hash TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    agent TEXT NOT NULL,
    address TEXT NOT NULL
);

CREATE UNIQUE INDEX session_hash ON session (hash);
CREATE INDEX session_of_account ON session (account_id, id);

-- A link that is used once: to become the first admin, or to set a password.
CREATE TABLE ticket (
    id BIGINT PRIMARY KEY,
    hash TEXT NOT NULL,
    -- Whose password it sets; NULL for the first admin's.
    account_id BIGINT REFERENCES account (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX ticket_hash ON ticket (hash);
CREATE INDEX ticket_of_account ON ticket (account_id, id);

ALTER TABLE api_key ADD COLUMN name TEXT;
ALTER TABLE api_key ADD COLUMN last_used_at BIGINT;
CREATE INDEX api_key_of_workspace ON api_key (workspace_id, id);

-- A link to one run for people outside.
CREATE TABLE share_link (
    id BIGINT PRIMARY KEY,
    hash TEXT NOT NULL,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    run_id BIGINT NOT NULL,
    payloads BOOLEAN NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    uses BIGINT NOT NULL,
    used_at BIGINT
);

CREATE UNIQUE INDEX share_link_hash ON share_link (hash);
CREATE INDEX share_link_of_run ON share_link (workspace_id, run_id, id);

-- Only ever added to. Each line holds the hash of the one before, see `domain::audit`.
CREATE TABLE audit_event (
    id BIGINT PRIMARY KEY,
    position BIGINT NOT NULL,
    workspace_id BIGINT,
    logged_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    outcome TEXT NOT NULL,
    address TEXT NOT NULL,
    request_id TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE UNIQUE INDEX audit_event_position ON audit_event (position);
CREATE INDEX audit_event_of_workspace ON audit_event (workspace_id, position);
