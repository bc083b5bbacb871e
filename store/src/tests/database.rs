//! Temporary databases, one for each test, and the ways to look into them.

use std::sync::atomic::{AtomicU32, Ordering};

use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sqlx::{Connection as _, PgConnection, SqlitePool, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::{Store, pool::Pool};

/// An empty database. One whose test failed stays in the throw-away cluster, to be looked at.
pub(super) struct Database {
    pub(super) url: String,
    /// The Postgres database's name.
    name: Option<String>,
    _folder: Option<TempDir>,
}

impl Database {
    pub(super) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            url: format!("sqlite:{}", folder.path().join("store.db").display()),
            name: None,
            _folder: Some(folder),
        }
    }

    pub(super) async fn postgres() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("iv_{}_{number}", std::process::id());
        // The folder of its socket stands behind the question mark.
        let cluster = cluster();
        let (server, options) = cluster.split_once('?').unwrap_or((&cluster, ""));
        let (server, _) = server
            .rsplit_once('/')
            .expect("postgres://ROLE@HOST/DATABASE");
        let url = format!("{server}/{name}?{options}");
        administer(&format!("CREATE DATABASE {name}")).await;
        Self {
            url,
            name: Some(name),
            _folder: None,
        }
    }

    pub(super) fn is_sqlite(&self) -> bool {
        self.name.is_none()
    }

    /// A server's way to it.
    pub(super) async fn store(&self, node: u16) -> Store {
        Store::open(&self.url, node).await.expect("a store")
    }

    /// A way around the store, which also writes. It does not migrate.
    pub(super) async fn pool(&self) -> Pool {
        if self.is_sqlite() {
            let options: SqliteConnectOptions = self.url.parse().expect("an address");
            let options = options
                .create_if_missing(true)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Off);
            Pool::Sqlite(SqlitePool::connect_with(options).await.expect("SQLite"))
        } else {
            let pool = crate::pool::postgres_pool().connect(&self.url).await;
            Pool::Postgres(pool.expect("Postgres"))
        }
    }

    /// Ends it; what a test leaves open is cut.
    pub(super) async fn vanish(self) {
        if let Some(name) = &self.name {
            administer(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

async fn administer(statement: &str) {
    let mut connection = PgConnection::connect(&cluster())
        .await
        .expect("the cluster");
    let mut sql = sqlx::QueryBuilder::<sqlx::Postgres>::new(statement);
    sql.build()
        .execute(&mut connection)
        .await
        .expect("a database made or dropped");
}

// It is a test anyway; `cargo xtask boundaries` knows that by this mark.
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration; this is their only question to the environment"
)]
fn cluster() -> String {
    std::env::var("IV_TEST_POSTGRES").expect(
        "IV_TEST_POSTGRES names no Postgres: run this as \
         `cargo xtask postgres -- cargo test --package store`",
    )
}

/// Runs statements of any text.
pub(super) async fn execute(pool: &Pool, text: &str) {
    let sql = sqlx::QueryBuilder::<sqlx::Sqlite>::new(text).into_sql();
    on!(pool, Pool, |pool: Db| {
        let pool: &sqlx::Pool<Db> = pool;
        sqlx::raw_sql(sql).execute(pool).await.expect(text);
    });
}

/// The one number that a query answers.
pub(super) async fn number(pool: &Pool, text: &str) -> i64 {
    on!(pool, Pool, |pool: Db| {
        let mut sql = sqlx::QueryBuilder::<Db>::new(text);
        let number = sql.build_query_scalar::<i64>().fetch_one(pool).await;
        number.expect(text)
    })
}

/// Checks a property of random values, the same ones each time.
///
/// A database is slow to shrink on: a failure is shown after a few attempts to make it smaller.
pub(super) fn for_all<S, F>(cases: u32, strategy: &S, check: impl Fn(S::Value) -> F)
where
    S: Strategy,
    F: Future<Output = ()>,
{
    let config = Config {
        cases,
        max_shrink_iters: 30,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, random).run(strategy, |value| {
        let runtime = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| runtime.block_on(check(value)));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
