-- Rows as they look right after 0011, for the test that migrates on top of them.
INSERT INTO api_key (id, workspace_id, scope, name, prefix, hash, created_at, integration_key) VALUES (1101, 1, 'webhook', 'Shop', '7f3a0c1e-5b2d-4e8f-9a6b-1c2d3e4f5a6b', 'ee', 1794474843250, 'int_1');
INSERT INTO webhook_secret (id, workspace_id, api_key_id, key_id, sealed, created_at, ends_at) VALUES (1102, 1, 1101, '00112233aabbccdd', 'sealed', 1794474843250, NULL);
