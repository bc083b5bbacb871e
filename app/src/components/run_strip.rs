//! The last runs of an integration at a glance: one small bar each, by colour and by shape.

use domain::{RunRow, Status};
use leptos::prelude::*;

use super::hidden_text;

/// A run of the strip and where it leads.
#[derive(Debug)]
pub(crate) struct StripRun {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) status: Status,
}

/// `runs` with the newest first, as lists have them; the strip reads from old to new.
pub(crate) fn run_strip(runs: &[RunRow], entry: impl Fn(&RunRow) -> StripRun) -> AnyView {
    let bars = runs
        .iter()
        .rev()
        .map(|run| bar(entry(run)))
        .collect::<Vec<_>>();
    let failed = runs.iter().filter(|run| run.status == Status::Failed);
    let label = format!(
        "Last {} runs, oldest first, {} failed",
        runs.len(),
        failed.count()
    );
    view! { <ul class="run-strip" aria-label=label>{bars}</ul> }.into_any()
}

fn bar(run: StripRun) -> AnyView {
    let class = match run.status {
        Status::Failed => "strip-bar strip-failed",
        Status::Ok | Status::Skipped => "strip-bar strip-ok",
        Status::Warning => "strip-bar strip-warning",
        Status::Interrupted => "strip-bar strip-interrupted",
        Status::Running | Status::Queued => "strip-bar strip-running",
    };
    let StripRun { href, title, .. } = run;
    view! { <li><a class=class href=href title=title.clone()>{hidden_text(title.clone())}</a></li> }
        .into_any()
}
