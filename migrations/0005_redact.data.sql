-- Rows as they look right after 0005, for the test that migrates on top of them.
UPDATE workspace SET secret_names = 'customer_nr', safe_names = 'page_token' WHERE id = 1;
