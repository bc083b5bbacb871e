//! Every fixed query is understood by both databases.

use super::database::Database;
use crate::{
    Store, account, api_key, app, audit, bulk, compare, file, find, flow, integration, live,
    log_entry, original, payload, run, secrets, share, step, usage, user, view, workspace, writer,
};
use sqlx::Executor as _;

pub(super) const ALL: &[(&str, &[&str])] = &[
    ("account", account::QUERIES),
    ("account::identity", account::identity::QUERIES),
    ("account::writing", account::writing::QUERIES),
    ("api_key", api_key::QUERIES),
    ("api_key::webhook", api_key::webhook::QUERIES),
    ("app", app::QUERIES),
    ("audit", audit::QUERIES),
    ("bulk", bulk::QUERIES),
    ("bulk::writing", bulk::writing::QUERIES),
    ("compare", compare::QUERIES),
    ("file", file::QUERIES),
    ("find", find::QUERIES),
    ("flow", flow::QUERIES),
    ("integration", integration::QUERIES),
    ("live", live::QUERIES),
    ("log_entry::list", log_entry::list::QUERIES),
    ("original", original::QUERIES),
    ("payload", payload::QUERIES),
    ("run", run::QUERIES),
    ("run::list", run::list::QUERIES),
    ("secrets", secrets::QUERIES),
    ("share", share::QUERIES),
    ("step", step::QUERIES),
    ("usage", usage::QUERIES),
    ("user", user::QUERIES),
    ("view", view::QUERIES),
    ("workspace", workspace::QUERIES),
    ("writer::commit", writer::commit::QUERIES),
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

/// The sources beside the tests, in this folder and those below it.
fn sources(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("tests") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// A query that no list names would escape the test above.
#[test]
fn every_module_with_a_fixed_query_lists_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    for path in sources(folder.as_ref()) {
        let module = path.strip_prefix(folder).expect("a source");
        let module = module.with_extension("").to_string_lossy().into_owned();
        let name = module.replace(std::path::MAIN_SEPARATOR, "::");
        let text = std::fs::read_to_string(&path).expect("Rust");
        let listed: Vec<&str> = text
            .split_once("const QUERIES: &[&str] = &[")
            .and_then(|(_, rest)| rest.split_once(']'))
            .map_or(Vec::new(), |(list, _)| {
                list.split(',').map(str::trim).collect()
            });
        for line in text.lines() {
            // Nobody else's either, so that each is named where it stands.
            let own = line.split_once("const ").filter(|(before, _)| {
                before.is_empty() || *before == "pub(super) " || *before == "pub(crate) "
            });
            if let Some((constant, _)) = own.and_then(|(_, rest)| rest.split_once(": &str")) {
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
