//! A database is brought up to date, with its rows, from every earlier version.

use std::path::PathBuf;

use domain::{RunId, StepId, Total, WorkspaceId};

use super::{
    database::{Database, execute, number},
    dump::{assert_sums_hold, everything},
    people::{NOW, Person},
};
use crate::{RunsOf, Store, StoreError, migrate};

/// The rows as they looked right after a migration.
fn data(version: i64, name: &str) -> String {
    let file = format!("{version:04}_{name}.data.sql");
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations")).join(&file);
    std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("migrations/{file}: {error}: every migration needs one"))
}

on_both! {
    async fn every_migration_applies_on_top_of_the_rows_of_those_before(db: &Database) {
        let pool = db.pool().await;
        for (applied, (version, name, _)) in (1..).zip(migrate::FILES) {
            migrate::apply(&pool, &migrate::FILES[..applied]).await.expect(name);
            execute(&pool, &data(*version, name)).await;
        }
        assert_sums_hold(&pool).await;

        let store = db.store(1).await;
        let main = store.workspace("main").await.unwrap().unwrap();
        assert_eq!(main.id, WorkspaceId(1));
        let flows = store.list_flows(main.id, &Default::default()).await.unwrap();
        assert_eq!(flows.rows[0].title(), "Sync contacts");
        let integrations = store.list_integrations(main.id, &flows.rows[0], &Default::default(), NOW).await.unwrap();
        let runs = store.list_runs(main.id, RunsOf::Integration(&integrations.rows[0]), &Default::default(), NOW).await.unwrap();
        assert_eq!(runs.rows[0].id, RunId(6));
        let steps = store.list_steps(main.id, RunId(6)).await.unwrap();
        assert_eq!((steps[0].id, steps[0].app()), (StepId(7), Some("CRM")));
        assert_eq!(store.payload(main.id, StepId(7)).await.unwrap(), Default::default());
        assert_eq!(store.log_page(main.id, RunId(6), &Default::default(), &Default::default()).await.unwrap().1, Total::Exact(1));
    }

    async fn rows_of_an_earlier_version_take_new_reports(db: &Database) {
        let pool = db.pool().await;
        for (applied, (version, name, _)) in (1..).zip(migrate::FILES) {
            migrate::apply(&pool, &migrate::FILES[..applied]).await.expect(name);
            execute(&pool, &data(*version, name)).await;
        }
        let main = Person::with_workspace(&db.store(1).await, "main").await;
        main.report([serde_json::json!({"type": "step", "run": "run_1", "key": "s2", "status": "failed"})]).await;
        assert_sums_hold(&pool).await;
        assert_eq!(number(&pool, "SELECT tasks FROM flow WHERE id = 4").await, 2);
    }

    async fn every_table_has_a_row_in_the_data_files(db: &Database) {
        let pool = db.pool().await;
        migrate::run(&pool).await.expect("the schema");
        for (version, name, _) in migrate::FILES {
            execute(&pool, &data(*version, name)).await;
        }
        for (table, rows) in everything(&pool).await {
            assert!(!rows.is_empty(), "no row of `{table}`");
        }
    }

    async fn migrating_twice_changes_nothing(db: &Database) {
        let pool = db.pool().await;
        migrate::run(&pool).await.expect("the first time");
        execute(&pool, &data(1, "core")).await;
        migrate::run(&pool).await.expect("the second time");
        assert_eq!(number(&pool, "SELECT COUNT(*) FROM run").await, 1);
    }

    async fn a_database_of_a_newer_program_is_refused(db: &Database) {
        let pool = db.pool().await;
        let newer = [migrate::FILES, &[(9_999, "newer", "CREATE TABLE newer (id BIGINT PRIMARY KEY);")]].concat();
        migrate::apply(&pool, &newer).await.expect("the newer program's start");
        let refused = Store::open(&db.url, 1).await.expect_err("an older program's start");
        assert!(matches!(refused, StoreError::Migrate(_)), "{refused}");
    }

    async fn an_applied_migration_that_was_edited_is_refused(db: &Database) {
        let pool = db.pool().await;
        let mut edited = migrate::FILES.to_vec();
        let text = format!("{} ", edited[0].2);
        edited[0].2 = &text;
        migrate::apply(&pool, &edited).await.expect("another text");
        let refused = Store::open(&db.url, 1).await.expect_err("the true text");
        assert!(matches!(refused, StoreError::Migrate(_)), "{refused}");
    }

    async fn a_workspace_that_exists_is_not_made_again(db: &Database) {
        let store = db.store(1).await;
        let first = store.ensure_workspace("main", NOW).await.unwrap();
        assert_eq!(db.store(2).await.ensure_workspace("main", NOW).await.unwrap(), first);
    }
}

#[test]
fn every_migration_file_is_compiled_in() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
    let files = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|file| file.expect("a file").file_name());
    let files: Vec<_> = files
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    for file in files
        .iter()
        .filter(|name| name.ends_with(".sql") && !name.ends_with(".data.sql"))
    {
        let known = migrate::FILES
            .iter()
            .any(|(version, name, _)| *file == format!("{version:04}_{name}.sql"));
        assert!(known, "{file} is not in migrate::FILES");
    }
    for (version, name, _) in migrate::FILES {
        assert!(!data(*version, name).is_empty());
    }
}
