//! `/{workspace}/runs/{run}/steps/{step}`: one step and its payload, beside the other steps of its run.

use domain::{Key, Status, StepRow, page::grouped, same::Attempt};
use leptos::prelude::*;

use super::{
    Shown, Trail,
    live::Listen,
    open,
    run::{along_time, took},
    section::{section, section_tabs},
};
use crate::{
    api::{StepPage, run::trigger, show_step},
    components::{
        Fact, NoticeTone, StepItem, copy_button, dash, dropped_notice, hidden_text, key_link,
        key_text, long_text, moment, network_code, notice, outside_link, page_header, run_code,
        run_status, step_list,
    },
    route,
};

pub(crate) fn step() -> AnyView {
    open(
        route::STEP,
        |address| {
            Box::pin(show_step(
                address.key(0),
                address.key(1),
                address.key(2),
                address.query,
            ))
        },
        |wire| wire.open().map(show),
    )
}

fn show(page: StepPage) -> Shown {
    let title = step_title(&page);
    let trail = Trail::new(page.workspace.key.as_str())
        .flow(&page.flow)
        .integration(page.integration.key.as_str())
        .run(page.run.key.as_str());
    let content = view! {
        {trail.to(title.clone())}
        {header(&page, title.clone())}
        {dropped_notice(&page.dropped)}
        <div class="panes">
            {steps(&page)}
            <div class="payload">
                {error(&page)}
                {section_tabs(&page)}
                <h2 class="visually-hidden">{open_section(&page)}</h2>
                {documentation(&page)}
                {section(&page)}
            </div>
        </div>
    };
    Shown {
        title: format!("{} · {title} · {}", page.step.status.label(), page.run.key),
        now: page.now,
        content: content.into_any(),
        found: None,
        again: None,
        live: live(&page),
    }
}

fn open_section(page: &StepPage) -> &'static str {
    match page.changes {
        Some(_) => "What changed",
        None => page.choice.section.label(),
    }
}

/// The other steps, and when each of them ran.
fn steps(page: &StepPage) -> AnyView {
    let times = page.times.as_ref().map(|times| {
        view! {
            <section class="step-times" aria-label="Timeline">
                {along_time(times, Some(page.first_step + page.open))}
            </section>
        }
    });
    view! { <div class="step-side">{step_list(items(page), around(page))}{times}</div> }.into_any()
}

/// While its run goes on, it is read again whenever something of it changes.
fn live(page: &StepPage) -> Option<Listen> {
    let (workspace, run, step) = (&page.workspace.key, &page.run.key, &page.step.key);
    let path = route::step(workspace.as_str(), run.as_str(), step.as_str());
    page.standing
        .as_ref()
        .filter(|standing| !standing.finished)
        .map(|standing| Listen {
            url: route::events(&path, &standing.mark, ""),
            list: None,
        })
}

fn step_title(page: &StepPage) -> String {
    let step = &page.step;
    step.name.clone().unwrap_or_else(|| step.key.to_string())
}

fn header(page: &StepPage, title: String) -> AnyView {
    let workspace = page.workspace.key.as_str();
    let (run, step, integration) = (&page.run, &page.step, &page.integration);
    let run_link = view! {
        {run_status(run.status)}" "{key_link(run.key.as_str(), route::run(workspace, run.key.as_str()))}
        " "{run_code(run.network_code, run.failing_code)}
    };
    let integration_link = key_link(
        integration.key.as_str(),
        route::integration(workspace, integration.key.as_str()),
    );
    let step_id =
        view! { {key_text(step.key.as_str())}{copy_button("Step ID", step.key.to_string())} };
    let started = step.started_at.map_or_else(dash, moment);
    let mut facts = vec![
        Fact::new("Step ID", step_id),
        Fact::new("Start Time", started),
        Fact::new(
            "Duration",
            took(step.status, step.started_at, step.duration_ms),
        ),
        Fact::new("Network Code", network_code(step.network_code)),
    ];
    let attempt = match attempt(page, page.open) {
        Some(Attempt { number, of, .. }) => Some(format!("{number} of {of}")),
        None => step.attempt.map(grouped),
    };
    facts.extend(Fact::some("Attempt", attempt));
    facts.push(Fact::new("Run", run_link));
    facts.push(Fact::new("Integration", integration_link));
    let user = |user: &String| key_link(user, route::user(workspace, user));
    facts.extend(
        integration
            .user_id
            .as_ref()
            .map(|id| Fact::new("User ID", user(id))),
    );
    facts.extend(
        integration
            .user_auth
            .as_ref()
            .map(|id| Fact::new("User Auth", user(id))),
    );
    facts.extend(Fact::some("Trigger", trigger(run)));
    let app = page.app.as_ref();
    let app = app.map(|app| app.name.clone().unwrap_or_else(|| app.key.to_string()));
    let heading = view! {
        {run_status(step.status)}" "
        <span class="step-number">{hidden_text("step ")}{page.first_step + page.open}</span>" "
        {app.map(|app| view! { <span class="step-app">{app}" · "</span> })}
        {title}
    };
    view! {
        <div class="header-with-ways">
            {page_header(heading.into_any(), facts)}
            {ways(page)}
        </div>
    }
    .into_any()
}

