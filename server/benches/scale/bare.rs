//! The database alone: statements prepared and run directly, and plain inserts of the rows that a
//! report becomes. The baseline of every figure.

use std::time::Duration;

use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _};

use crate::{
    measure::now,
    pages::{Page, Value},
};

/// One body for a connection of either kind.
macro_rules! on_connection {
    ($url:expr, |$c:ident| $body:expr) => {
        if $url.starts_with("sqlite:") {
            let mut $c = sqlite($url).await;
            $body
        } else {
            let mut $c = sqlx::PgConnection::connect($url).await.expect("Postgres");
            $body
        }
    };
}

async fn sqlite(url: &str) -> sqlx::SqliteConnection {
    let options: sqlx::sqlite::SqliteConnectOptions = url.parse().expect("an address");
    // As the store opens it.
    let options = options
        .pragma("cache_size", "-32000")
        .pragma("wal_autocheckpoint", "4000")
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full);
    options.connect().await.expect("SQLite")
}

/// A second connection, of the kind of the first.
trait Again: Sized {
    async fn open(url: &str) -> Self;
}

impl Again for sqlx::SqliteConnection {
    async fn open(url: &str) -> Self {
        sqlite(url).await
    }
}

impl Again for sqlx::PgConnection {
    async fn open(url: &str) -> Self {
        Self::connect(url).await.expect("Postgres")
    }
}

async fn again<C: Again>(_: &C, url: &str) -> C {
    C::open(url).await
}

/// The median time of a page's statements, all of them together.
pub(crate) async fn time(url: &str, page: &Page, rounds: usize) -> Duration {
    on_connection!(url, |connection| {
        let mut times = Vec::new();
        for round in 0..rounds + 10 {
            let start = now();
            for statement in &page.statements {
                let mut query = sqlx::query(statement.sql);
                for value in &statement.values {
                    query = match value {
                        Value::Int(value) => query.bind(*value),
                        Value::Text(value) => query.bind(value.clone()),
                    };
                }
                let rows = query.fetch_all(&mut connection).await.expect("rows");
                std::hint::black_box(rows.iter().map(|row| row.len()).sum::<usize>());
            }
            if round >= 10 {
                times.push(start.elapsed());
            }
        }
        times.sort();
        times[times.len() / 2]
    })
}

/// A fresh database of this name; answers its address.
pub(crate) async fn create_database(url: &str, name: &str) -> String {
    let mut connection = sqlx::PgConnection::connect(url).await.expect("Postgres");
    for verb in ["DROP DATABASE IF EXISTS ", "CREATE DATABASE "] {
        let mut sql = sqlx::QueryBuilder::<sqlx::Postgres>::new(verb);
        sql.push(name);
        connection
            .execute(sqlx::query(sql.into_sql()))
            .await
            .expect("a database");
    }
    // The last segment of the path is the database.
    let (address, options) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = address.rsplit_once('/').expect("a database in the address");
    format!("{server}/{name}?{options}")
}

/// An insert of some rows with all its values bound, so that only running it is timed.
macro_rules! insert {
    ($table:literal, $rows:expr, int [$($int:ident),*], text [$($text:ident),*], flag [$($flag:ident),*], bytes [$($bytes:ident),*]) => {{
        let columns = [$(stringify!($int),)* $(stringify!($text),)* $(stringify!($flag),)* $(stringify!($bytes),)*];
        let mut sql = sqlx::QueryBuilder::new(concat!("INSERT INTO ", $table, " ("));
        sql.push(columns.join(", "));
        sql.push(") ");
        sql.push_values($rows, |mut tuple, row| {
            let _ = &row;
            $(tuple.push_bind(row.get::<Option<i64>, _>(stringify!($int)));)*
            $(tuple.push_bind(row.get::<Option<String>, _>(stringify!($text)));)*
            $(tuple.push_bind(row.get::<Option<bool>, _>(stringify!($flag)));)*
            $(tuple.push_bind(row.get::<Option<Vec<u8>>, _>(stringify!($bytes)));)*
        });
        sql
    }};
}

/// Copies the runs, steps and payloads of one database into the empty tables of another of its
/// kind, in transactions of 256 runs, and answers how long the inserting took.
pub(crate) async fn insert_again(from: &str, to: &str) -> Duration {
    on_connection!(from, |source| {
        let mut target = again(&source, to).await;
        {
            let (mut spent, mut last) = (Duration::ZERO, 0_i64);
            loop {
                let runs = sqlx::query("SELECT * FROM run WHERE id > $1 ORDER BY id LIMIT 256")
                    .bind(last)
                    .fetch_all(&mut source)
                    .await
                    .expect("runs");
                let Some(end) = runs.last() else { break spent };
                let (first, end): (i64, i64) = (runs[0].get("id"), end.get("id"));
                last = end;
                let steps = sqlx::query(
                    "SELECT * FROM step WHERE run_id >= $1 AND run_id <= $2 ORDER BY id",
                )
                .bind(first)
                .bind(end)
                .fetch_all(&mut source)
                .await
                .expect("steps");
                let payloads = sqlx::query("SELECT p.* FROM payload p JOIN step s ON s.id = p.step_id WHERE s.run_id >= $1 AND s.run_id <= $2 ORDER BY p.step_id").bind(first).bind(end).fetch_all(&mut source).await.expect("payloads");
                let mut inserts = Vec::new();
                for chunk in runs.chunks(64) {
                    inserts.push(insert!("run", chunk,
                        int [id, workspace_id, integration_id, started_at, finished_at, duration_ms, network_code, failing_code, created_count, updated_count, deleted_count, steps, failed_steps, tasks, reported_started_at, reported_duration_ms, reported_network_code, received_at, settled],
                        text [key, status, trigger_app, trigger_name, trigger_type, failing_step, summary, error, reported_status], flag [], bytes []));
                }
                for chunk in steps.chunks(64) {
                    inserts.push(insert!("step", chunk,
                        int [id, workspace_id, run_id, position, started_at, finished_at, duration_ms, network_code, attempt, reported_duration_ms, settled],
                        text [app_key, key, parent, name, status, error], flag [], bytes []));
                }
                for chunk in payloads.chunks(64) {
                    inserts.push(insert!("payload", chunk,
                        int [step_id, workspace_id, request_digest, response_digest, object_digest], text [],
                        flag [request_settled, response_settled, object_settled], bytes [request, response, object]));
                }
                let start = now();
                let mut transaction = target.begin().await.expect("a transaction");
                for mut insert in inserts {
                    insert
                        .build()
                        .execute(&mut *transaction)
                        .await
                        .expect("an insert");
                }
                transaction.commit().await.expect("a commit");
                spent += start.elapsed();
            }
        }
    })
}

/// Tells the database how its rows are spread, as it does itself in time.
pub(crate) async fn analyze(url: &str) {
    on_connection!(url, |connection| {
        connection.execute("ANALYZE").await.expect("statistics");
    });
}
