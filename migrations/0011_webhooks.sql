-- What the events are signed with that come to an endpoint, which is a key of the scope `webhook`.

CREATE TABLE webhook_secret (
    id BIGINT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    api_key_id BIGINT NOT NULL REFERENCES api_key (id),
    -- Which of the server's keys opens it; none of them is in the database.
    key_id TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    -- NULL for the newest one; the one before lives on until then.
    ends_at BIGINT
);

CREATE INDEX webhook_secret_endpoint ON webhook_secret (api_key_id);
