//! `/{workspace}/integrations/{integration}`: the runs of an integration.

use domain::{
    Cursor, RunRow, Status,
    filter::{RunFilter, RunSort},
    page::grouped,
    time::duration_text,
};
use leptos::prelude::*;

use super::{
    Shown,
    filters::{self, Listed, address},
    live::{Announced, Listen},
    open, row_menu,
};
use crate::{
    api::{IntegrationPage, show_integration},
    components::{
        Column, Crumb, Fact, Links, Pager, Place, Row, Sort, StripRun, breadcrumb, checks, chips,
        copy_button, dash, data_table, day_bars, dropped_notice, duration, empty, filter_panel,
        flow_status, hidden_text, integration_status, key_link, key_text, last_run, long_text,
        moment, moments, page_header, pager, position, run_code, run_status, run_strip,
        search_form, text_field, time_cell, zone,
    },
    route,
};

pub(crate) fn integration() -> AnyView {
    open(
        route::INTEGRATION,
        |address| {
            Box::pin(show_integration(
                address.key(0),
                address.key(1),
                address.query,
            ))
        },
        |wire| wire.open().map(show),
    )
}

fn show(page: IntegrationPage) -> Shown {
    let workspace = page.workspace.key.as_str();
    let key = page.integration.key.as_str();
    let path = route::integration(workspace, key);
    let unsearched = RunFilter {
        search: None,
        ..page.filter.at(None)
    };
    let above = vec![
        Crumb::new("Flows", route::flows(workspace)),
        Crumb::new(
            page.flow.title(),
            route::flow(workspace, page.flow.key.as_str()),
        ),
    ];
    let content = view! {
        {breadcrumb(above, key.to_owned())}
        {header(&page, workspace)}
        {dropped_notice(&page.dropped)}
        <div class="toolbar">
            {search_form(path.clone(), "Complete Run ID, or a Trigger App", page.filter.search.clone(), filters::kept(&unsearched.to_query()))}
            {filter(&page.filter, &path)}
        </div>
        {chips(filters::chips(&path, &page.filter), address(&path, &page.filter.cleared()))}
        {list(&page, &path)}
    };
    Shown {
        title: format!("{key} · {}", page.flow.title()),
        now: page.now,
        content: content.into_any(),
        found: Some(position(&place(&page, &path))),
        again: None,
        live: Some(live(&page, &path)),
    }
}

/// New runs of the list are announced, whichever page of it is open.
fn live(page: &IntegrationPage, path: &str) -> Listen {
    let filter = page.filter.at(None);
    let end = (filter.sort == RunSort::Oldest).then_some(Cursor::Last);
    Listen {
        url: route::events(path, &page.seen.to_string(), &filter.to_query()),
        list: Some(Announced {
            one: "new run",
            many: "new runs",
            show: address(path, &filter.at(end)),
        }),
    }
}

fn header(page: &IntegrationPage, workspace: &str) -> AnyView {
    let (flow, integration) = (&page.flow, &page.integration);
    let key = integration.key.as_str();
    let id = |what, id: &Option<String>| match id {
        Some(id) => {
            view! { {key_link(id, route::user(workspace, id))}{copy_button(what, id.clone())} }
                .into_any()
        }
        None => dash(),
    };
    let flow_link = view! {
        <a href=route::flow(workspace, flow.key.as_str())>{flow.title().to_owned()}</a>" "{flow_status(flow.status)}
    };
    let mut facts = vec![
        Fact::new("Flow", flow_link),
        Fact::new(
            "Integration ID",
            view! { {key_text(key)}{copy_button("Integration ID", key.to_owned())} },
        ),
        Fact::new("User ID", id("User ID", &integration.user_id)),
        Fact::new("User Auth", id("User Auth", &integration.user_auth)),
        Fact::new(
            "Integration Status",
            integration_status(integration.status, None),
        ),
    ];
    facts.extend(Fact::some("Reason", integration.status_reason.clone()));
    facts.extend(Fact::some(
        "App",
        integration.app_key.as_ref().map(ToString::to_string),
    ));
    facts.push(Fact::new("Date Created", moment(integration.created_at)));
    facts.push(Fact::new(
        "Last Run Status",
        last_run(integration.last_run_status),
    ));
    facts.push(Fact::new("Runs", grouped(integration.runs)));
    facts.push(Fact::new("Failed", grouped(integration.failed_runs)));
    facts.push(Fact::new("Tasks consumed", tasks(page)));
    let heading = match &integration.name {
        Some(name) => name.clone().into_any(),
        None => key_text(key),
    };
    let back = route::integration(workspace, key);
    view! {
        <div class="header-with-ways">
            {page_header(heading, facts)}
            {row_menu::integration_menu(integration, workspace, &back)}
        </div>
        {strip(page, workspace)}
        {integration.description.clone().map(|text| view! { <p class="description">{long_text(&text)}</p> })}
    }
    .into_any()
}

/// In all, this month, today, and a bar for each of the last days.
fn tasks(page: &IntegrationPage) -> AnyView {
    let month: i64 = page.usage.iter().map(|day| day.tasks).sum();
    let today = page.usage.last().map_or(0, |day| day.tasks);
    let recent = format!(
        " in all, {} in 30 days, {} today",
        grouped(month),
        grouped(today)
    );
    view! {
        {grouped(page.integration.tasks)}<span class="quiet">{recent}</span>
        {day_bars(&page.usage)}
    }
    .into_any()
}

