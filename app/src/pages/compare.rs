//! `/{workspace}/runs/{run}/compare/{other}`: two runs beside each other, `other` as "then".

use domain::{Run, StepRow, page::grouped, same::went_well, time::duration_text};
use leptos::prelude::*;

use super::{Shown, Trail, open};
use crate::{
    api::{ComparePage, ComparedStep, PAIRS, show_compare},
    components::{
        Column, Fact, Place, Row, dash, data_table, empty, hidden_text, key_link, moment,
        page_header, run_status,
    },
    route,
};

pub(crate) fn compare() -> AnyView {
    open(
        route::COMPARE,
        |address| Box::pin(show_compare(address.key(0), address.key(1), address.key(2))),
        |wire| wire.open().map(show),
    )
}

fn show(page: ComparePage) -> Shown {
    let workspace = page.workspace.key.as_str();
    let (run, then) = (page.run.key.as_str(), page.then.key.as_str());
    let apart = page.apart.clone();
    let other = page.then_elsewhere.as_ref().map(|key| {
        let link = key_link(key, route::integration(workspace, key));
        Fact::new("Integration then", link)
    });
    let mut facts = vec![Fact::new("Then", view! { <span>{apart}</span> })];
    facts.extend(other);
    let content = view! {
        {Trail::new(workspace).flow(&page.flow).integration(page.integration.as_str()).run(run).to("Compare")}
        <div class="header-with-ways">
            {page_header("Two runs compared".into_any(), facts)}
            <div class="ways"><a class="button" href=route::compare(workspace, then, run)>"Swap then and now"</a></div>
        </div>
        {runs(&page, workspace)}
        {steps(&page, workspace)}
    };
    Shown {
        title: format!("{run} compared with {then}"),
        now: page.now,
        content: content.into_any(),
        found: None,
        live: None,
        again: None,
    }
}

/// The facts of both runs; those that differ are marked.
fn runs(page: &ComparePage, workspace: &str) -> AnyView {
    let (then, now) = (&page.then, &page.run);
    let link = |run: &Run| {
        let key = run.key.as_str();
        key_link(key, route::run(workspace, key))
    };
    let text = |text: &str| text.to_owned().into_any();
    let mut rows = vec![
        fact("Run ID", false, link(then), link(now)),
        fact(
            "Status",
            then.status != now.status,
            run_status(then.status),
            run_status(now.status),
        ),
        fact(
            "Start Time",
            false,
            moment(then.started_at),
            moment(now.started_at),
        ),
    ];
    for (name, was, is) in &page.facts {
        // Of two durations that differ nobody needs to be told.
        let differs = was != is && name != "Duration";
        rows.push(fact(name, differs, text(was), text(is)));
    }
    view! {
        <section aria-labelledby="runs">
            <h2 id="runs">"Runs"</h2>
            <table class="compare-runs">
                <caption class="visually-hidden">"Both runs"</caption>
                <thead>
                    <tr><td></td><th scope="col">"Then"</th><th scope="col">"Now"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn fact(name: &str, differs: bool, then: AnyView, now: AnyView) -> AnyView {
    let class = if differs { "differs" } else { "" };
    let word = differs.then(|| {
        view! { <span class="change-word"><span aria-hidden="true">"≠"</span>" Differs"</span> }
    });
    view! { <tr class=class><th scope="row">{name.to_owned()}{word}</th><td>{then}</td><td>{now}</td></tr> }
        .into_any()
}

fn steps(page: &ComparePage, workspace: &str) -> AnyView {
    if page.steps.is_empty() {
        return empty(
            "No steps.".to_owned(),
            "Neither run was reported with steps.".to_owned(),
            None,
        );
    }
    let columns = [
        Column::new("Step", Place::Name),
        Column::new("Step App", Place::Detail),
        Column::new("Then", Place::Detail),
        Column::new("Now", Place::Detail),
        Column::new("Payload", Place::Detail),
        Column::new("What changed", Place::Action),
    ];
    let rows = page
        .steps
        .iter()
        .map(|step| row(page, workspace, step))
        .collect();
    let further = (page.steps_total as usize).saturating_sub(PAIRS);
    let further = (further > 0).then(|| {
        let text = format!("{} further steps are not shown.", grouped(further as i64));
        view! { <p class="quiet">{text}</p> }
    });
    view! {
        <section aria-labelledby="steps">
            <h2 id="steps">"Steps "<span class="quiet">{grouped(i64::from(page.steps_total))}</span></h2>
            {data_table("Steps of both runs".to_owned(), &columns, rows)}
            {further}
        </section>
    }
    .into_any()
}

fn row(page: &ComparePage, workspace: &str, pair: &ComparedStep) -> Row {
    let (run, then) = (page.run.key.as_str(), page.then.key.as_str());
    let Some(step) = pair.now.as_ref().or(pair.then.as_ref()) else {
        return Row {
            class: "",
            cells: vec![],
        };
    };
    let (owner, key) = match &pair.now {
        Some(_) => (run, step.key.as_str()),
        None => (then, step.key.as_str()),
    };
    let attempt = step.attempt.filter(|attempt| *attempt > 1);
    let name = view! {
        <a class="name-link" href=route::step(workspace, owner, key)>{step.title().to_owned()}</a>
        {attempt.map(|attempt| view! { <span class="step-attempt">{format!(" attempt {attempt}")}</span> })}
    };
    let app = step
        .app()
        .map_or_else(dash, |app| app.to_owned().into_any());
    let link = (pair.now.is_some() && pair.then.is_some()).then(|| {
        let href = route::changes(workspace, run, key, Some(then));
        view! { <a href=href>"What changed"{hidden_text(format!(" in step {key}"))}</a> }
    });
    let class = match (&pair.then, &pair.now) {
        (Some(then), Some(now)) if went_well(then.status) != went_well(now.status) => "row-differs",
        (None, _) | (_, None) => "row-differs",
        _ => "",
    };
    Row {
        class,
        cells: vec![
            name.into_any(),
            app,
            side(pair.then.as_ref()),
            side(pair.now.as_ref()),
            payload(pair),
            link.into_any(),
        ],
    }
}

fn side(step: Option<&StepRow>) -> AnyView {
    let Some(step) = step else {
        return view! { <span class="quiet">"no such step"</span> }.into_any();
    };
    let code = step.network_code.map(|code| code.to_string());
    let took = step.duration_ms.map(duration_text);
    let facts: Vec<_> = code.into_iter().chain(took).collect();
    let facts = facts.join(" · ");
    view! { {run_status(step.status)}" "<span class="quiet">{facts}</span> }.into_any()
}

/// `Request same · Response differs`.
fn payload(pair: &ComparedStep) -> AnyView {
    if pair.then.is_none() || pair.now.is_none() {
        return dash();
    }
    let names = ["Request", "Response", "Object"].iter().zip(pair.same);
    let words: Vec<_> = names
        .filter_map(|(name, same)| {
            let word = if same? { "same" } else { "differs" };
            Some(format!("{name} {word}"))
        })
        .collect();
    if words.is_empty() {
        return dash();
    }
    words.join(" · ").into_any()
}
