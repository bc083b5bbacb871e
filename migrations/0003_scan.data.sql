-- Rows as they look right after 0003, for the test that migrates on top of them.
UPDATE run SET handled_at = 1794474900000, handled_note = 'token renewed' WHERE id = 6;
UPDATE integration SET last_run_handled = TRUE, faulty = FALSE WHERE id = 5;
UPDATE flow SET faulty = 0 WHERE id = 4;
INSERT INTO saved_view (id, workspace_id, list, name, query, created_at) VALUES (9, 1, 'runs', 'Failed today', '?status=failed&started_within=24h', 1794474900000);
INSERT INTO bulk (id, workspace_id, action, note, back, undo_of, total, done, changed, refused, created_at, ready_at, finished_at) VALUES (10, 1, 'handle', 'token renewed', '/main/runs', NULL, 1, 1, 1, 0, 1794474900000, 1794474900000, 1794474900000);
INSERT INTO bulk_item (bulk_id, workspace_id, position, key, was, outcome) VALUES (10, 1, 0, 'run_1', NULL, 'changed');
