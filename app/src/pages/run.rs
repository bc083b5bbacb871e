//! `/{workspace}/runs/{run}`: the steps of a run, the failing one first; its files, its log.

mod banner;

use domain::{
    Key, Run, Status, StepRow, Timestamp, access::Role, live::Standing, page::grouped,
    same::Attempt, time::duration_text,
};
use leptos::prelude::*;

use self::banner::banner;
use super::{Shown, Trail, live::Listen, log_parts::Rest, open, row_menu};
use crate::{
    api::{RunPage, STEPS_PER_PAGE, Times, Wire, run::trigger, show_run},
    components::{
        Column, Fact, Links, Pager, Place, Row, copy_button, dash, data_table, duration, empty,
        hidden_text, integration_status, key_link, key_text, long_text, may, moment, network_code,
        page_header, pager, run_code, run_status, run_word, running_for, time_cell, timeline,
    },
    error::AppError,
    route,
};

pub(crate) fn run() -> AnyView {
    open(
        route::RUN,
        |address| {
            Box::pin(show_run(
                address.key(0),
                address.key(1),
                address.query,
                false,
            ))
        },
        shown,
    )
}

/// `/{workspace}/runs/{run}/log`
pub(crate) fn log() -> AnyView {
    open(
        route::LOG,
        |address| {
            Box::pin(show_run(
                address.key(0),
                address.key(1),
                address.query,
                true,
            ))
        },
        shown,
    )
}

fn shown(wire: Wire) -> Result<Shown, AppError> {
    wire.open().map(show)
}

fn show(page: RunPage) -> Shown {
    let workspace = page.workspace.key.as_str();
    let key = page.run.key.as_str();
    let live = listen(workspace, key, page.standing.as_ref());
    let trail = Trail::new(workspace)
        .flow(&page.flow)
        .integration(page.integration.key.as_str());
    let (title, trail, content) = match page.is_log {
        true => (
            format!("Log of {key}"),
            trail.run(key).to("Log"),
            super::log::log(&page, live.is_some()),
        ),
        false => (
            format!("{} · {key}", page.run.status.label()),
            trail.to(key),
            parts(&page, workspace),
        ),
    };
    let content = view! { {trail}{header(&page, workspace)}{content} };
    Shown {
        title,
        now: page.now,
        content: content.into_any(),
        found: None,
        again: None,
        live,
    }
}

fn parts(page: &RunPage, workspace: &str) -> AnyView {
    let rest = Rest::of(page);
    view! {
        {banner(page, workspace)}
        {steps(page, workspace)}
        {rest.files()}
        {rest.log()}
    }
    .into_any()
}

/// While it runs, it is read again whenever something of it changes.
fn listen(workspace: &str, run: &str, standing: Option<&Standing>) -> Option<Listen> {
    let standing = standing.filter(|standing| !standing.finished)?;
    let path = route::run(workspace, run);
    Some(Listen {
        url: route::events(&path, &standing.mark, ""),
        list: None,
    })
}

/// How long it took, or has been running.
pub(super) fn took(status: Status, since: Option<Timestamp>, ms: Option<i64>) -> AnyView {
    match since {
        Some(since) if status == Status::Running && ms.is_none() => running_for(since),
        _ => duration(ms),
    }
}

fn header(page: &RunPage, workspace: &str) -> AnyView {
    let run = &page.run;
    // Of the whole log there is to be seen as much as a screen has room for.
    let (of, facts, summary) = match page.is_log {
        true => {
            let count = Fact::new("Log Entries", super::log::count(&page.log));
            (" Log of ", vec![count], None)
        }
        false => (" ", facts(page, workspace), run.summary.as_ref()),
    };
    let status = run_word(run.status, run.label.clone());
    let heading = view! { {status}{of}{key_text(run.key.as_str())} };
    view! {
        <div class="header-with-ways">
            {page_header(heading.into_any(), facts)}
            {ways(page, workspace)}
        </div>
        {summary.map(|text| view! { <p class="description">{long_text(text)}</p> })}
    }
    .into_any()
}

