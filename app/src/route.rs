//! Every address of the site: links are made here, and paths are read here.
//!
//! Keys may hold any character, so each is percent-encoded as one segment.
//! Nothing else in this crate writes a path, and nothing here knows what a page shows.

use domain::{
    BulkId, Key, SavedViewId,
    bulk::{BulkAction, Selection},
    payload::Section,
    percent::push_encoded,
    view::ViewList,
};
use leptos_router::location::Url;

mod log;
mod people;

pub use log::*;
pub use people::*;

/// Where the product begins, as long as a newcomer has one workspace.
pub const HOME_WORKSPACE: &str = "main";
/// Where a reader begins.
pub const HOME: &str = "/";
/// Where the form that sets how pages look is sent.
pub const DISPLAY: &str = "/display";
/// The image of the browser's tab.
pub const FAVICON: &str = "/favicon.svg";

/// The description of the interface that takes reports.
pub const OPENAPI: &str = "/api/openapi.json";
/// The contract as a page.
pub const API: &str = "/api";

/// The shape of a path: `*` stands for a key.
pub type Shape = &'static [&'static str];

/// The flows of a workspace.
pub const FLOWS: Shape = &["*", "flows"];
/// The integrations of a flow.
pub const FLOW: Shape = &["*", "flows", "*"];
/// The runs of an integration.
pub const INTEGRATION: Shape = &["*", "integrations", "*"];
/// The steps of a run.
pub const RUN: Shape = &["*", "runs", "*"];
/// The payload of a step.
pub const STEP: Shape = &["*", "runs", "*", "steps", "*"];
/// A run beside another one.
pub const COMPARE: Shape = &["*", "runs", "*", "compare", "*"];
/// The question before an integration is deleted.
pub const DELETE: Shape = &["*", "integrations", "*", "delete"];
/// One end-user over all flows.
pub const USER: Shape = &["*", "users", "*"];
/// What was pasted into the one box.
pub const FIND: Shape = &["*", "find"];
/// What a workspace can set.
pub const SETTINGS: Shape = &["*", "settings"];
/// All runs of a workspace.
pub const RUNS: Shape = &["*", "runs"];
/// The question before something is done to many.
pub const BULK: Shape = &["*", "bulk"];
/// What was done to many.
pub const BULK_DONE: Shape = &["*", "bulk", "*"];

/// The flows of a workspace.
#[must_use]
pub fn flows(workspace: &str) -> String {
    join(&[workspace, "flows"])
}

/// The integrations of a flow.
#[must_use]
pub fn flow(workspace: &str, flow: &str) -> String {
    join(&[workspace, "flows", flow])
}

/// The runs of an integration.
#[must_use]
pub fn integration(workspace: &str, integration: &str) -> String {
    join(&[workspace, "integrations", integration])
}

/// The steps of a run.
#[must_use]
pub fn run(workspace: &str, run: &str) -> String {
    join(&[workspace, "runs", run])
}

/// The steps of a long run, from the one of this number.
#[must_use]
pub fn run_from(workspace: &str, run_key: &str, first: usize) -> String {
    let path = run(workspace, run_key);
    if first <= 1 {
        path
    } else {
        format!("{path}?from={first}")
    }
}

/// The failing step of a run, at its response; the run itself where none failed.
#[must_use]
pub fn failing(workspace: &str, run: &str) -> String {
    join(&[workspace, "runs", run, "failing"])
}

/// A run beside another one, which stands for "then".
#[must_use]
pub fn compare(workspace: &str, run: &str, other: &str) -> String {
    join(&[workspace, "runs", run, "compare", other])
}

/// Where the form that asks for the other run is sent.
#[must_use]
pub fn compare_with(workspace: &str, run: &str) -> String {
    join(&[workspace, "runs", run, "compare"])
}

/// What changed in a step since it last worked, or since the run `with`.
#[must_use]
pub fn changes(workspace: &str, run: &str, step_key: &str, with: Option<&str>) -> String {
    let mut path = format!("{}?section=changes", step(workspace, run, step_key));
    if let Some(with) = with {
        path.push_str("&with=");
        push_encoded(&mut path, with);
    }
    path
}

/// The run that a pasted text means: its ID, or a link to it or to one of its steps.
#[must_use]
pub fn pasted_run(workspace: &str, text: &str) -> Option<String> {
    let text = domain::find::pasted(text);
    let Some((path, _)) = domain::find::link(text) else {
        return (!text.is_empty()).then(|| text.to_owned());
    };
    let keys = [RUN, STEP, COMPARE, LOG]
        .into_iter()
        .find_map(|shape| keys(shape, path))?;
    let mut keys = keys.into_iter();
    keys.next().filter(|key| key == workspace)?;
    keys.next()
}

