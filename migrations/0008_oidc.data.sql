-- Rows as they look right after 0008, for the test that migrates on top of them.
INSERT INTO identity (id, account_id, issuer, subject, created_at) VALUES (16, 11, 'https://id.acme.test', 'u-1', 1794474900000);
