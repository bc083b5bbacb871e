//! The log of a run, its entries, and the files that it brought along.

use domain::percent::push_encoded;

use super::{Shape, join, run};

/// The log of a run.
pub const LOG: Shape = &["*", "runs", "*", "log"];

/// The log of a run; `query` is a filter and a place with their `?`.
#[must_use]
pub fn log(workspace: &str, run: &str, query: &str) -> String {
    format!("{}{query}", join(&[workspace, "runs", run, "log"]))
}

/// An entry, on the page of the log that it is on.
#[must_use]
pub fn log_entry(workspace: &str, run: &str, entry: &str) -> String {
    let mut address = log(workspace, run, "?entry=");
    push_encoded(&mut address, entry);
    address.push('#');
    address.push_str(&log_anchor(entry));
    address
}

/// The name of an entry inside its page.
#[must_use]
pub fn log_anchor(entry: &str) -> String {
    let mut anchor = "log-".to_owned();
    push_encoded(&mut anchor, entry);
    anchor
}

/// The bytes of a file that a run brought along.
#[must_use]
pub fn run_file(workspace: &str, run_key: &str, file: &str) -> String {
    let mut path = format!("{}/files/", run(workspace, run_key));
    push_encoded(&mut path, file);
    path
}