/// The question before an integration is deleted.
#[must_use]
pub fn delete(workspace: &str, integration: &str) -> String {
    join(&[workspace, "integrations", integration, "delete"])
}

/// Where the forms that disable, enable and delete an integration are sent.
#[must_use]
pub fn status(workspace: &str, integration: &str) -> String {
    join(&[workspace, "integrations", integration, "status"])
}

/// One end-user over all flows, by User ID or User Auth.
#[must_use]
pub fn user(workspace: &str, user: &str) -> String {
    join(&[workspace, "users", user])
}

/// What was pasted into the one box.
#[must_use]
pub fn find(workspace: &str) -> String {
    join(&[workspace, "find"])
}

/// What a workspace can set.
#[must_use]
pub fn settings(workspace: &str) -> String {
    join(&[workspace, "settings"])
}

/// Where the form that sets the link to the logs is sent.
#[must_use]
pub fn set_logs(workspace: &str) -> String {
    join(&[workspace, "settings", "logs"])
}

/// Where the form that sets words for statuses is sent.
#[must_use]
pub fn set_labels(workspace: &str) -> String {
    join(&[workspace, "settings", "labels"])
}

/// Where the form that sets names of secrets is sent.
#[must_use]
pub fn set_secrets(workspace: &str) -> String {
    join(&[workspace, "settings", "secrets"])
}

/// What lies above all pages of a workspace.
#[must_use]
pub fn workspace(workspace: &str) -> String {
    join(&[workspace])
}

/// All runs of a workspace.
#[must_use]
pub fn runs(workspace: &str) -> String {
    join(&[workspace, "runs"])
}

/// The question before something is done to many; its form is sent there as well.
#[must_use]
pub fn bulk(workspace: &str) -> String {
    join(&[workspace, "bulk"])
}

/// The list that a selection was made on; `filter` is without `?`.
#[must_use]
pub fn selected(workspace: &str, selection: &Selection, filter: &str) -> String {
    let of = selection.of.as_ref().map_or("", Key::as_str);
    let path = match selection.list {
        ViewList::Integrations => flow(workspace, of),
        ViewList::IntegrationRuns => integration(workspace, of),
        ViewList::Runs => runs(workspace),
    };
    if filter.is_empty() {
        path
    } else {
        format!("{path}?{filter}")
    }
}

/// The question before one run is marked as handled.
#[must_use]
pub fn handle_run(workspace: &str, action: BulkAction, run: &str) -> String {
    let mut path = format!("{}?list=runs&action={action}&key=", bulk(workspace));
    push_encoded(&mut path, run);
    path
}

/// What was done to many.
#[must_use]
pub fn bulk_done(workspace: &str, id: BulkId) -> String {
    join(&[workspace, "bulk", &id.0.to_string()])
}

/// Where the form that takes it back is sent.
#[must_use]
pub fn undo_bulk(workspace: &str, id: BulkId) -> String {
    join(&[workspace, "bulk", &id.0.to_string(), "undo"])
}

/// Where the form that saves a view is sent.
#[must_use]
pub fn save_view(workspace: &str) -> String {
    join(&[workspace, "views"])
}

/// Where the form that deletes a view is sent.
#[must_use]
pub fn delete_view(workspace: &str, id: SavedViewId) -> String {
    join(&[workspace, "views", &id.0.to_string(), "delete"])
}

/// The path of a pasted link to a page of this workspace, whichever server it was copied from.
#[must_use]
pub fn pasted_link(workspace: &str, text: &str) -> Option<String> {
    let (path, query) = domain::find::link(text)?;
    let shape = [
        FLOWS,
        FLOW,
        INTEGRATION,
        RUNS,
        RUN,
        STEP,
        COMPARE,
        LOG,
        USER,
    ];
    let keys = shape.into_iter().find_map(|shape| keys(shape, path))?;
    (keys.first().is_some_and(|key| key == workspace)).then(|| format!("{path}{query}"))
}

/// The payload of a step, at its response.
#[must_use]
pub fn step(workspace: &str, run: &str, step: &str) -> String {
    join(&[workspace, "runs", run, "steps", step])
}