/// The last runs at a glance; a failed one leads to its failing step.
fn strip(page: &IntegrationPage, workspace: &str) -> Option<AnyView> {
    if page.strip.len() < 2 {
        return None;
    }
    let zone = zone();
    let entry = |run: &RunRow| {
        let key = run.key.as_str();
        let took = run.duration_ms.map(duration_text);
        let parts = [
            Some(run.status.label().to_owned()),
            Some(zone.long(run.started_at)),
            took,
        ];
        StripRun {
            href: match &run.failing_step {
                Some(step) if run.status == Status::Failed => {
                    route::step(workspace, key, step.as_str())
                }
                _ => route::run(workspace, key),
            },
            title: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            status: run.status,
        }
    };
    Some(run_strip(&page.strip, entry))
}

fn filter(filter: &RunFilter, path: &str) -> AnyView {
    let fields = view! {
        {checks("Status", "status", filters::run_offers(&filter.status))}
        {moments("Start Time", ("started_from", filter.started.from), ("started_to", filter.started.to))}
        {text_field("Network Code", "code", filters::codes(&filter.code), "For instance 401, 5xx, none")}
    };
    let cleared = filter.cleared();
    let active = filter.conditions().len();
    filter_panel(
        path.to_owned(),
        active,
        address(path, &cleared),
        filters::kept(&cleared.to_query()),
        fields.into_any(),
    )
}

fn list(page: &IntegrationPage, path: &str) -> AnyView {
    if page.runs.rows.is_empty() {
        return nothing(page, path);
    }
    let sort = filters::by_start(path, &page.filter);
    view! {
        {table(format!("Runs of {}", page.integration.key), &page.runs.rows, page, Some(sort))}
        {pager(place(page, path))}
    }
    .into_any()
}

fn place(page: &IntegrationPage, path: &str) -> Pager {
    let at = |cursor: Option<Cursor>| address(path, &page.filter.at(cursor));
    let (previous, next) = (page.runs.previous.clone(), page.runs.next.clone());
    Pager {
        noun: "runs",
        total: page.runs.total,
        first: page.runs.first,
        shown: page.runs.rows.len() as i64,
        links: Links {
            first: previous.is_some().then(|| at(None)),
            last: next.is_some().then(|| at(Some(Cursor::Last))),
            previous: previous.map(|cursor| at(Some(cursor))),
            next: next.map(|cursor| at(Some(cursor))),
        },
        sizes: filters::sizes(path, &page.filter),
        files: filters::files(&page.filter, |format, query| {
            let (workspace, key) = (page.workspace.key.as_str(), page.integration.key.as_str());
            route::runs_file(workspace, key, format, query)
        }),
    }
}

/// Which filter emptied the list, and what is alike.
fn nothing(page: &IntegrationPage, path: &str) -> AnyView {
    let filter = &page.filter;
    let clear = address(path, &RunFilter::default());
    let Some(text) = &filter.search else {
        return if filter.narrows() {
            let what = "No run of this integration passes the filter.".to_owned();
            let why = "The filters in force are listed above.".to_owned();
            empty(what, why, Some(("Show all runs", clear)))
        } else {
            let what = "This integration hasn't run.".to_owned();
            let why = "Its runs appear here as they are reported.".to_owned();
            empty(what, why, None)
        };
    };
    let what = format!("No run has exactly the Run ID or the Trigger App “{text}”.");
    let narrowed = !filter.conditions().is_empty();
    let why = match (page.alike.is_empty(), narrowed) {
        (false, _) => "Below are those of which the Run ID begins with it.",
        (true, true) => "The search looked only at what passes the filters above.",
        (true, false) => {
            "In Run IDs upper and lower case are told apart, in Trigger Apps they are not."
        }
    };
    let alike = (!page.alike.is_empty()).then(|| {
        view! {
            <section class="alike" aria-labelledby="alike">
                <h2 id="alike">{format!("Beginning with “{text}”")}</h2>
                {table(format!("Runs of which the ID begins with {text}"), &page.alike, page, None)}
            </section>
        }
    });
    view! { {empty(what, why.to_owned(), Some(("Show all runs", clear)))}{alike} }.into_any()
}

fn table(caption: String, runs: &[RunRow], page: &IntegrationPage, sort: Option<Sort>) -> AnyView {
    let columns = [
        Column::new("Run ID", Place::Name),
        Column::new("Trigger App", Place::Detail),
        Column::new("Trigger Name", Place::Detail),
        Column::new("Trigger Type", Place::Detail),
        Column {
            name: "Start Time",
            place: Place::Time,
            sort,
        },
        Column::new("Duration", Place::Number),
        Column::new("Status", Place::Status),
        Column::new("Network Code", Place::Number),
        Column::new("View", Place::Action),
    ];
    let rows = runs.iter().map(|run| row(run, page)).collect();
    data_table(caption, &columns, rows)
}

fn row(run: &RunRow, page: &IntegrationPage) -> Row {
    let (workspace, now) = (page.workspace.key.as_str(), page.now);
    let key = run.key.as_str();
    let href = route::run(workspace, key);
    let text = |text: &Option<String>| match text {
        Some(text) => {
            view! { <span class="clip" title=text.clone()>{text.clone()}</span> }.into_any()
        }
        None => dash(),
    };
    Row {
        class: if run.status == Status::Failed {
            "row-failed"
        } else {
            ""
        },
        cells: vec![
            key_link(key, href.clone()),
            text(&run.trigger_app),
            text(&run.trigger_name),
            text(&run.trigger_type),
            time_cell(run.started_at, now),
            duration(run.duration_ms),
            run_status(run.status),
            run_code(run.network_code, run.failing_code),
            view! {
                <a href=href>"View"{hidden_text(format!(" steps of {key}"))}</a>
                {row_menu::run_menu(run.id.0, true, run, &page.integration, &page.workspace, page.now)}
            }
            .into_any(),
        ],
    }
}
