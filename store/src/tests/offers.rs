//! What a half-typed ID offers: beginnings only, in any case, and nothing typed is a pattern or SQL.

use domain::{
    Integration, RunRow, Total,
    filter::{IntegrationFilter, RunFilter},
    limit,
};
use proptest::{prelude::*, string::string_regex};
use serde_json::json;

use super::{
    database::{Database, for_all},
    people::{NOW, Person, at},
};
use crate::{RunsOf, Store};

/// Texts that would do harm where a text became SQL, a pattern or a C string.
pub(super) const HOSTILE: &[&str] = &[
    "'",
    "\"",
    "' OR '1'='1",
    "'; DROP TABLE run; --",
    "\") OR (\"1\"=\"1",
    "%",
    "_",
    "!",
    "\\",
    "%%",
    "!%",
    "\\%",
    "*",
    "[a-z]*",
    "$1",
    "?1",
    ":name",
    "/*",
    "--",
    "NULL",
    "\0",
    "a\0b",
    "\u{1}",
    "\u{feff}",
    "\u{202e}",
    "\u{10ffff}",
    "😀",
    "e\u{301}",
    "%00",
    "%27",
    "0x27",
    "\r\n",
    "\u{ffff}",
    "ı",
    "İ",
];

on_both! {
    async fn an_id_is_offered_by_its_beginning_in_any_case_and_by_nothing_else(store: Store) {
        let owner = Person::owner(&store).await;
        let keys = ["run_1", "RUN_12", "Run%2", "run!3", "run\\4", "xrun_1", "r", "rün", "RÜN", "run 5"];
        owner.report(keys.map(|key| json!({"type": "run", "key": key, "integration": "i", "started_at": at(0)}))).await;
        owner.report([json!({"type": "run", "key": "run_elsewhere", "integration": "other"})]).await;
        let integration = store.integration(owner.workspace, "i").await.unwrap().unwrap();
        let texts = string_regex("[rRuUnN_%!\\\\x125 üÜ]{0,3}").expect("a pattern");
        let texts = prop_oneof![
            3 => texts,
            1 => proptest::sample::select(keys.to_vec()).prop_map(str::to_owned),
            1 => proptest::sample::select(HOSTILE).prop_map(str::to_owned),
        ];
        for_all(96, &texts, async |text| {
            let offered = store.runs_beginning(owner.workspace, integration.id, &text).await.expect("offers");
            let mut offered: Vec<_> = offered.iter().map(|run: &RunRow| run.key.to_string()).collect();
            let typed = text.to_ascii_lowercase();
            let mut expected: Vec<_> = keys.iter().filter(|key| key.to_ascii_lowercase().starts_with(&typed)).collect();
            offered.sort();
            expected.sort();
            assert!(offered.iter().eq(expected), "{text:?} offered {offered:?}");
        });
    }

    async fn an_integration_is_offered_by_each_of_its_ids(store: Store) {
        let owner = Person::owner(&store).await;
        let told = |key: &str, user: &str, auth: &str, flow: &str| json!({"type": "integration", "key": key, "flow": flow, "user_id": user, "user_auth": auth});
        owner.report([
            told("int_1", "u_1", "Dana@acme.test", "f"),
            told("Int_2", "U_2", "kim@acme.test", "f"),
            told("u_3", "int_3", "u%@acme.test", "f"),
            told("int_4", "u_4", "dana@acme.test", "other"),
        ]).await;
        let flow = store.flow(owner.workspace, "f").await.unwrap().unwrap();
        for (text, expected) in [
            ("INT_", vec!["Int_2", "int_1", "u_3"]),
            ("u_", vec!["Int_2", "int_1", "u_3"]),
            ("u%", vec!["u_3"]),
            ("dana@", vec!["int_1"]),
            ("ana", vec![]),
            ("nt_", vec![]),
            ("_", vec![]),
        ] {
            let offered = store.integrations_beginning(owner.workspace, flow.id, text).await.unwrap();
            let mut keys: Vec<_> = offered.iter().map(|row: &Integration| row.key.as_str()).collect();
            keys.sort_unstable();
            assert_eq!(keys, expected, "{text}");
        }
    }

    async fn the_longest_texts_that_are_taken_find_room_in_every_index(store: Store) {
        let owner = Person::owner(&store).await;
        // Nothing in it repeats, so no index can make it shorter.
        let long = |seed: u32| -> String {
            let mut state = seed;
            (0..limit::NAME_CHARS)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    char::from_u32(0x2_0000 + (state >> 8) % 0xa000).unwrap()
                })
                .collect()
        };
        owner.report([json!({"type": "run", "key": "r", "status": "failed", "started_at": at(0),
            "trigger": {"app": long(1), "name": long(2), "type": long(3)},
            "integration": {"key": "i", "user_id": long(4), "user_auth": long(5), "name": long(6), "flow": {"key": "f", "name": long(7)}}})]).await;
        for filter in [
            RunFilter { trigger_app: Some(long(1)), trigger_name: Some(long(2)), ..Default::default() },
            RunFilter { user: Some(long(5)), ..Default::default() },
        ] {
            let page = store.list_runs(owner.workspace, RunsOf::Workspace, &filter, NOW).await.unwrap();
            assert_eq!(page.total, Total::Exact(1));
        }
        // Texts that differ only at their end are different texts.
        let other = RunFilter { trigger_app: Some(long(1) + "x"), ..Default::default() };
        assert!(store.list_runs(owner.workspace, RunsOf::Workspace, &other, NOW).await.unwrap().rows.is_empty());
        assert_eq!(store.count_of_user(owner.workspace, &long(4)).await.unwrap(), 1);
    }

    async fn at_most_ten_are_offered(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report((0..30).map(|n| json!({"type": "run", "key": format!("r{n}"),
            "integration": {"key": format!("r_of_{}", n % 15), "flow": "f", "user_id": format!("r{n}")}}))).await;
        let flow = store.flow(owner.workspace, "f").await.unwrap().unwrap();
        assert_eq!(store.integrations_beginning(owner.workspace, flow.id, "r").await.unwrap().len(), 10);
        owner.report((0..30).map(|n| json!({"type": "run", "key": format!("q{n}"), "integration": "q"}))).await;
        let q = store.integration(owner.workspace, "q").await.unwrap().unwrap();
        assert_eq!(store.runs_beginning(owner.workspace, q.id, "Q").await.unwrap().len(), 10);
    }

    async fn hostile_texts_find_nothing_and_break_nothing(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([json!({"type": "run", "key": "r", "status": "ok", "trigger": {"app": "Shop"}, "steps": [{"key": "s"}],
            "integration": {"key": "i", "user_id": "u", "user_auth": "a@acme.test", "flow": {"key": "f", "name": "Sync"}}})]).await;
        let flow = store.flow(owner.workspace, "f").await.unwrap().unwrap();
        let integration = store.integration(owner.workspace, "i").await.unwrap().unwrap();
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        let long = "x".repeat(100_000);
        for text in HOSTILE.iter().copied().chain([long.as_str()]) {
            let search = Some(text.to_owned());
            let filter = IntegrationFilter { search: search.clone(), ..Default::default() };
            assert!(store.list_integrations(owner.workspace, &flow, &filter, NOW).await.expect(text).rows.is_empty(), "{text:?}");
            let filter = RunFilter { search, ..Default::default() };
            assert!(store.list_runs(owner.workspace, RunsOf::Integration(&integration), &filter, NOW).await.expect(text).rows.is_empty(), "{text:?}");
            assert!(store.integrations_beginning(owner.workspace, flow.id, text).await.expect(text).is_empty(), "{text:?}");
            assert!(store.runs_beginning(owner.workspace, integration.id, text).await.expect(text).is_empty(), "{text:?}");
            assert_eq!(store.flow(owner.workspace, text).await.expect(text), None);
            assert_eq!(store.integration(owner.workspace, text).await.expect(text), None);
            assert_eq!(store.run(owner.workspace, text).await.expect(text), None);
            assert_eq!(store.step(owner.workspace, run.id, text).await.expect(text), None);
            assert_eq!(store.workspace(text).await.expect(text), None);
            assert_eq!(store.api_key(text).await.expect(text), None);
        }
        assert_eq!(store.run(owner.workspace, "r").await.unwrap(), Some(run));
    }
}