/// The steps before and behind, and the failing ones among those around.
fn ways(page: &StepPage) -> AnyView {
    let open = page.open as usize;
    let failed = |row: &&StepRow| row.status == Status::Failed;
    let before = page.steps.get(..open).unwrap_or_default();
    let behind = page.steps.get(open + 1..).unwrap_or_default();
    let any_failed = before.iter().chain(behind).any(|row| failed(&row));
    let (earlier, later) = &page.attempts_beside;
    let attempts = (earlier.is_some() || later.is_some()).then(|| {
        let at = |key: &Key| step_at(page, key);
        view! {
            {way_to("‹ Previous attempt", earlier.as_ref().map(at))}
            {way_to("Next attempt ›", later.as_ref().map(at))}
        }
    });
    view! {
        <nav class="step-ways" aria-label="Other steps">
            {attempts}
            {way(page, "‹ Previous step", before.last())}
            {way(page, "Next step ›", behind.first())}
            {any_failed
                .then(|| {
                    view! {
                        {way(page, "‹ Previous failed", before.iter().rev().find(failed))}
                        {way(page, "Next failed ›", behind.iter().find(failed))}
                    }
                })}
        </nav>
    }
    .into_any()
}

fn way(page: &StepPage, text: &'static str, to: Option<&StepRow>) -> AnyView {
    way_to(text, to.map(|row| step_at(page, &row.key)))
}

fn step_at(page: &StepPage, key: &Key) -> String {
    let (workspace, run) = (page.workspace.key.as_str(), page.run.key.as_str());
    route::step(workspace, run, key.as_str())
}

fn way_to(text: &'static str, href: Option<String>) -> AnyView {
    let (role, off, index) = match href {
        Some(_) => (None, None, None),
        None => (Some("link"), Some("true"), Some("-1")),
    };
    view! { <a class="button" href=href role=role aria-disabled=off tabindex=index>{text}</a> }
        .into_any()
}

/// What is known of a listed step as one of several attempts.
fn attempt(page: &StepPage, at: u32) -> Option<Attempt> {
    let mut known = page.attempts.iter().filter(|attempt| attempt.step == at);
    known.next().copied()
}

fn items(page: &StepPage) -> Vec<StepItem> {
    let (workspace, run) = (page.workspace.key.as_str(), page.run.key.as_str());
    let item = |(index, row): (usize, &StepRow)| StepItem {
        number: page.first_step + index as u32,
        status: row.status,
        app: row.app().map(str::to_owned),
        name: row.title().to_owned(),
        duration_ms: row.duration_ms,
        network_code: row.network_code,
        href: route::step(workspace, run, row.key.as_str()),
        open: index == page.open as usize,
        attempt: attempt(page, index as u32),
    };
    page.steps.iter().enumerate().map(item).collect()
}

/// Which steps the list holds, where they are not all.
fn around(page: &StepPage) -> Option<AnyView> {
    let shown = page.steps.len() as u32;
    if shown == page.steps_total {
        return None;
    }
    let (first, total) = (page.first_step, grouped(i64::from(page.steps_total)));
    let text = format!("{first}–{} of {total}. ", first + shown - 1);
    let href = route::run_from(
        page.workspace.key.as_str(),
        page.run.key.as_str(),
        first as usize,
    );
    Some(view! { <p class="quiet">{text}<a href=href>"All steps"</a></p> }.into_any())
}

fn error(page: &StepPage) -> Option<AnyView> {
    let error = page.step.error.clone()?;
    let text = view! {
        <div class="error-row">
            <p class="error-text" tabindex="0">{long_text(&error)}</p>
            {copy_button("error", error)}
        </div>
    };
    let tone = if page.step.status == Status::Failed {
        NoticeTone::Failed
    } else {
        NoticeTone::Info
    };
    Some(notice(tone, text.into_any()))
}

/// Where the app's provider explains its API and its errors, and whom to ask there.
fn documentation(page: &StepPage) -> Option<AnyView> {
    let app = page.app.as_ref()?;
    let name = app.name.clone().unwrap_or_else(|| app.key.to_string());
    let mut links = Vec::new();
    if let Some(href) = app.error_documentation_url.clone() {
        links.push(outside_link(href, format!("Error documentation of {name}")));
    }
    if let Some(href) = app.documentation_url.clone() {
        links.push(outside_link(href, format!("API documentation of {name}")));
    }
    let contact = app
        .contact
        .clone()
        .map(|contact| format!("Contact: {contact}"));
    if links.is_empty() && contact.is_none() {
        return None;
    }
    let links = links
        .into_iter()
        .map(|link| view! { <li>{link}</li> })
        .collect::<Vec<_>>();
    Some(
        view! {
            <ul class="documentation" aria-label="Documentation">
                {links}
                {contact.map(|contact| view! { <li>{contact}</li> })}
            </ul>
        }
        .into_any(),
    )
}