fn facts(page: &RunPage, workspace: &str) -> Vec<Fact> {
    let (run, integration) = (&page.run, &page.integration);
    let key = run.key.as_str();
    let integration_link = view! {
        {key_link(integration.key.as_str(), route::integration(workspace, integration.key.as_str()))}
        " "
        {integration_status(integration.status, integration.status_reason.clone())}
    };
    let mut facts = vec![
        Fact::new(
            "Run ID",
            view! { {key_text(key)}{copy_button("Run ID", key.to_owned())} },
        ),
        Fact::new("Integration", integration_link),
    ];
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
    facts.extend(run.reference.as_ref().map(|text| {
        let text = text.clone();
        Fact::new(
            "Reference",
            view! { {key_text(&text)}{copy_button("reference", text)} },
        )
    }));
    facts.push(Fact::new("Start Time", began(run)));
    if run.is_late() {
        facts.push(Fact::new("Received", moment(run.received_at)));
    }
    facts.push(Fact::new(
        "Duration",
        took(run.status, Some(run.started_at), run.duration_ms),
    ));
    facts.extend(Fact::some("Trigger", trigger(run)));
    facts.push(Fact::new(
        "Network Code",
        run_code(run.network_code, run.failing_code),
    ));
    facts.push(Fact::new("Steps", step_counts(run)));
    facts.extend(
        run.handled_at
            .map(|at| Fact::new("Handled", handled(at, run))),
    );
    facts.extend(Fact::some("Records", records(run)));
    facts
}

/// The failed runs beside this one, and what can be done with it.
fn ways(page: &RunPage, workspace: &str) -> AnyView {
    let way = |text: &'static str, shortcut: &'static str, to: &Option<Key>| {
        let href = to.as_ref().map(|key| route::run(workspace, key.as_str()));
        let (role, off, index) = match href {
            Some(_) => (None, None, None),
            None => (Some("link"), Some("true"), Some("-1")),
        };
        view! {
            <a class="button" href=href role=role aria-disabled=off tabindex=index aria-keyshortcuts=shortcut>
                {text}" "<kbd aria-hidden="true">{shortcut}</kbd>
            </a>
        }
        .into_any()
    };
    let (before, after) = &page.failed_beside;
    view! {
        <div class="ways">
            <nav class="step-ways" aria-label="Other failed runs">
                {way("Previous failed", "K", before)}
                {way("Next failed", "J", after)}
            </nav>
            {may(Role::Support).then(|| compare_ways(page, workspace))}
            {row_menu::run_menu(page.run.id.0, false, row_menu::RunOf::page(&page.run, &page.integration), &page.workspace, page.now)}
        </div>
    }
    .into_any()
}

/// The last good run beside this one, and any other that is pasted.
fn compare_ways(page: &RunPage, workspace: &str) -> AnyView {
    let run = page.run.key.as_str();
    let good = page.last_good.as_ref().map(|key| {
        let href = route::compare(workspace, run, key.as_str());
        view! { <a class="button" href=href>"Compare with last good run"</a> }
    });
    view! {
        {good}
        <details class="compare-with">
            <summary class="button">"Compare with…"</summary>
            <form action=route::compare_with(workspace, run) method="get">
                <label for="with">"Run ID or link"</label>
                <input id="with" type="text" name="with" required maxlength="2048" autocomplete="off" spellcheck="false"/>
                <button class="button" type="submit">"Compare"</button>
            </form>
        </details>
    }
    .into_any()
}

/// When it began, with a word where the reporter's clock is not believed.
fn began(run: &Run) -> AnyView {
    let ahead = run.clock_ahead_ms().map(|ms| {
        let told = run.reported_started_at.map(moment);
        view! {
            <span class="note">
                {told}" by the reporter’s clock, which is "{duration_text(ms)}" ahead of ours"
            </span>
        }
    });
    view! { {moment(run.started_at)}{ahead} }.into_any()
}

/// When somebody looked after the failure, and what was done about it.
fn handled(at: Timestamp, run: &Run) -> AnyView {
    let note = run.handled_note.clone();
    view! { {moment(at)}{note.map(|note| view! { <span class="note">{note}</span> })} }.into_any()
}

fn step_counts(run: &Run) -> String {
    match run.failed_steps {
        0 => grouped(run.steps),
        failed => format!("{} of {} failed", grouped(failed), grouped(run.steps)),
    }
}

