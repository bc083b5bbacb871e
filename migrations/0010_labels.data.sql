-- Rows as they look right after 0010, for the test that migrates on top of them.
UPDATE workspace SET status_labels = 'half done = warning' WHERE id = 1;
UPDATE run SET reference = 'erp-4711' WHERE id = 6;
UPDATE log_entry SET label = 'half done', reference = 'erp-4711' WHERE id = 8;
