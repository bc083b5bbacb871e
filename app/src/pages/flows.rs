//! `/{workspace}/flows`: the flows of a workspace, or how to begin.

use std::time::Duration;

use domain::{
    Cursor, Flow, PageSize,
    filter::{FlowFilter, IntegrationFilter},
    page::{grouped, rounded},
};
use leptos::prelude::*;

use super::{Shown, filters, open};
use crate::{
    api::{Demo, FirstStart, FlowsPage, list_flows},
    components::{
        Column, FIRST_RUN, FirstReport, Links, MenuItem, Pager, Place, Row, Size, dash, data_table,
        demo_failed, demo_form, demo_progress, dropped_notice, empty, first_start, flow_status,
        key_text, menu, page_header, pager, position, search_form, tip,
    },
    route,
};

/// How often a reader with script sees the numbers of a sample that is being loaded.
const DEMO_EVERY: Duration = Duration::from_secs(1);

pub(crate) fn flows() -> AnyView {
    open(
        route::FLOWS,
        |address| Box::pin(list_flows(address.key(0), address.query)),
        |wire| wire.open().map(show),
    )
}

fn show(page: FlowsPage) -> Shown {
    let workspace = page.workspace.key.as_str();
    let path = route::flows(workspace);
    let loading = matches!(page.demo, Demo::Loading { .. });
    let progress = match &page.demo {
        Demo::Loading { done, total } => Some(demo_progress(*done, *total)),
        Demo::Failed(sentence) => Some(demo_failed(sentence)),
        Demo::Idle | Demo::Done => None,
    };
    let unsearched = FlowFilter {
        search: None,
        ..page.filter.at(None)
    };
    let content = match &page.first_start {
        Some(first) => {
            let demo = if loading { ().into_any() } else { demo_form(route::demo(workspace)) };
            view! { {page_header("Welcome to Integration View".into_any(), vec![])}{progress}{first_start(report(first, page.now), demo)} }
                .into_any()
        }
        None => view! {
            {page_header("Flows".into_any(), vec![])}
            {progress}
            {dropped_notice(&page.dropped)}
            <div class="toolbar">
                {search_form(path.clone(), "search", "Name or ID begins with", page.filter.search.clone(), filters::kept(&unsearched.to_query()))}
            </div>
            {list(&page, workspace, &path)}
        }
        .into_any(),
    };
    Shown {
        title: "Flows".to_owned(),
        now: page.now,
        content,
        found: page
            .first_start
            .is_none()
            .then(|| position(&place(&page, &path))),
        again: loading.then_some(DEMO_EVERY),
        live: None,
    }
}

fn report(first: &FirstStart, now: domain::Timestamp) -> FirstReport {
    FirstReport {
        url: route::report_run(&first.origin, FIRST_RUN),
        key: first.key.clone(),
        started_at: now,
        description: route::OPENAPI,
    }
}

fn list(page: &FlowsPage, workspace: &str, path: &str) -> AnyView {
    if page.flows.rows.is_empty() {
        let what = match &page.filter.search {
            Some(text) => format!("No flow begins with “{text}”."),
            None => "No flows here.".to_owned(),
        };
        let why = "The search looks at the beginning of names and IDs; upper and lower case are the same to it.";
        return empty(
            what,
            why.to_owned(),
            Some(("Show all flows", path.to_owned())),
        );
    }
    let columns = [
        Column::new("Name", Place::Name),
        Column::new("Status", Place::Status),
        Column::new("Integrations", Place::Detail),
        Column::new("Faulty", Place::Number),
        Column::new("Runs", Place::Number),
        Column::new("Failed runs", Place::Number),
        Column::new("More", Place::Action),
    ];
    let rows = page
        .flows
        .rows
        .iter()
        .map(|flow| row(flow, workspace))
        .collect();
    view! {
        {data_table(format!("Flows of {workspace}"), &columns, rows)}
        {pager(place(page, path))}
    }
    .into_any()
}

fn row(flow: &Flow, workspace: &str) -> Row {
    let href = route::flow(workspace, flow.key.as_str());
    let faulty = filters::address(&href, &filters::faulty_only(&IntegrationFilter::default()));
    let name = view! {
        <a class="name-link" href=href.clone()>{flow.title().to_owned()}</a>
        {flow.name.is_some().then(|| view! { <span class="sub-line">{key_text(flow.key.as_str())}</span> })}
    };
    let count =
        |number: i64| view! { <span title=grouped(number)>{rounded(number)}</span> }.into_any();
    let tip_id = format!("stats-{}", flow.id.0);
    let integrations = if flow.integrations > 0 {
        let text = match flow.integrations {
            1 => "1 integration".to_owned(),
            many => format!("{} integrations", grouped(many)),
        };
        let link =
            view! { <a href=href.clone() aria-describedby=tip_id.clone()>{text}</a> }.into_any();
        tip(tip_id, "View Integrations", link)
    } else {
        let text = view! { <span class="quiet">"No integrations"</span> }.into_any();
        tip(tip_id, "No integrations to see", text)
    };
    let faulty = if flow.faulty > 0 {
        view! { <a class="failed-count" href=faulty title="View faulty integrations">{grouped(flow.faulty)}</a> }.into_any()
    } else {
        dash()
    };
    let failed = if flow.failed_runs > 0 {
        view! { <span class="failed-count" title=grouped(flow.failed_runs)>{rounded(flow.failed_runs)}</span> }.into_any()
    } else {
        dash()
    };
    Row {
        class: "",
        cells: vec![
            name.into_any(),
            flow_status(flow.status),
            integrations,
            faulty,
            if flow.runs > 0 {
                count(flow.runs)
            } else {
                dash()
            },
            failed,
            menu(
                format!("menu-{}", flow.id.0),
                format!("flow {}", flow.title()),
                vec![
                    MenuItem::Link {
                        text: "All Integrations".to_owned(),
                        href: href.clone(),
                    },
                    MenuItem::CopyLink { what: "Link", href },
                ],
            ),
        ],
    }
}

fn place(page: &FlowsPage, path: &str) -> Pager {
    let at = |cursor: Option<Cursor>| format!("{path}{}", page.filter.at(cursor).to_query());
    let sizes = PageSize::ALL.map(|size| Size {
        rows: size.rows(),
        href: format!(
            "{path}{}",
            FlowFilter {
                size,
                ..page.filter.at(None)
            }
            .to_query()
        ),
        chosen: size == page.filter.size,
    });
    Pager {
        noun: "flows",
        total: page.flows.total,
        first: page.flows.first,
        shown: page.flows.rows.len() as i64,
        links: Links {
            first: page.flows.previous.is_some().then(|| at(None)),
            previous: page.flows.previous.clone().map(|cursor| at(Some(cursor))),
            next: page.flows.next.clone().map(|cursor| at(Some(cursor))),
            last: page.flows.next.is_some().then(|| at(Some(Cursor::Last))),
        },
        sizes: sizes.into(),
        files: filters::format_links(|format| {
            route::flows_file(
                page.workspace.key.as_str(),
                format,
                &page.filter.at(None).to_query(),
            )
        }),
    }
}
