-- Rows as they look right after 0007, for the test that migrates on top of them.
UPDATE workspace SET originals_since = 1763200000000 WHERE id = 1;
INSERT INTO sealed (step_id, section, workspace_id, digest, key_id, bytes) VALUES (7, 'request', 1, 9, '00112233aabbccdd', 'sealed');
