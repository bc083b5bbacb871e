-- Files that runs bring along, and logs that are read by their levels.

CREATE TABLE file (
    id BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    -- The key of the log entry that carries it, which may come later.
    entry TEXT,
    name TEXT NOT NULL,
    content_type TEXT,
    size_bytes BIGINT NOT NULL,
    sent_bytes BIGINT NOT NULL,
    -- Of what is kept: of what came it could be used to guess a secret.
    sha256 TEXT NOT NULL,
    redacted BOOLEAN NOT NULL,
    received_at BIGINT NOT NULL,
    -- zstd. Last, so that a list does not come past it.
    bytes BYTEA NOT NULL
);

CREATE UNIQUE INDEX file_key ON file (run_id, key);

-- The entries of one level in their order.
CREATE INDEX log_entry_level ON log_entry (run_id, level, logged_at, id);
