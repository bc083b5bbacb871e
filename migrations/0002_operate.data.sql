-- Rows as they look right after 0002, for the test that migrates on top of them.
UPDATE workspace SET logs_url = 'https://logs.test/?q={run}', logs_label = 'Logs' WHERE id = 1;
UPDATE integration SET status = 'disabled', stopped_at = 1794474843251 WHERE id = 5;
