//! `/{workspace}/find?q=…`: what was pasted, or straight to it where it is one thing.

use domain::{
    Flow, Integration, Key, RunRow, Status, Timestamp,
    filter::RunFilter,
    find::{FoundStep, STEPS_FOUND},
};
use leptos::prelude::*;

use super::{Shown, filters::address, open};
use crate::{
    api::{FindPage, find as find_read},
    components::{
        Column, Place, Row, dash, data_table, empty, flow_status, hidden_text, integration_status,
        key_link, key_text, network_code, page_header, run_status, run_word, time_cell,
    },
    route,
};

pub(crate) fn find() -> AnyView {
    open(
        route::FIND,
        |address| Box::pin(find_read(address.key(0), address.query)),
        |wire| wire.open().map(show),
    )
}

fn show(page: FindPage) -> Shown {
    let goto = only(&page);
    #[cfg(feature = "ssr")]
    if let Some(href) = &goto
        && let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(address) = http::HeaderValue::from_str(href)
    {
        response.set_status(http::StatusCode::FOUND);
        response.insert_header(http::header::LOCATION, address);
    }
    let content = match goto {
        // Only who comes here without a reload sees it, or a browser that follows no redirect.
        Some(href) => view! {
            {page_header("Found".into_any(), vec![])}
            <p><a href=href.clone() rel="external">{href.clone()}</a></p>
        }
        .into_any(),
        None => results(&page),
    };
    Shown {
        title: "Find".to_owned(),
        now: page.now,
        content,
        found: None,
        again: None,
        live: None,
    }
}

/// Where one thing alone is meant: straight to it, and to the failing response of a failed run.
fn only(page: &FindPage) -> Option<String> {
    let workspace = page.workspace.key.as_str();
    if let Some(link) = route::pasted_link(workspace, &page.text) {
        return Some(link);
    }
    if page.matches() != 1 {
        return None;
    }
    if let Some(run) = &page.run {
        let failing = (run.status, &run.failing_step);
        return Some(run_page(workspace, run.key.as_str(), failing));
    }
    if let Some(run) = page.referred.first() {
        let failing = (run.status, &run.failing_step);
        return Some(run_page(workspace, run.key.as_str(), failing));
    }
    if let Some(step) = page.steps.first() {
        return Some(route::step(
            workspace,
            step.run_key.as_str(),
            step.key.as_str(),
        ));
    }
    if let Some(integration) = &page.integration {
        return Some(route::integration(workspace, integration.key.as_str()));
    }
    if let Some(flow) = &page.flow {
        return Some(route::flow(workspace, flow.key.as_str()));
    }
    Some(route::user(workspace, &page.text))
}

/// A failed run leads to where it failed.
fn run_page(workspace: &str, run: &str, failing: (Status, &Option<Key>)) -> String {
    match failing {
        (Status::Failed, Some(step)) => route::step(workspace, run, step.as_str()),
        _ => route::run(workspace, run),
    }
}

fn results(page: &FindPage) -> AnyView {
    let text = &page.text;
    if text.is_empty() {
        return view! {
            {page_header("Find".into_any(), vec![])}
            {empty(
                "Nothing to look for.".to_owned(),
                "Paste a User ID, an e-mail address, an Integration, Run or Step ID, or a link from a ticket into the box above.".to_owned(),
                None,
            )}
        }
        .into_any();
    }
    let exact = !page.is_empty();
    let heading = if exact {
        format!("“{text}” is the ID of several things")
    } else {
        format!("Nothing has exactly the ID “{text}”")
    };
    let workspace = page.workspace.key.as_str();
    let flows: Vec<&Flow> = page.flow.iter().chain(&page.flows).collect();
    let integrations: Vec<&Integration> =
        page.integration.iter().chain(&page.integrations).collect();
    let sections = [
        (page.of_user > 0).then(|| user(page)),
        (!integrations.is_empty())
            .then(|| section("Integrations", list_integrations(&integrations, workspace))),
        (page.run.is_some() || !page.runs.is_empty())
            .then(|| section("Runs", list_runs(page, workspace))),
        (!page.referred.is_empty()).then(|| referred(page, workspace)),
        (!page.steps.is_empty()).then(|| steps(page, workspace)),
        (!flows.is_empty()).then(|| section("Flows", list_flows(&flows, workspace))),
    ];
    let sections: Vec<_> = sections.into_iter().flatten().collect();
    let note = match (exact, sections.is_empty()) {
        (true, _) => None,
        (false, false) => Some(view! { <p class="description">"Below is what begins with it. Choose only what you are sure of."</p> }.into_any()),
        (false, true) => Some(empty(
            "Nothing begins with it either.".to_owned(),
            "It may belong to another workspace, or may never have been reported. Upper and lower case are told apart in complete IDs.".to_owned(),
            Some(("All flows", route::flows(workspace))),
        )),
    };
    view! {
        {page_header(heading.into_any(), vec![])}
        {note}
        {sections}
    }
    .into_any()
}

fn section(name: &'static str, content: AnyView) -> AnyView {
    view! { <section class="found"><h2>{name}</h2>{content}</section> }.into_any()
}

fn user(page: &FindPage) -> AnyView {
    let href = route::user(page.workspace.key.as_str(), &page.text);
    let count = match page.of_user {
        1 => "1 integration".to_owned(),
        many => format!("{many} integrations"),
    };
    section(
        "End-user",
        view! { <p><a href=href>{page.text.clone()}</a>" "<span class="quiet">{count}</span></p> }
            .into_any(),
    )
}

