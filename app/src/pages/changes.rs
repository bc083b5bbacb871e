//! What changed in a step since it last worked, or since a run that the address names.

use domain::{Run, Step, access::Role};
use leptos::prelude::*;

use crate::{
    api::{ChangedGroup, ChangedPart, Changes, StepPage},
    components::{
        Tab, changes_table, duration, empty, key_link, may, moment, network_code, run_status,
    },
    route,
};

/// The section's tab: of a failed step, or where the address asks for it.
pub(super) fn tab(page: &StepPage) -> Option<Tab> {
    let open = page.changes.is_some();
    let failed = page.step.status == domain::Status::Failed;
    let (workspace, run, step) = (&page.workspace.key, &page.run.key, &page.step.key);
    (open || failed && may(Role::Support)).then(|| Tab {
        text: "What changed",
        note: None,
        href: route::changes(workspace.as_str(), run.as_str(), step.as_str(), None),
        open,
    })
}

/// What the section holds.
pub(super) fn changes(page: &StepPage, changes: &Changes) -> AnyView {
    let (run, step) = match (&changes.run, &changes.step) {
        (None, _) => return nothing(),
        (Some(run), None) => return no_step(page, run),
        (Some(run), Some(step)) => (run, step),
    };
    let parts = changes.parts.iter().map(part).collect::<Vec<_>>();
    let none = parts.is_empty().then(|| {
        empty(
            "Neither step has a payload to compare.".to_owned(),
            "Steps that call no API have none; others may not have reported it.".to_owned(),
            None,
        )
    });
    view! { <div class="changes">{against(page, changes, run, step)}{parts}{none}</div> }.into_any()
}

fn nothing() -> AnyView {
    empty(
        "There is nothing to compare with.".to_owned(),
        "This step has not worked before, neither in this integration nor in the last runs of others of the same flow.".to_owned(),
        None,
    )
}

fn no_step(page: &StepPage, run: &Run) -> AnyView {
    let (workspace, key) = (page.workspace.key.as_str(), run.key.as_str());
    let way = route::compare(workspace, page.run.key.as_str(), key);
    empty(
        format!("Run {key} has no such step."),
        "Steps are known by their key, or by app and name.".to_owned(),
        Some(("Compare the runs", way)),
    )
}

/// With what it is compared, and how the step went then and now.
fn against(page: &StepPage, changes: &Changes, run: &Run, step: &Step) -> AnyView {
    let workspace = page.workspace.key.as_str();
    let (here, there) = (page.run.key.as_str(), run.key.as_str());
    let link = key_link(there, route::step(workspace, there, step.key.as_str()));
    let elsewhere = changes.elsewhere.as_ref().map(|key| {
        let link = key_link(key, route::integration(workspace, key));
        view! { " of integration "{link} }
    });
    let row = |name: &'static str, of: &Step| {
        let at = of.started_at.map(moment);
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{run_status(of.status)}</td>
                <td>{network_code(of.network_code)}</td>
                <td>{duration(of.duration_ms)}</td>
                <td>{at}</td>
            </tr>
        }
    };
    view! {
        <div class="against">
            <p>{changes.lead.clone()}{link}{elsewhere}{changes.tail.clone()}</p>
            <table class="then-now">
                <caption class="visually-hidden">"The step then and now"</caption>
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Network Code"</th>
                        <th scope="col">"Duration"</th>
                        <th scope="col">"Start Time"</th>
                    </tr>
                </thead>
                <tbody>{row("Then", step)}{row("Now", &page.step)}</tbody>
            </table>
            <p><a href=route::compare(workspace, here, there)>"Compare the runs as a whole"</a></p>
        </div>
    }
    .into_any()
}

fn part(part: &ChangedPart) -> AnyView {
    let groups = part.groups.iter().map(|one| group(&part.name, one));
    view! {
        <section class="changes-part">
            <h3>{part.name.clone()}" "<span class="quiet">{part.count.clone()}</span></h3>
            {said(&part.missing)}
            {groups.collect::<Vec<_>>()}
        </section>
    }
    .into_any()
}

/// Only what differs is open; the rest is counted.
fn group(section: &str, group: &ChangedGroup) -> AnyView {
    let caption = |what: &str| format!("{section}, {}: {what}", group.name);
    let open = (!group.differences.is_empty())
        .then(|| changes_table(caption("what differs"), &group.differences));
    let usual = (!group.usual.is_empty()).then(|| {
        view! {
            <details class="usual">
                <summary>{group.usual_count.clone()}</summary>
                {changes_table(caption("what always differs"), &group.usual)}
                {said(&group.usual_further)}
            </details>
        }
    });
    let notes = group.notes.iter().map(|note| said(note));
    view! {
        <div class="change-group">
            <h4>{group.name.clone()}" "<span class="quiet">{group.equal.clone()}</span></h4>
            {open}
            {said(&group.further)}
            {usual}
            {notes.collect::<Vec<_>>()}
        </div>
    }
    .into_any()
}

/// A sentence, unless it is empty.
fn said(text: &str) -> Option<AnyView> {
    (!text.is_empty()).then(|| view! { <p class="quiet">{text.to_owned()}</p> }.into_any())
}
