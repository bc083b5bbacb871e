//! The record of who did what.

use domain::{
    Timestamp,
    audit::{Line, Outcome},
};
use leptos::prelude::*;

use super::{Frame, admin_tabs, page};
use crate::{
    components::{Column, Place, Row, data_table, empty, time_cell},
    route,
};

/// What it shows.
#[derive(Debug, Clone, Default)]
pub struct RecordPage {
    pub workspace: String,
    pub lines: Vec<Line>,
    /// Where older lines begin; `None` where there are none.
    pub older: Option<i64>,
    /// Whether these are the newest.
    pub newest: bool,
    pub now: Timestamp,
}

/// The record of a workspace.
#[must_use]
pub fn record(frame: Frame, shown: RecordPage) -> String {
    page(frame, "Audit log", move || {
        let older = shown.older.map(|before| {
            view! { <a class="button" href=route::record(&shown.workspace, Some(before))>"Older"</a> }
        });
        let newest = (!shown.newest).then(|| {
            view! { <a class="button" href=route::record(&shown.workspace, None)>"Newest"</a> }
        });
        view! {
            {admin_tabs(&shown.workspace, "Audit log")}
            <p class="hint">"Lines are only ever added. "<code>"integration-view audit verify"</code>" checks that none was changed or taken out."</p>
            {list(&shown)}
            <p class="ways-out">{newest}{older}</p>
        }
        .into_any()
    })
}

fn list(shown: &RecordPage) -> AnyView {
    if shown.lines.is_empty() {
        let why = "What people change, export or share here is written down.".to_owned();
        return empty("Nothing is on record yet.".to_owned(), why, None);
    }
    let columns = [
        Column::new("When", Place::Time),
        Column::new("Who", Place::Name),
        Column::new("What", Place::Detail),
        Column::new("To what", Place::Detail),
        Column::new("Outcome", Place::Status),
        Column::new("Address", Place::Detail),
    ];
    let rows = shown.lines.iter().map(|line| {
        let class = if line.outcome == Outcome::Refused {
            "row-failed"
        } else {
            ""
        };
        Row {
            class,
            cells: vec![
                time_cell(line.logged_at, shown.now),
                view! { <span>{line.actor.clone()}</span> }.into_any(),
                view! { <code>{line.action.clone()}</code> }.into_any(),
                view! { <code class="audit-target">{line.target.clone()}</code> }.into_any(),
                view! { <span>{line.outcome.label()}</span> }.into_any(),
                view! { <code>{line.address.clone()}</code> }.into_any(),
            ],
        }
    });
    data_table("Audit log".to_owned(), &columns, rows.collect())
}
