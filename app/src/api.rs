//! The reads behind the pages: one server function and one answer per page.
//!
//! Each body is three steps: open the scope, call the store, map the error.
//! Nothing here writes. Arguments are plain texts, keys and the raw query of the
//! page's address, so that server and browser cannot disagree about a filter.

pub mod body;
pub mod bulk;
pub mod compare;
pub mod find;
pub mod flow;
pub mod integration;
pub mod run;
pub mod runs;
pub mod settings;
pub mod step;
pub mod times;
pub mod user;
pub mod wire;

#[cfg(feature = "ssr")]
mod scope;

pub use crate::context::Demo;
pub use body::{BodyView, Head, PartView, Shown};
pub use bulk::{BulkDonePage, BulkPage, ask_bulk, show_bulk};
pub use compare::{
    ChangedGroup, ChangedPart, Changes, ComparePage, ComparedStep, PAIRS, show_compare,
};
pub use find::{FindPage, find};
pub use flow::{FirstStart, FlowPage, FlowsPage, list_flows, show_flow};
pub use integration::{IntegrationPage, show_integration};
pub use run::{LogView, RunPage, STEPS_PER_PAGE, show_run};
pub use runs::{RunsPage, show_runs};
pub use settings::{SettingsPage, show_settings, show_zone};
pub use step::{Choice, SectionView, StepPage, show_step};
pub use times::Times;
pub use user::{UserPage, show_user};
pub use wire::Wire;

/// For the tests of the server: every function here reads, and is asked with GET.
pub const PREFIX: &str = "/_";