/// One section of a payload; `raw` shows its body as it came.
#[must_use]
pub fn section(workspace: &str, run: &str, step_key: &str, section: Section, raw: bool) -> String {
    let mut path = step(workspace, run, step_key);
    let mut mark = '?';
    if section != Section::Response {
        path = format!("{path}?section={section}");
        mark = '&';
    }
    if raw {
        path = format!("{path}{mark}body=raw");
    }
    path
}

/// The bytes of a body as they came; `None` for an object, which has none.
#[must_use]
pub fn body(workspace: &str, run: &str, step_key: &str, section: Section) -> Option<String> {
    let file = match section {
        Section::Request => "request-body",
        Section::Response => "response-body",
        Section::Object => return None,
    };
    Some(format!("{}/{file}", step(workspace, run, step_key)))
}

/// What is new for a page at `path`, since the mark that it was read with; `query` is its filter.
#[must_use]
pub fn events(path: &str, since: &str, query: &str) -> String {
    let mut address = format!("{path}/events?since=");
    push_encoded(&mut address, since);
    if let Some(rest) = query.strip_prefix('?') {
        address.push('&');
        address.push_str(rest);
    }
    address
}

/// The form of a list as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
}

impl ExportFormat {
    /// How the file's name ends.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// The integrations of a flow as a file; `query` is the filter with its `?`.
#[must_use]
pub fn integrations_file(workspace: &str, flow: &str, format: ExportFormat, query: &str) -> String {
    let path = join(&[workspace, "flows", flow, "integrations"]);
    format!("{path}.{}{query}", format.ending())
}

/// The runs of an integration as a file; `query` is the filter with its `?`.
#[must_use]
pub fn runs_file(workspace: &str, key: &str, format: ExportFormat, query: &str) -> String {
    let path = join(&[workspace, "integrations", key, "runs"]);
    format!("{path}.{}{query}", format.ending())
}

/// All runs of a workspace as a file; `query` is the filter with its `?`.
#[must_use]
pub fn all_runs_file(workspace: &str, format: ExportFormat, query: &str) -> String {
    format!("{}.{}{query}", runs(workspace), format.ending())
}

/// The flows as a file; `query` is the filter with its `?`.
#[must_use]
pub fn flows_file(workspace: &str, format: ExportFormat, query: &str) -> String {
    format!("{}.{}{query}", flows(workspace), format.ending())
}

/// The steps of a run as a file.
#[must_use]
pub fn steps_file(workspace: &str, run_key: &str, format: ExportFormat) -> String {
    let path = join(&[workspace, "runs", run_key, "steps"]);
    format!("{path}.{}", format.ending())
}

/// The integrations of an end-user as a file.
#[must_use]
pub fn user_file(workspace: &str, user: &str, format: ExportFormat) -> String {
    let path = join(&[workspace, "users", user, "integrations"]);
    format!("{path}.{}", format.ending())
}

/// Where the form that loads the sample workspace is sent.
#[must_use]
pub fn demo(workspace: &str) -> String {
    join(&[workspace, "demo"])
}

/// Where a run is reported, for the command that a newcomer pastes.
#[must_use]
pub fn report_run(origin: &str, run: &str) -> String {
    format!("{origin}{}", join(&["api", "v1", "runs", run]))
}

/// The keys in a path of this shape, decoded.
#[must_use]
pub fn keys(shape: Shape, path: &str) -> Option<Vec<String>> {
    let mut segments = path.split('/').skip(1);
    let mut keys = Vec::new();
    for part in shape {
        let segment = segments.next()?;
        match *part {
            "*" => keys.push(Url::unescape(segment)),
            word if word == segment => {}
            _ => return None,
        }
    }
    // A slash at the end changes nothing.
    segments.all(str::is_empty).then_some(keys)
}

/// The workspace that a path lies in.
#[must_use]
pub fn workspace_of(path: &str) -> String {
    match path.split('/').nth(1) {
        Some(segment) if !segment.is_empty() => Url::unescape(segment),
        _ => HOME_WORKSPACE.to_owned(),
    }
}

/// Whether the router would write another path into the address bar than the link says.
///
/// It decodes what it puts there: `%25` would become a bare `%`, and `%5C` a
/// backslash, which browsers turn into a slash. Such links are left to the browser.
#[must_use]
pub fn breaks_when_decoded(path: &str) -> bool {
    path.contains("%25") || path.contains("%5C")
}

fn join(segments: &[&str]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        push_encoded(&mut path, segment);
    }
    path
}

#[cfg(test)]
mod tests;
