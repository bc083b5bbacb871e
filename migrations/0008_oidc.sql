-- Who somebody is at an identity provider, so that an e-mail address that changes hands there opens nothing here.

CREATE TABLE identity (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id),
    -- The address of the provider, as its tokens name it.
    issuer TEXT NOT NULL,
    -- What the provider calls the person, for ever.
    subject TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX identity_subject ON identity (issuer, subject);
CREATE UNIQUE INDEX identity_of_account ON identity (account_id, issuer);
