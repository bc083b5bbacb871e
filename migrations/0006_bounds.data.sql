-- Rows as they look right after 0006, for the test that migrates on top of them.
UPDATE api_key SET flow_key = 'contacts', daily_quota = 10000, used_day = 20769, used = 12 WHERE id = 2;
