//! `/{workspace}/users/{user}`: one end-user over all flows.

use domain::{
    Integration, LastRun, RunRow, Status, Timestamp, filter::RunFilter, page::grouped,
    user::UserIntegration,
};
use leptos::prelude::*;

use super::{
    Shown, Trail,
    filters::address,
    open, row_menu,
    run_list::{row_class, status},
};
use crate::{
    api::{UserPage, show_user},
    components::{
        Column, Fact, Place, Row, copy_button, dash, data_table, day_bars, duration, empty,
        hidden_text, integration_status, key_link, key_text, last_run, page_header, run_code,
        time_cell,
    },
    route,
};

pub(crate) fn user() -> AnyView {
    open(
        route::USER,
        |address| Box::pin(show_user(address.key(0), address.key(1))),
        |wire| wire.open().map(show),
    )
}

fn show(page: UserPage) -> Shown {
    let workspace = page.workspace.key.as_str();
    let content = view! {
        {Trail::new(workspace).to(page.user.clone())}
        {header(&page)}
        {integrations(&page)}
        {runs(&page)}
    };
    Shown {
        title: format!("{} · end-user", page.user),
        now: page.now,
        content: content.into_any(),
        found: None,
        again: None,
        live: None,
    }
}

/// The other ID, where all integrations agree on it.
fn the_one(page: &UserPage, field: fn(&Integration) -> Option<&String>) -> Option<&String> {
    let mut all = page
        .integrations
        .iter()
        .filter_map(|row| field(&row.integration));
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

fn header(page: &UserPage) -> AnyView {
    let id = |what, id: Option<&String>| {
        let id = id?.clone();
        let value = view! { {key_text(&id)}{copy_button(what, id.clone())} };
        Some(Fact::new(what, value))
    };
    let count = |of: fn(&Integration) -> i64| -> i64 {
        let rows = page.integrations.iter();
        rows.map(|row| of(&row.integration)).sum()
    };
    let tasks: i64 = page.usage.iter().map(|day| day.tasks).sum();
    let today = page.usage.last().map_or(0, |day| day.tasks);
    let consumed = view! {
        {grouped(tasks)}<span class="quiet">{format!(" in 30 days, {} today", grouped(today))}</span>
        {day_bars(&page.usage)}
    };
    let mut facts = Vec::new();
    facts.extend(id("User ID", the_one(page, |row| row.user_id.as_ref())));
    facts.extend(id("User Auth", the_one(page, |row| row.user_auth.as_ref())));
    facts.push(Fact::new("Integrations", grouped(page.total)));
    facts.push(Fact::new(
        "Faulty",
        grouped(count(|row| i64::from(row.is_faulty()))),
    ));
    facts.push(Fact::new("Runs", grouped(count(|row| row.runs))));
    facts.push(Fact::new("Failed", grouped(count(|row| row.failed_runs))));
    facts.push(Fact::new("Tasks consumed", consumed));
    page_header(key_text(&page.user), facts)
}

fn integrations(page: &UserPage) -> AnyView {
    let columns = [
        Column::new("Integration ID", Place::Name),
        Column::new("Flow", Place::Detail),
        Column::new("User ID", Place::Detail),
        Column::new("User Auth", Place::Detail),
        Column::new("Tasks", Place::Number),
        Column::new("Last Run Start", Place::Time),
        Column::new("Last Run Status", Place::Status),
        Column::new("Integration Status", Place::Detail),
        Column::new("View", Place::Action),
    ];
    let shown = page.integrations.len() as i64;
    let note = (shown < page.total).then(|| {
        let text = format!(
            "The {} that ran last of {}. Sums above are of these.",
            grouped(shown),
            grouped(page.total)
        );
        view! { <p class="quiet">{text}</p> }
    });
    let rows = page
        .integrations
        .iter()
        .map(|row| integration_row(row, page))
        .collect();
    view! {
        <section aria-labelledby="integrations">
            <h2 id="integrations">"Integrations "<span class="quiet">{grouped(page.total)}</span></h2>
            {note}
            {data_table(format!("Integrations of {}", page.user), &columns, rows)}
        </section>
    }
    .into_any()
}

fn integration_row(row: &UserIntegration, page: &UserPage) -> Row {
    let UserIntegration {
        integration,
        flow_key,
        flow_name,
    } = row;
    let workspace = page.workspace.key.as_str();
    let key = integration.key.as_str();
    let href = route::integration(workspace, key);
    let flow = flow_name.clone().unwrap_or_else(|| flow_key.to_string());
    let id = |id: &Option<String>| match id {
        Some(id) => key_text(id),
        None => dash(),
    };
    let back = route::user(workspace, &page.user);
    let view = view! {
        <a href=href.clone()>"View"{hidden_text(format!(" runs of {key}"))}</a>
        {row_menu::integration_menu(integration, workspace, &back)}
    };
    Row {
        class: if integration.is_faulty() {
            "row-failed"
        } else {
            ""
        },
        cells: vec![
            key_link(key, href),
            view! { <a href=route::flow(workspace, flow_key.as_str())>{flow}</a> }.into_any(),
            id(&integration.user_id),
            id(&integration.user_auth),
            grouped(integration.tasks).into_any(),
            integration
                .last_run_at
                .map_or_else(|| ().into_any(), |at| time_cell(at, page.now)),
            last_run_link(integration, workspace),
            integration_status(integration.status, integration.status_reason.clone()),
            view.into_any(),
        ],
    }
}

/// A failed last run leads straight to the response that explains it.
pub(super) fn last_run_link(integration: &Integration, workspace: &str) -> AnyView {
    let mark = last_run(integration.last_run_status);
    match &integration.last_run_key {
        Some(run) if integration.last_run_status == LastRun::Failed => {
            let href = route::failing(workspace, run.as_str());
            view! {
                <a class="to-failure" href=href rel="external" title="View the failing response">{mark}</a>
            }
            .into_any()
        }
        _ => mark,
    }
}

fn runs(page: &UserPage) -> AnyView {
    let of_user = RunFilter {
        user: Some(page.user.clone()),
        ..RunFilter::default()
    };
    let all = address(&route::runs(page.workspace.key.as_str()), &of_user);
    let content = if page.runs.is_empty() {
        empty(
            "No runs.".to_owned(),
            "None of these integrations has run.".to_owned(),
            None,
        )
    } else {
        let columns = [
            Column::new("Run ID", Place::Name),
            Column::new("Integration ID", Place::Detail),
            Column::new("Start Time", Place::Time),
            Column::new("Duration", Place::Number),
            Column::new("Status", Place::Status),
            Column::new("Network Code", Place::Number),
            Column::new("View", Place::Action),
        ];
        let rows = page
            .runs
            .iter()
            .map(|run| run_row(run, page.workspace.key.as_str(), page.now))
            .collect();
        data_table(format!("Last runs of {}", page.user), &columns, rows)
    };
    view! {
        <section aria-labelledby="runs">
            <h2 id="runs">"Last runs"</h2>
            {content}
            {(!page.runs.is_empty()).then(|| view! { <p><a href=all>{format!("All runs of {}", page.user)}</a></p> })}
        </section>
    }
    .into_any()
}

fn run_row(run: &RunRow, workspace: &str, now: Timestamp) -> Row {
    let key = run.key.as_str();
    let integration = run.integration_key.as_str();
    let (href, text) = match &run.failing_step {
        Some(step) if run.status == Status::Failed => {
            (route::step(workspace, key, step.as_str()), "View response")
        }
        _ => (route::run(workspace, key), "View"),
    };
    Row {
        class: row_class(run),
        cells: vec![
            key_link(key, route::run(workspace, key)),
            key_link(integration, route::integration(workspace, integration)),
            time_cell(run.started_at, now),
            duration(run.duration_ms),
            status(run),
            run_code(run.network_code, run.failing_code),
            view! { <a href=href>{text}{hidden_text(format!(" of {key}"))}</a> }.into_any(),
        ],
    }
}
