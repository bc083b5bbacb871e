//! A list of runs, of an integration or of the whole workspace: what narrows it, its rows, its place.

use domain::{
    Cursor, Integration, Page, RunRow, Status, Timestamp, Workspace,
    access::Role,
    bulk::BulkAction,
    filter::{RunColumn, RunFilter, RunSort},
    labels::Labels,
    view::SavedView,
};
use leptos::prelude::*;

use super::{
    filters::{self, Listed, address},
    list_parts::At,
    live::{Announced, Listen},
    row_menu,
};
use crate::{
    components::{
        Column, Pager, Place, Row, chips, dash, data_table, duration, empty, filter_panel,
        hidden_text, key_link, may, moment, pager, pick, run_code, run_word, search_form, select,
        text_field, time_cell, window,
    },
    route,
};

/// What a list of runs is made of.
pub(super) struct RunList<'a> {
    pub(super) at: At<'a, RunFilter>,
    pub(super) workspace: &'a Workspace,
    /// The integration that they are of; a workspace's runs are of many.
    pub(super) integration: Option<&'a Integration>,
    pub(super) runs: &'a Page<RunRow>,
    /// Runs whose IDs begin with the searched text.
    pub(super) alike: &'a [RunRow],
    pub(super) views: &'a [SavedView],
    pub(super) now: Timestamp,
}

