//! One pool for two databases, and the macros that keep one text for both.

use std::{str::FromStr as _, time::Duration};

use sqlx::{
    PgConnection, PgPool, SqliteConnection, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{StoreError, writer::Writer};

/// One database: reads go to a pool, writes through one [`Writer`].
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: Pool,
    pub(crate) writer: Writer,
}

/// The readers' connections.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// The writer's connection inside its transaction.
#[derive(Debug)]
pub(crate) enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// Runs one body on whichever database there is.
///
/// `on!(pool, Pool, |c: Db| …)`: `c` is the executor, `Db` its sqlx database.
macro_rules! on {
    ($pool:expr, $kind:ident, |$c:ident : $db:ident| $body:expr) => {
        match $pool {
            $crate::pool::$kind::Sqlite($c) => {
                type $db = sqlx::Sqlite;
                $body
            }
            $crate::pool::$kind::Postgres($c) => {
                type $db = sqlx::Postgres;
                $body
            }
        }
    };
}

/// Makes a noun's `save`, which writes whole rows over those of the same id.
/// A column has the name of its field.
macro_rules! table {
    ($table:literal, $row:ty, [$($column:ident),+ $(,)?] $(, computed [$($extra:ident = $value:expr),+])?) => {
        /// Writes `rows`, each over the one of its id.
        pub(crate) async fn save(conn: &mut $crate::pool::Conn<'_>, rows: &[&$row]) -> Result<(), $crate::StoreError> {
            for chunk in $crate::pool::chunks(rows) {
                on!(conn, Conn, |c: Db| {
                    let mut sql = sqlx::QueryBuilder::<Db>::new(concat!(
                        "INSERT INTO ", $table, " (", table!(@list $($column),+ $($(, $extra)+)?), ") "
                    ));
                    sql.push_values(chunk, |mut tuple, row| {
                        $(tuple.push_bind(&row.$column);)+
                        $($(tuple.push_bind(($value)(*row));)+)?
                    });
                    sql.push(concat!(
                        " ON CONFLICT (id) DO UPDATE SET ",
                        table!(@set $($column),+ $($(, $extra)+)?)
                    ));
                    sql.build().execute(&mut **c).await?;
                });
            }
            Ok(())
        }
    };
    (@list $first:ident $(, $rest:ident)*) => {
        concat!(stringify!($first) $(, ", ", stringify!($rest))*)
    };
    (@set $first:ident $(, $rest:ident)*) => {
        concat!(stringify!($first), " = excluded.", stringify!($first) $(, ", ", stringify!($rest), " = excluded.", stringify!($rest))*)
    };
}

/// Rows in groups of 64, 16, 4 and 1, so that a handful of prepared statements serve any number.
pub(crate) fn chunks<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = [64, 16, 4, 1]
            .into_iter()
            .find(|size| *size <= rows.len())?;
        let (chunk, rest) = rows.split_at(size);
        rows = rest;
        Some(chunk)
    })
}

/// How many connections read at once. SQLite reads with a thread each; two cores have no use for more.
const READERS: u32 = 8;

/// How long a statement may wait for another process that holds the file.
const BUSY: Duration = Duration::from_secs(10);

/// A pool of Postgres whose connections go by an index wherever there is one.
///
/// Where most rows of a workspace pass a filter, or none do, the planner would rather read the
/// whole table, payload columns and all, than an index that holds all that is asked for; SQLite
/// never does. A statement without any index still runs: the setting is a price, not a rule.
pub(crate) fn postgres_pool() -> PgPoolOptions {
    PgPoolOptions::new().after_connect(|connection, _| {
        Box::pin(async move {
            sqlx::query("SET enable_seqscan = off")
                .execute(connection)
                .await?;
            Ok(())
        })
    })
}

impl Store {
    /// Opens the database at `url` (`sqlite:PATH` or `postgres://…`), creating an SQLite file
    /// where there is none, and brings its schema up to date.
    ///
    /// `node` tells this server's ids from another's; draw it at random.
    ///
    /// # Errors
    /// [`StoreError::Address`] for a URL of another kind, [`StoreError::Migrate`] where the
    /// database is newer than this program, [`StoreError::Database`] where it cannot be reached.
    pub async fn open(url: &str, node: u16) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            Self::open_sqlite(url, node).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_postgres(url, node).await
        } else {
            Err(StoreError::Address(
                "the database's address begins with sqlite: or postgres:".to_owned(),
            ))
        }
    }

    async fn open_sqlite(url: &str, node: u16) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // In WAL only FULL survives a power cut; the writer's groups make it affordable.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-32000")
            .pragma("journal_size_limit", "67108864")
            .pragma("wal_autocheckpoint", "4000")
            .statement_cache_capacity(256);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_with(options.clone())
            .await?;
        crate::migrate::run(&Pool::Sqlite(write.clone())).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(READERS)
            .max_lifetime(None)
            .idle_timeout(None)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "on"))
            .await?;
        Ok(Self {
            pool: Pool::Sqlite(read),
            writer: Writer::start(Pool::Sqlite(write), node),
        })
    }

    async fn open_postgres(url: &str, node: u16) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(256);
        let pool = postgres_pool()
            .max_connections(READERS + 2)
            .acquire_timeout(Duration::from_secs(3))
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        let pool = Pool::Postgres(pool);
        crate::migrate::run(&pool).await?;
        Ok(Self {
            pool: pool.clone(),
            writer: Writer::start(pool, node),
        })
    }

    /// Waits for what is being written and closes every connection.
    pub async fn close(&self) {
        self.writer.close().await;
        on!(&self.pool, Pool, |pool: Db| {
            let pool: &sqlx::Pool<Db> = pool;
            pool.close().await;
        });
    }
}

impl Store {
    /// What the database says of its own soundness: `ok`, or what is broken.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn check_integrity(&self) -> Result<String, StoreError> {
        match &self.pool {
            Pool::Sqlite(pool) => Ok(sqlx::query_scalar("PRAGMA integrity_check")
                .fetch_one(pool)
                .await?),
            // Postgres checks its pages as it reads them; there is no statement for it.
            Pool::Postgres(_) => Ok("ok".to_owned()),
        }
    }
}