fn records(run: &Run) -> Option<String> {
    let counts = [
        (run.created_count, "created"),
        (run.updated_count, "updated"),
        (run.deleted_count, "deleted"),
    ];
    let counts: Vec<_> = counts
        .into_iter()
        .filter_map(|(count, word)| Some(format!("{} {word}", grouped(count?))))
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

fn steps(page: &RunPage, workspace: &str) -> AnyView {
    let run = page.run.key.as_str();
    if page.steps.is_empty() {
        let why = if page.run.status.is_finished() {
            "This run was reported without steps."
        } else {
            "They appear as they are reported."
        };
        return empty("No steps.".to_owned(), why.to_owned(), None);
    }
    let columns = [
        Column::new("Step ID", Place::Name),
        Column::new("Step App", Place::Detail),
        Column::new("Step Name", Place::Detail),
        Column::new("Start Time", Place::Time),
        Column::new("Duration", Place::Number),
        Column::new("Step Status", Place::Status),
        Column::new("Network Code", Place::Number),
        Column::new("View Payload", Place::Action),
    ];
    let rows = page
        .steps
        .iter()
        .zip(0_u32..)
        .map(|(step, at)| {
            let attempt = page.attempts.iter().find(|attempt| attempt.step == at);
            row(step, workspace, run, page.now, attempt)
        })
        .collect();
    let times = page.times.as_ref().map(|times| {
        view! {
            <section class="run-times" aria-labelledby="times">
                <h2 id="times">"Timeline"</h2>
                {along_time(times, None)}
            </section>
        }
    });
    view! {
        <div class="steps-and-times">
            <section aria-labelledby="steps">
                <h2 id="steps">"Steps "<span class="quiet">{grouped(i64::from(page.steps_total))}</span></h2>
                {data_table(format!("Steps of {run}"), &columns, rows)}
                {place(page, workspace).map(pager)}
            </section>
            {times}
        </div>
    }
    .into_any()
}

/// The steps along the time of their run; `open` is the number of the one that is shown beside.
pub(super) fn along_time(times: &Times, open: Option<u32>) -> AnyView {
    let (label, end) = (times.label.clone(), times.end.clone());
    timeline(&times.lanes, label, end, &times.words, open)
}

fn row(
    step: &StepRow,
    workspace: &str,
    run: &str,
    now: Timestamp,
    attempt: Option<&Attempt>,
) -> Row {
    let key = step.key.as_str();
    let href = route::step(workspace, run, key);
    let app = match step.app() {
        Some(app) => {
            view! { <span class="clip" title=app.to_owned()>{app.to_owned()}</span> }.into_any()
        }
        None => dash(),
    };
    let again = attempt.is_some_and(|attempt| attempt.behind.is_some());
    let attempt = match attempt {
        Some(Attempt { number, of, .. }) => Some(format!(" attempt {number} of {of}")),
        None => {
            let number = step.attempt.filter(|attempt| *attempt > 1);
            number.map(|number| format!(" attempt {number}"))
        }
    };
    let name = view! {
        <span class="name-text">{step.title().to_owned()}</span>
        {attempt.map(|attempt| view! { <span class="step-attempt">{attempt}</span> })}
        {step.error.clone().map(|error| view! { <span class="sub-line error-line" title=error.clone()>{error.clone()}</span> })}
    };
    Row {
        class: match (step.status == Status::Failed, again) {
            (true, false) => "row-failed",
            (true, true) => "row-failed row-tried-again",
            (false, true) => "row-tried-again",
            (false, false) => "",
        },
        cells: vec![
            key_link(key, href.clone()),
            app,
            name.into_any(),
            step.started_at.map_or_else(dash, |at| time_cell(at, now)),
            took(step.status, step.started_at, step.duration_ms),
            run_status(step.status),
            network_code(step.network_code),
            view! { <a href=href>"View Payload"{hidden_text(format!(" of step {key}"))}</a> }
                .into_any(),
        ],
    }
}

/// Only a run of very many steps has pages.
fn place(page: &RunPage, workspace: &str) -> Option<Pager> {
    let (first, total) = (page.first_step as usize, page.steps_total as usize);
    if total <= STEPS_PER_PAGE {
        return None;
    }
    let at = |first| route::run_from(workspace, page.run.key.as_str(), first);
    let next = first + STEPS_PER_PAGE;
    let last = (total - 1) / STEPS_PER_PAGE * STEPS_PER_PAGE + 1;
    Some(Pager {
        noun: "steps",
        total: domain::Total::Exact(total as i64),
        first: first as i64,
        shown: page.steps.len() as i64,
        links: Links {
            first: (first > 1).then(|| at(1)),
            previous: (first > 1).then(|| at(first.saturating_sub(STEPS_PER_PAGE))),
            next: (next <= total).then(|| at(next)),
            last: (next <= total).then(|| at(last)),
        },
        sizes: vec![],
        files: vec![],
    })
}
