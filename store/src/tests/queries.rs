//! Every fixed query is understood by both databases.

use super::database::Database;
use crate::{
    Store, api_key, app, bulk, compare, find, flow, integration, live, log_entry, payload, run,
    step, usage, user, view, workspace, writer,
};
use sqlx::Executor as _;

pub(super) const ALL: &[(&str, &[&str])] = &[
    ("api_key", api_key::QUERIES),
    ("app", app::QUERIES),
    ("bulk", bulk::QUERIES),
    ("compare", compare::QUERIES),
    ("find", find::QUERIES),
    ("flow", flow::QUERIES),
    ("integration", integration::QUERIES),
    ("live", live::QUERIES),
    ("log_entry", log_entry::QUERIES),
    ("payload", payload::QUERIES),
    ("run", run::QUERIES),
    ("step", step::QUERIES),
    ("usage", usage::QUERIES),
    ("user", user::QUERIES),
    ("view", view::QUERIES),
    ("workspace", workspace::QUERIES),
    ("writer", writer::QUERIES),
];

on_both! {
    async fn every_fixed_query_can_be_prepared(store: Store) {
        for (module, queries) in ALL {
            for query in *queries {
                on!(&store.pool, Pool, |pool: Db| {
                    let pool: &sqlx::Pool<Db> = pool;
                    let prepared = pool.prepare(sqlx::SqlStr::from_static(query)).await;
                    prepared.unwrap_or_else(|error| panic!("{module}: {error}: {query}"));
                });
            }
        }
    }
}

/// A query that no list names would escape the test above.
#[test]
fn every_module_with_a_fixed_query_lists_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    for file in std::fs::read_dir(folder).expect("the sources") {
        let path = file.expect("a file").path();
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("Rust");
        let listed: Vec<&str> = text
            .split_once("const QUERIES: &[&str] = &[")
            .and_then(|(_, rest)| rest.split_once(']'))
            .map_or(Vec::new(), |(list, _)| {
                list.split(',').map(str::trim).collect()
            });
        for line in text.lines().filter(|line| line.starts_with("const ")) {
            if let Some((constant, _)) = line["const ".len()..].split_once(": &str") {
                assert!(
                    listed.contains(&constant),
                    "{name}::{constant} is not in QUERIES"
                );
                assert!(
                    ALL.iter().any(|(module, _)| *module == name),
                    "{name} is not in ALL"
                );
            }
        }
    }
}