impl RunList<'_> {
    /// Search, filter, columns, views, and what is in force of them; below it the rows.
    pub(super) fn show(&self) -> AnyView {
        let (path, filter) = (self.at.path, self.at.filter);
        let unsearched = RunFilter {
            search: None,
            ..filter.at(None)
        };
        let shown = filter.columns.shown(self.usual());
        view! {
            <div class="toolbar">
                {search_form(path.to_owned(), "search", "Complete Run ID, or a Trigger App", filter.search.clone(), filters::kept(&unsearched.to_query()))}
                {self.filter()}
                {self.at.columns(RunColumn::ALL, &shown, (RunColumn::as_str, RunColumn::label))}
                {self.at.views(self.views)}
                {self.failed_only()}
            </div>
            {chips(filters::chips(path, filter), address(path, &filter.cleared()))}
            {self.list(&shown)}
        }
        .into_any()
    }

    /// New runs of the list are announced, whichever page of it is open. `path` is where the
    /// stream lies, `seen` the run behind which all are new.
    pub(super) fn live(&self, path: &str, seen: i64) -> Listen {
        let filter = self.at.filter.at(None);
        let end = (filter.sort == RunSort::Oldest).then_some(Cursor::Last);
        Listen {
            url: route::events(path, &seen.to_string(), &filter.to_query()),
            list: Some(Announced {
                one: "new run",
                many: "new runs",
                show: address(self.at.path, &filter.at(end)),
            }),
        }
    }

    /// The place in the list.
    pub(super) fn place(&self) -> Pager {
        let workspace = self.at.workspace;
        self.at
            .place("runs", self.runs, |format, query| match self.integration {
                Some(one) => route::runs_file(workspace, one.key.as_str(), format, query),
                None => route::all_runs_file(workspace, format, query),
            })
    }

    fn usual(&self) -> &'static [RunColumn] {
        match self.integration {
            Some(_) => RunColumn::OF_INTEGRATION,
            None => RunColumn::OF_WORKSPACE,
        }
    }

    /// Switches between the failures that nobody has looked after and all.
    fn failed_only(&self) -> AnyView {
        let (path, filter) = (self.at.path, self.at.filter);
        let failed = filters::failed_only(filter);
        let on = filter.status == failed.status && filter.handled == failed.handled;
        let turned = if on {
            RunFilter {
                status: Vec::new(),
                handled: None,
                ..filter.at(None)
            }
        } else {
            failed
        };
        view! { <a class="button" href=address(path, &turned) aria-current=on.then_some("true")>"Failed only"</a> }.into_any()
    }

    fn filter(&self) -> AnyView {
        let (path, filter) = (self.at.path, self.at.filter);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let app = filter.app.as_ref().map(ToString::to_string);
        let user = self
            .integration
            .is_none()
            .then(|| text_field("User", "user", text(&filter.user), "Whole ID or Auth"));
        let labels = Labels::of(self.workspace);
        let own = (!labels.is_empty() || filter.label.is_some()).then(|| {
            let offers = filters::label_offers(&labels, filter.label.as_deref());
            select("Own status", "label", offers)
        });
        let fields = view! {
            {crate::components::checks("Status", "status", filters::run_offers(&filter.status))}
            {window(
                "Start Time",
                ("started_within", filters::window_offers(filter.started.within)),
                ("started_from", filter.started.from),
                ("started_to", filter.started.to),
            )}
            <div class="field-row">
                {own}
                {text_field("Network Code", "code", filters::codes(&filter.code), "For instance 401, 5xx, none")}
                {text_field("Failing App", "app", app.unwrap_or_default(), "Of the step that failed")}
                {select("Handled", "handled", filters::handled_offers(filter.handled))}
                {text_field("Took at least", "took_from", filters::typed(filter.took.least_ms), "For instance 5 s, 2 min")}
                {text_field("Took at most", "took_to", filters::typed(filter.took.most_ms), "For instance 500 ms")}
                {user}
                {text_field("Trigger App", "trigger_app", text(&filter.trigger_app), "Whole, in any case")}
                {text_field("Trigger Name", "trigger_name", text(&filter.trigger_name), "Whole, in any case")}
                {text_field("Trigger Type", "trigger_type", text(&filter.trigger_type), "For instance webhook")}
                {text_field("Reference", "reference", text(&filter.reference), "Whole: its ID elsewhere")}
            </div>
        };
        let cleared = filter.cleared();
        filter_panel(
            path.to_owned(),
            filter.conditions().len(),
            address(path, &cleared),
            filters::kept(&cleared.to_query()),
            fields.into_any(),
        )
    }

    fn list(&self, shown: &[RunColumn]) -> AnyView {
        if self.runs.rows.is_empty() {
            return self.nothing(shown);
        }
        let caption = match self.integration {
            Some(one) => format!("Runs of {}", one.key),
            None => "Runs".to_owned(),
        };
        let rows = &self.runs.rows;
        view! {
            <div class="selectable">
                {self.table(caption, rows, shown, true)}
                {self.at.bulk(BulkAction::OF_RUNS, rows.len(), self.runs.total)}
            </div>
            {pager(self.place())}
        }
        .into_any()
    }

    /// Which filter emptied the list, and what is alike.
    fn nothing(&self, shown: &[RunColumn]) -> AnyView {
        let filter = self.at.filter;
        let clear = self.at.path.to_owned();
        let Some(text) = &filter.search else {
            return if filter.narrows() {
                let what = match self.integration {
                    Some(_) => "No run of this integration passes the filter.",
                    None => "No run passes the filter.",
                };
                let why = "The filters in force are listed above.".to_owned();
                empty(what.to_owned(), why, Some(("Show all runs", clear)))
            } else {
                let what = match self.integration {
                    Some(_) => "This integration hasn't run.",
                    None => "No runs yet.",
                };
                let why = "Runs appear here as they are reported.".to_owned();
                empty(what.to_owned(), why, None)
            };
        };
        let what = format!("No run has exactly the Run ID or the Trigger App “{text}”.");
        let narrowed = !filter.conditions().is_empty();
        let why = match (self.alike.is_empty(), narrowed) {
            (false, _) => "Below are those of which the Run ID begins with it.",
            (true, true) => "The search looked only at what passes the filters above.",
            (true, false) => {
                "In Run IDs upper and lower case are told apart, in Trigger Apps they are not."
            }
        };
        let alike = (!self.alike.is_empty()).then(|| {
            let caption = format!("Runs of which the ID begins with {text}");
            view! {
                <section class="alike" aria-labelledby="alike">
                    <h2 id="alike">{format!("Beginning with “{text}”")}</h2>
                    {self.table(caption, self.alike, shown, false)}
                </section>
            }
        });
        view! { {empty(what, why.to_owned(), Some(("Show all runs", clear)))}{alike} }.into_any()
    }

    /// `live` rows can be sorted and, by those who may act on them, selected.
    fn table(&self, caption: String, runs: &[RunRow], shown: &[RunColumn], live: bool) -> AnyView {
        let (path, filter) = (self.at.path, self.at.filter);
        let mut columns = Vec::new();
        columns.extend((live && may(Role::Operator)).then(|| Column::new("Select", Place::Pick)));
        columns.extend(shown.iter().map(|column| {
            Column {
                name: column.label(),
                place: place(*column),
                sort: live
                    .then(|| filters::run_sort(path, filter, *column))
                    .flatten(),
            }
        }));
        columns.push(Column::new("View", Place::Action));
        let rows = runs.iter().map(|run| self.row(run, shown, live)).collect();
        data_table(caption, &columns, rows)
    }

    fn row(&self, run: &RunRow, shown: &[RunColumn], live: bool) -> Row {
        let workspace = self.at.workspace;
        let key = run.key.as_str();
        let href = route::run(workspace, key);
        let mut cells = Vec::new();
        cells.extend((live && may(Role::Operator)).then(|| pick(key)));
        let content = |column: &RunColumn| cell(*column, run, workspace, self.now);
        cells.extend(shown.iter().map(content));
        cells.push(
            view! {
                <a href=href>"View"{hidden_text(format!(" steps of {key}"))}</a>
                {row_menu::run_menu(run.id.0, true, row_menu::RunOf::row(run), self.workspace, self.now)}
            }
            .into_any(),
        );
        Row {
            class: row_class(run),
            cells,
        }
    }
}