fn list_integrations(integrations: &[&Integration], workspace: &str) -> AnyView {
    let columns = [
        Column::new("Integration ID", Place::Name),
        Column::new("User ID", Place::Detail),
        Column::new("User Auth", Place::Detail),
        Column::new("Last Run Status", Place::Status),
        Column::new("Integration Status", Place::Detail),
    ];
    let id = |id: &Option<String>| match id {
        Some(id) => view! { <a href=route::user(workspace, id)>{key_text(id)}</a> }.into_any(),
        None => dash(),
    };
    let rows = integrations.iter().map(|row| Row {
        class: "",
        cells: vec![
            key_link(
                row.key.as_str(),
                route::integration(workspace, row.key.as_str()),
            ),
            id(&row.user_id),
            id(&row.user_auth),
            super::user::last_run_link(row, workspace),
            integration_status(row.status, row.status_reason.clone()),
        ],
    });
    data_table("Integrations".to_owned(), &columns, rows.collect())
}

fn list_runs(page: &FindPage, workspace: &str) -> AnyView {
    let exact = page.run.iter().map(|run| {
        let key = run.key.as_str();
        let href = run_page(workspace, key, (run.status, &run.failing_step));
        run_row(
            page,
            (key, href),
            run.started_at,
            (run.status, &run.label),
            run.network_code,
        )
    });
    let alike = page.runs.iter().map(|run| {
        let href = route::run(workspace, run.key.as_str());
        listed_run(page, run, href)
    });
    runs_table(exact.chain(alike).collect())
}

/// The runs that are called so elsewhere; the list of runs has those that have no room here.
fn referred(page: &FindPage, workspace: &str) -> AnyView {
    let rows = page.referred.iter().map(|run| {
        let href = run_page(workspace, run.key.as_str(), (run.status, &run.failing_step));
        listed_run(page, run, href)
    });
    let filter = RunFilter {
        reference: Some(page.text.clone()),
        ..RunFilter::default()
    };
    let all = address(&route::runs(workspace), &filter);
    let content = view! {
        {runs_table(rows.collect())}
        <p><a href=all>"All runs of this reference"</a></p>
    };
    section("Runs that are called so elsewhere", content.into_any())
}

fn runs_table(rows: Vec<Row>) -> AnyView {
    let columns = [
        Column::new("Run ID", Place::Name),
        Column::new("Start Time", Place::Time),
        Column::new("Status", Place::Status),
        Column::new("Network Code", Place::Number),
    ];
    data_table("Runs".to_owned(), &columns, rows)
}

fn listed_run(page: &FindPage, run: &RunRow, href: String) -> Row {
    let status = (run.status, &run.label);
    run_row(
        page,
        (run.key.as_str(), href),
        run.started_at,
        status,
        run.network_code,
    )
}

fn run_row(
    page: &FindPage,
    (key, href): (&str, String),
    started_at: Timestamp,
    (status, label): (Status, &Option<String>),
    code: Option<i64>,
) -> Row {
    Row {
        class: "",
        cells: vec![
            key_link(key, href),
            time_cell(started_at, page.now),
            run_word(status, label.clone()),
            network_code(code),
        ],
    }
}

fn steps(page: &FindPage, workspace: &str) -> AnyView {
    let columns = [
        Column::new("Step", Place::Name),
        Column::new("Run ID", Place::Detail),
        Column::new("Start Time", Place::Time),
        Column::new("Step Status", Place::Status),
        Column::new("Network Code", Place::Number),
    ];
    let row = |step: &FoundStep| {
        let (run, key) = (step.run_key.as_str(), step.key.as_str());
        let title = step.name.clone().unwrap_or_else(|| key.to_owned());
        let href = route::step(workspace, run, key);
        Row {
            class: "",
            cells: vec![
                view! { <a href=href>{title}{hidden_text(format!(" of run {run}"))}</a> }
                    .into_any(),
                key_link(run, route::run(workspace, run)),
                step.started_at
                    .map_or_else(dash, |at| time_cell(at, page.now)),
                run_status(step.status),
                network_code(step.network_code),
            ],
        }
    };
    let rows: Vec<_> = page.steps.iter().take(STEPS_FOUND).map(row).collect();
    let note = (page.steps.len() > STEPS_FOUND).then(|| {
        let text =
            format!("More than {STEPS_FOUND} runs have a step of this ID. These are the newest.");
        view! { <p class="quiet">{text}</p> }
    });
    section(
        "Steps",
        view! { {note}{data_table("Steps".to_owned(), &columns, rows)} }.into_any(),
    )
}

fn list_flows(flows: &[&Flow], workspace: &str) -> AnyView {
    let columns = [
        Column::new("Name", Place::Name),
        Column::new("Flow ID", Place::Detail),
        Column::new("Status", Place::Status),
    ];
    let rows = flows.iter().map(|flow| {
        let href = route::flow(workspace, flow.key.as_str());
        Row {
            class: "",
            cells: vec![
                view! { <a href=href>{flow.title().to_owned()}</a> }.into_any(),
                key_text(flow.key.as_str()),
                flow_status(flow.status),
            ],
        }
    });
    data_table("Flows".to_owned(), &columns, rows.collect())
}
