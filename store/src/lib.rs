//! All SQL of Integration View.
//!
//! One [`Store`], one query text for SQLite and Postgres, one module per noun.
//! Every read takes the workspace that it may see. Writes go through [`writer`],
//! which groups the reports of many callers into one commit.
//!
//! It knows neither HTTP nor pages and reads no clock: time is an argument.

#[macro_use]
mod clauses;
#[macro_use]
mod pool;

mod account;
mod api_key;
mod app;
mod audit;
mod bulk;
mod compare;
mod error;
mod file;
mod find;
mod flow;
mod integration;
mod live;
mod log_entry;
mod migrate;
mod original;
mod packed;
mod payload;
mod run;
mod seal;
mod secrets;
mod share;
mod step;
mod unit;
mod usage;
mod user;
mod view;
mod workspace;
mod writer;

#[cfg(test)]
mod tests;

pub use account::{Denied, Identity, Member, NewSession, Ticket, WithPassword};
pub use api_key::{KeyAsked, KeyUsed};
pub use audit::Checked;
pub use compare::{Digests, LastGood, Wanted};
pub use error::StoreError;
pub use file::{PreparedFile, Unfit};
pub use original::{Opened, SealedSection};
pub use pool::Store;
pub use run::RunsOf;
pub use seal::{BadKeys, Keys, Sealer, Shut, Unopened};
pub use secrets::{Reading, SecretNames};
pub use writer::{Changes, Prepared};
