-- Rows as they look right after 0009, for the test that migrates on top of them.
INSERT INTO file (id, workspace_id, run_id, key, entry, name, content_type, size_bytes, sent_bytes, sha256, redacted, received_at, bytes) VALUES (30, 1, 6, 'f1', '1', 'report.csv', 'text/csv', 4, 4, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', FALSE, 1763200000000, 'zstd');
