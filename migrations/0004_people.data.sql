-- Rows as they look right after 0004, for the test that migrates on top of them.
INSERT INTO account (id, email, password, created_at) VALUES (11, 'dana@acme.test', NULL, 1794474900000);
INSERT INTO membership (account_id, workspace_id, role, created_at) VALUES (11, 1, 'admin', 1794474900000);
INSERT INTO session (id, hash, account_id, created_at, seen_at, agent, address) VALUES (12, '5e55', 11, 1794474900000, 1794474900000, 'Firefox', '127.0.0.1');
INSERT INTO ticket (id, hash, account_id, created_at, expires_at) VALUES (13, '71c7', 11, 1794474900000, 1794478500000);
INSERT INTO share_link (id, hash, workspace_id, run_id, payloads, created_by, created_at, expires_at, revoked_at, uses, used_at) VALUES (14, '54a2', 1, 6, FALSE, 'dana@acme.test', 1794474900000, 1795079700000, NULL, 0, NULL);
INSERT INTO audit_event (id, position, workspace_id, logged_at, actor, action, target, outcome, address, request_id, previous, hash) VALUES (15, 1, 1, 1794474900000, 'dana@acme.test', 'sign_in', '/sign-in', 'done', '127.0.0.1', '1', '', 'a0d1');
UPDATE api_key SET name = 'engine', last_used_at = 1794474900000 WHERE id = 2;