/// A failure that nobody has looked after is marked.
pub(super) fn row_class(run: &RunRow) -> &'static str {
    if run.status == Status::Failed && run.handled_at.is_none() {
        "row-failed"
    } else {
        ""
    }
}

fn place(column: RunColumn) -> Place {
    match column {
        RunColumn::RunId => Place::Name,
        RunColumn::StartTime => Place::Time,
        RunColumn::Status => Place::Status,
        RunColumn::Duration | RunColumn::NetworkCode => Place::Number,
        _ => Place::Detail,
    }
}

fn cell(column: RunColumn, run: &RunRow, workspace: &str, now: Timestamp) -> AnyView {
    let text = |text: Option<&str>| match text {
        Some(text) => {
            view! { <span class="clip" title=text.to_owned()>{text.to_owned()}</span> }.into_any()
        }
        None => dash(),
    };
    let key = run.key.as_str();
    match column {
        RunColumn::RunId => key_link(key, route::run(workspace, key)),
        RunColumn::Integration => {
            let integration = run.integration_key.as_str();
            key_link(integration, route::integration(workspace, integration))
        }
        RunColumn::User => match &run.user_id {
            Some(user) => key_link(user, route::user(workspace, user)),
            None => dash(),
        },
        RunColumn::TriggerApp => text(run.trigger_app.as_deref()),
        RunColumn::TriggerName => text(run.trigger_name.as_deref()),
        RunColumn::TriggerType => text(run.trigger_type.as_deref()),
        RunColumn::StartTime => time_cell(run.started_at, now),
        RunColumn::Duration => duration(run.duration_ms),
        RunColumn::Status => status(run),
        RunColumn::NetworkCode => run_code(run.network_code, run.failing_code),
        RunColumn::FailingApp => text(run.failing_app.as_ref().map(domain::Key::as_str)),
        RunColumn::FailingStep => match &run.failing_step {
            Some(step) => key_link(step.as_str(), route::step(workspace, key, step.as_str())),
            None => dash(),
        },
        RunColumn::Handled => match (run.handled_at, &run.handled_note) {
            (Some(_), Some(note)) => text(Some(note)),
            (Some(at), None) => moment(at),
            (None, _) => dash(),
        },
    }
}

/// The status, and whether somebody has looked after it.
pub(super) fn status(run: &RunRow) -> AnyView {
    let handled = run.handled_at.map(|_| {
        let note = run.handled_note.clone();
        view! { <span class="sub-line handled" title=note>"handled"</span> }
    });
    view! { {run_word(run.status, run.label.clone())}{handled} }.into_any()
}
