//! `/{workspace}/integrations/{integration}`: the runs of an integration.

use domain::{RunRow, Status, page::grouped, time::duration_text, view::ViewList};
use leptos::prelude::*;

use super::{Shown, Trail, list_parts::At, open, row_menu, run_list::RunList};
use crate::{
    api::{IntegrationPage, show_integration},
    components::{
        Fact, StripRun, copy_button, dash, day_bars, dropped_notice, flow_status,
        integration_status, key_link, key_text, last_run, long_text, moment, page_header, position,
        run_strip, zone,
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
    let list = RunList {
        at: At {
            workspace,
            list: ViewList::IntegrationRuns,
            of: Some(&page.integration.key),
            path: &path,
            filter: &page.filter,
        },
        workspace: &page.workspace,
        integration: Some(&page.integration),
        runs: &page.runs,
        alike: &page.alike,
        views: &page.views,
        now: page.now,
    };
    let content = view! {
        {Trail::new(workspace).flow(&page.flow).to(key)}
        {header(&page, workspace)}
        {dropped_notice(&page.dropped)}
        {list.show()}
    };
    Shown {
        title: format!("{key} · {}", page.flow.title()),
        now: page.now,
        content: content.into_any(),
        found: Some(position(&list.place())),
        again: None,
        live: Some(list.live(&path, page.seen)),
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
