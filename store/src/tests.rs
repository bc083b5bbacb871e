//! Ring 2: the store against real databases.
//!
//! Every test has one body and runs on SQLite in a temporary folder and on
//! Postgres in a database of its own. Postgres is never skipped: run this under
//! `cargo xtask postgres -- cargo test --package store`.

/// Makes of each body two tests, `its_name::sqlite` and `its_name::postgres`.
macro_rules! on_both {
    () => {};
    (async fn $name:ident($store:ident: Store) $body:block $($rest:tt)*) => {
        on_both! { async fn $name($store: Store, _db: &Database) $body }
        on_both! { $($rest)* }
    };
    (async fn $name:ident($store:ident: Store, $db:ident: &Database) $body:block $($rest:tt)*) => {
        on_both! { async fn $name(database: &Database) {
            let ($store, $db): (Store, &Database) = (database.store(1).await, database);
            $body
        } }
        on_both! { $($rest)* }
    };
    (async fn $name:ident($db:ident: &Database) $body:block $($rest:tt)*) => {
        mod $name {
            use super::*;

            async fn body($db: &Database) {
                $body
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let database = Database::sqlite();
                body(&database).await;
                database.vanish().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let database = Database::postgres().await;
                body(&database).await;
                database.vanish().await;
            }
        }
        on_both! { $($rest)* }
    };
}

mod database;
mod dump;
mod people;
mod story;

mod accounts;
mod attacks;
mod bulk;
mod compare;
mod counters;
mod files;
mod filters;
mod find;
mod identities;
mod key_bounds;
mod keys;
mod live;
mod logs;
mod migrations;
mod offers;
mod order;
mod originals;
mod otlp;
mod parallel;
mod payloads;
mod pings;
mod plans;
mod queries;
mod rejections;
mod repeats;
mod scope;
mod secrets;
mod stopped;
mod views;
mod webhooks;
