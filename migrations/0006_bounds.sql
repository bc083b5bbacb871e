-- Keys that are good for one flow or one integration only, and how much a key may report in a day.

-- Keys of what is reported, not ids: the key may be made before the first report.
ALTER TABLE api_key ADD COLUMN flow_key TEXT;
ALTER TABLE api_key ADD COLUMN integration_key TEXT;
-- Reports a day (UTC); NULL for as many as come.
ALTER TABLE api_key ADD COLUMN daily_quota BIGINT;
-- The day, counted from 1970, of which `used` tells the reports so far.
ALTER TABLE api_key ADD COLUMN used_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_key ADD COLUMN used BIGINT NOT NULL DEFAULT 0;
