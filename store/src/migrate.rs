//! Brings a database up to date with the files in `migrations/`.

use sqlx::{
    SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};

use crate::{StoreError, pool::Pool};

/// Every migration: version, name, text. An applied one is never edited.
pub(crate) const FILES: &[(i64, &str, &str)] = &[
    (1, "core", include_str!("../../migrations/0001_core.sql")),
    (
        2,
        "operate",
        include_str!("../../migrations/0002_operate.sql"),
    ),
    (3, "scan", include_str!("../../migrations/0003_scan.sql")),
    (
        4,
        "people",
        include_str!("../../migrations/0004_people.sql"),
    ),
    (
        5,
        "redact",
        include_str!("../../migrations/0005_redact.sql"),
    ),
    (
        6,
        "bounds",
        include_str!("../../migrations/0006_bounds.sql"),
    ),
    (
        7,
        "sealed",
        include_str!("../../migrations/0007_sealed.sql"),
    ),
    (8, "oidc", include_str!("../../migrations/0008_oidc.sql")),
    (9, "files", include_str!("../../migrations/0009_files.sql")),
    (
        10,
        "labels",
        include_str!("../../migrations/0010_labels.sql"),
    ),
    (
        11,
        "webhooks",
        include_str!("../../migrations/0011_webhooks.sql"),
    ),
];

/// Applies what has not been applied yet.
pub(crate) async fn run(pool: &Pool) -> Result<(), StoreError> {
    apply(pool, FILES).await
}

/// Applies what has not been applied yet of `files`, which are all that this program knows.
pub(crate) async fn apply(pool: &Pool, files: &[(i64, &str, &str)]) -> Result<(), StoreError> {
    match pool {
        Pool::Sqlite(pool) => {
            // sqlx locks nothing here, and `key create` may open the file while the server starts.
            let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
            migrator(files, for_sqlite).run(&mut transaction).await?;
            transaction.commit().await?;
        }
        Pool::Postgres(pool) => migrator(files, for_postgres).run(pool).await?,
    }
    Ok(())
}

fn migrator(files: &[(i64, &str, &str)], dialect: fn(&str) -> String) -> Migrator {
    let migrations = files.iter().map(|(version, name, text)| {
        let sql = sqlx::QueryBuilder::<sqlx::Sqlite>::new(dialect(text)).into_sql();
        Migration::new(
            *version,
            (*name).to_owned().into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

/// The exchanges are listed, with their reasons, in `migrations/README.md`.
fn for_sqlite(text: &str) -> String {
    text.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY")
        .replace("BYTEA", "BLOB")
}

fn for_postgres(text: &str) -> String {
    text.replace("TEXT", "TEXT COLLATE \"C\"")
}
