//! The one status mark: word, shape and colour together, never colour alone.

use domain::{FlowStatus, IntegrationStatus, LastRun, Status};
use leptos::prelude::*;

/// How a mark looks. Its name is the class that colours it.
#[derive(Debug, Clone, Copy)]
enum Mark {
    Ok,
    Failed,
    Warning,
    Running,
    Queued,
    Interrupted,
    Skipped,
    Hollow,
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::Ok => "status status-ok",
            Self::Failed => "status status-failed",
            Self::Warning => "status status-warning",
            Self::Running => "status status-running",
            Self::Queued => "status status-queued",
            Self::Interrupted => "status status-interrupted",
            Self::Skipped => "status status-skipped",
            Self::Hollow => "status status-hollow",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Ok => "M6 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
            Self::Failed => "M2.5 2.5l7 7M9.5 2.5l-7 7",
            Self::Warning => "M6 1.2L11.3 10.6H.7z",
            Self::Running => "M6 1.8A4.2 4.2 0 1 1 1.8 6",
            Self::Interrupted => "M2.2 2.2h7.6v7.6H2.2z",
            Self::Skipped => "M2 6h8",
            Self::Queued | Self::Hollow => "M6 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
        }
    }
}

/// A run or a step.
pub(crate) fn run_status(status: Status) -> AnyView {
    let mark = match status {
        Status::Ok => Mark::Ok,
        Status::Failed => Mark::Failed,
        Status::Warning => Mark::Warning,
        Status::Running => Mark::Running,
        Status::Queued => Mark::Queued,
        Status::Interrupted => Mark::Interrupted,
        Status::Skipped => Mark::Skipped,
    };
    marked(mark, status.label(), None)
}

/// A run, in the workspace's own word where it has one for it.
pub(crate) fn run_word(status: Status, label: Option<String>) -> AnyView {
    match label {
        Some(label) => {
            view! { {run_status(status)}" "<span class="own-word">{label}</span> }.into_any()
        }
        None => run_status(status),
    }
}

/// The last run of an integration.
pub(crate) fn last_run(last: LastRun) -> AnyView {
    match last.status() {
        Some(status) => run_status(status),
        None => marked(Mark::Hollow, last.label(), None),
    }
}

/// An integration, with the reason for its state on hover.
pub(crate) fn integration_status(status: IntegrationStatus, reason: Option<String>) -> AnyView {
    let mark = match status {
        IntegrationStatus::Enabled => Mark::Ok,
        IntegrationStatus::Initializing => Mark::Queued,
        IntegrationStatus::Disabled => Mark::Hollow,
        IntegrationStatus::Paused => Mark::Warning,
        IntegrationStatus::FailedToInitialize => Mark::Failed,
        IntegrationStatus::Deleted => Mark::Skipped,
    };
    marked(mark, status.label(), reason)
}

/// A flow.
pub(crate) fn flow_status(status: FlowStatus) -> AnyView {
    let mark = match status {
        FlowStatus::Published => Mark::Ok,
        FlowStatus::Draft => Mark::Hollow,
    };
    marked(mark, status.label(), None)
}

fn marked(mark: Mark, word: &'static str, reason: Option<String>) -> AnyView {
    view! {
        <span class=mark.class() title=reason>
            <svg class="mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
                <path d=mark.path()></path>
            </svg>
            {word}
        </span>
    }
    .into_any()
}
