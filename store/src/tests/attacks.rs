//! Texts that are written to end a query: data finds itself and nothing else (S10).

use std::collections::BTreeSet;

use domain::{
    filter::{FlowFilter, IntegrationFilter, RunFilter},
    percent::push_encoded,
};
use serde_json::json;

use super::{
    database::Database,
    dump::assert_sums_hold,
    offers::HOSTILE,
    people::{NOW, Person, at},
};
use crate::{RunsOf, Store};

/// What follows a quote that was thought to end the text.
const TAILS: &[&str] = &[
    " OR 1=1 --",
    " OR '1'='1",
    " UNION SELECT id FROM account --",
    " UNION ALL SELECT NULL, NULL, NULL --",
    "; DROP TABLE run; --",
    "; UPDATE account SET password = NULL; --",
    "; ATTACH DATABASE 'x.db' AS x; --",
    "; COPY run TO PROGRAM 'id'; --",
    " AND (SELECT COUNT(*) FROM run) > 0 --",
    " AND pg_sleep(9) IS NULL --",
    " AND randomblob(1000000000) IS NULL --",
    "||(SELECT hash FROM api_key)||",
    " ORDER BY 99 --",
    " LIMIT 0 OFFSET 5 --",
    " LIKE '%",
    " GLOB '*",
    " ESCAPE '!",
    " RETURNING * --",
    "/**/OR/**/1=1",
    "\u{0}; SELECT 1 --",
];

/// What is thought to end the text.
const ENDS: &[&str] = &[
    "'", "\"", "')", "')) ", "\\'", "''", "$$", "%27", "\u{2019}", "`",
];

fn attacks() -> BTreeSet<String> {
    let ended = ENDS
        .iter()
        .flat_map(|end| TAILS.iter().map(move |tail| format!("x{end}{tail}")));
    ended
        .chain(HOSTILE.iter().map(|text| (*text).to_owned()))
        .collect()
}

/// As it lies in the database: zero bytes are shown by their picture.
fn kept(text: &str) -> String {
    text.replace('\0', "\u{2400}")
}

on_both! {
    async fn what_was_written_to_end_a_query_finds_itself_and_nothing_else(store: Store) {
        let owner = Person::owner(&store).await;
        let attacks: Vec<String> = attacks().into_iter().collect();
        assert!(attacks.len() >= 200, "{}", attacks.len());
        owner.report(attacks.iter().enumerate().map(|(n, text)| json!({
            "type": "run", "key": format!("r{n}"), "status": "failed", "error": text, "started_at": at(0),
            "trigger": {"app": text}, "steps": [{"key": "s", "name": text, "error": text}],
            "integration": {"key": format!("i{n}"), "flow": "f", "user_id": text, "name": text},
        }))).await;
        let flow = store.flow(owner.workspace, "f").await.unwrap().unwrap();
        let found_by = |text: &str| -> BTreeSet<usize> {
            let same = |other: &String| kept(other).to_lowercase() == kept(text).to_lowercase();
            attacks.iter().enumerate().filter(|(_, other)| same(other)).map(|(n, _)| n).collect()
        };
        for (n, text) in attacks.iter().enumerate() {
            let text = kept(text);
            let filter = IntegrationFilter { search: Some(text.clone()), ..Default::default() };
            let page = store.list_integrations(owner.workspace, &flow, &filter, NOW).await.expect(&text);
            let keys: Vec<_> = page.rows.iter().map(|row| row.key.to_string()).collect();
            assert!(keys.contains(&format!("i{n}")), "{text:?} found {keys:?}");
            let numbers: BTreeSet<usize> = keys.iter().map(|key| key[1..].parse().unwrap()).collect();
            assert!(numbers.is_subset(&found_by(&text)), "{text:?} found {keys:?}");
            for filter in [
                RunFilter { search: Some(text.clone()), ..Default::default() },
                RunFilter { trigger_app: Some(text.clone()), ..Default::default() },
                RunFilter { user: Some(text.clone()), ..Default::default() },
            ] {
                let page = store.list_runs(owner.workspace, RunsOf::Workspace, &filter, NOW).await.expect(&text);
                let numbers: BTreeSet<usize> = page.rows.iter().map(|run| run.key.as_str()[1..].parse().unwrap()).collect();
                assert!(numbers.contains(&n) && numbers.is_subset(&found_by(&text)), "{filter:?} found {numbers:?}");
            }
            assert_eq!(store.count_of_user(owner.workspace, &text).await.expect(&text), 1);
        }
        assert_sums_hold(&store.pool).await;
    }

    async fn no_part_of_an_address_reaches_a_query_as_text(store: Store) {
        const FIELDS: &[&str] = &[
            "search", "faulty", "last_run", "status", "created_from", "created_to", "created_within", "last_run_from",
            "last_run_to", "last_run_within", "app", "columns", "sort", "size", "cursor", "code", "trigger_app",
            "trigger_name", "trigger_type", "user", "took_from", "took_to", "started_from", "started_to",
            "started_within", "handled",
        ];
        let owner = Person::owner(&store).await;
        owner.report((0..3).map(|n| json!({"type": "run", "key": format!("r{n}"), "status": "ok", "started_at": at(n),
            "integration": {"key": "i", "flow": "f", "user_id": "u"}}))).await;
        let flow = store.flow(owner.workspace, "f").await.unwrap().unwrap();
        for text in attacks() {
            let mut value = String::new();
            push_encoded(&mut value, &text);
            for field in FIELDS {
                let query = format!("{field}={value}");
                store.list_flows(owner.workspace, &FlowFilter::from_query(&query).0).await.expect(&query);
                let filter = IntegrationFilter::from_query(&query).0;
                store.list_integrations(owner.workspace, &flow, &filter, NOW).await.expect(&query);
                let filter = RunFilter::from_query(&query).0;
                let page = store.list_runs(owner.workspace, RunsOf::Workspace, &filter, NOW).await.expect(&query);
                // Nonsense is no filter, and a text that nothing has finds nothing.
                assert!([0, 3].contains(&page.rows.len()), "{query}");
            }
        }
    }
}
