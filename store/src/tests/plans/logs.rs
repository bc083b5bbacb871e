//! The log of a run with very many entries.

use domain::{LogEntryId, RunId, filter::LogFilter, page::Seek};

use super::{Database, NOW, ROWS, WORKSPACE, execute, explain, is_bad};
use crate::log_entry::list as log;

/// One run with 100,000 entries, of which a thousandth tell of errors, and other runs with some.
const ENTRIES: &str = "
INSERT INTO log_entry (id, workspace_id, run_id, key, logged_at, level, stream, message)
WITH RECURSIVE n (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 119999)
SELECT 1000000 + i, 1, CASE WHEN i < 100000 THEN 100000 ELSE 100001 + i % 1000 END, 'l' || i, 1790000000000 + i,
    CASE WHEN i % 1000 = 999 THEN 'error' WHEN i % 100 = 50 THEN 'warning' WHEN i % 2 = 0 THEN 'debug' ELSE 'info' END,
    'stdout', 'line ' || i || ' of many' FROM n;";

on_both! {
    async fn a_long_log_is_read_in_its_order_from_an_index(db: &Database) {
        let pool = db.pool().await;
        crate::migrate::run(&pool).await.expect("the schema");
        execute(&pool, ROWS).await;
        execute(&pool, ENTRIES).await;
        if !db.is_sqlite() {
            execute(&pool, "ANALYZE").await;
        }
        let scope = log::Scope { workspace: WORKSPACE, run: RunId(100_000) };
        for (query, index) in [
            ("", "log_entry_time"),
            ("level=error", "log_entry_level"),
            ("level=warning", "log_entry_level"),
            ("level=info", "log_entry_level"),
            ("level=warning&q=of+many", "log_entry_level"),
            ("q=of+many", "log_entry_time"),
        ] {
            let (filter, _) = LogFilter::from_query(query);
            for place in [None, Some((1_790_000_050_000, 1_050_000))] {
                for backwards in [false, true] {
                    let seek = Seek { beside: place, backwards, limit: 101 };
                    let plan = explain(&pool, log::page_of(log::Read::Entries, scope, &filter, seek)).await;
                    let lines = plan.join("\n");
                    assert!(lines.contains(index) && !lines.contains("Seq Scan on log_entry"), "?{query} at {place:?}: {lines}");
                    // What is put together of several levels is few, and sorted. Looking for a text
                    // may mean to read all entries, in any order.
                    let sorts = filter.levels().len() > 1 || filter.text.is_some();
                    assert!(sorts || !plan.iter().any(|line| is_bad(line, false)), "?{query} at {place:?}: {lines}");
                }
            }
            let counts = [log::count_of(scope, &filter), log::count_before(scope, &filter, (NOW, LogEntryId(1)))];
            for count in counts {
                let plan = explain(&pool, count).await.join("\n");
                assert!(plan.contains("log_entry_") && !plan.contains("Seq Scan on log_entry"), "?{query}: {plan}");
            }
        }
    }
}
