-- Originals of what was redacted, for workspaces that ask for it. Each is sealed under a key that
-- is not in this database, and goes with the payload beside which it stands.

-- Since when they are kept; NULL where they are not, as everywhere at first.
ALTER TABLE workspace ADD COLUMN originals_since BIGINT;

CREATE TABLE sealed (
    step_id BIGINT NOT NULL REFERENCES payload (step_id) ON DELETE CASCADE,
    section TEXT NOT NULL,
    workspace_id BIGINT NOT NULL,
    -- Of the section that it belongs to; beside another one it counts for nothing.
    digest BIGINT NOT NULL,
    -- Which key of the file opens it.
    key_id TEXT NOT NULL,
    -- Nonce and ciphertext of the zstd of the form that `domain::payload` writes.
    bytes BYTEA NOT NULL,
    PRIMARY KEY (step_id, section)
);

CREATE INDEX sealed_workspace ON sealed (workspace_id, step_id);
