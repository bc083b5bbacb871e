//! What changed in a step since it last worked, or since a run that the address names.

use domain::{
    Run, Step,
    diff::{Group, Missing, Part},
    page::grouped,
    time::duration_text,
};
use leptos::prelude::*;

use crate::{
    api::{Against, Changes, StepPage},
    components::{Tab, changes_table, duration, empty, key_link, moment, network_code, run_status},
    route,
};

/// The section's tab: of a failed step, or where the address asks for it.
pub(super) fn tab(page: &StepPage) -> Option<Tab> {
    let open = page.changes.is_some();
    let failed = page.step.status == domain::Status::Failed;
    let (workspace, run, step) = (&page.workspace.key, &page.run.key, &page.step.key);
    (open || failed).then(|| Tab {
        text: "What changed",
        note: None,
        href: route::changes(workspace.as_str(), run.as_str(), step.as_str(), None),
        open,
    })
}

/// What the section holds.
pub(super) fn changes(page: &StepPage, changes: &Changes) -> AnyView {
    let intro = match &changes.against {
        Against::Nothing => return nothing(),
        Against::NoStep { run } => return no_step(page, run),
        Against::Step {
            run,
            step,
            elsewhere,
            chosen,
        } => against(page, run, step, elsewhere.as_deref(), *chosen),
    };
    let parts = changes.parts.iter().map(part).collect::<Vec<_>>();
    let none = parts.is_empty().then(|| {
        empty(
            "Neither step has a payload to compare.".to_owned(),
            "Steps that call no API have none; others may not have reported it.".to_owned(),
            None,
        )
    });
    view! { <div class="changes">{intro}{parts}{none}</div> }.into_any()
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
fn against(
    page: &StepPage,
    run: &Run,
    step: &Step,
    elsewhere: Option<&str>,
    chosen: bool,
) -> AnyView {
    let workspace = page.workspace.key.as_str();
    let (here, there) = (page.run.key.as_str(), run.key.as_str());
    let before = distance(page.run.started_at.as_ms() - run.started_at.as_ms());
    let link = key_link(there, route::step(workspace, there, step.key.as_str()));
    let integration = |key: &str| key_link(key, route::integration(workspace, key));
    let text = match (elsewhere, chosen) {
        (None, false) => {
            view! { "Compared with run "{link}", "{before}", the last in which this step worked." }.into_any()
        }
        (Some(key), false) => view! {
            "This step has not worked before in this integration. Compared with run "{link}" of integration "
            {integration(key)}" of the same flow, "{before}"."
        }
        .into_any(),
        (None, true) => view! { "Compared with run "{link}", "{before}"." }.into_any(),
        (Some(key), true) => view! {
            "Compared with run "{link}" of integration "{integration(key)}", "{before}"."
        }
        .into_any(),
    };
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
            <p>{text}</p>
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

/// `2 h 5 min earlier`.
pub(super) fn distance(ms: i64) -> String {
    match ms {
        0 => "at the same time".to_owned(),
        1.. => format!("{} earlier", duration_text(ms)),
        _ => format!("{} later", duration_text(ms.saturating_neg())),
    }
}

fn part(part: &Part) -> AnyView {
    let name = part.section.label();
    let about = match part.missing {
        Some(Missing::Then) => "None was reported then, so there is nothing to compare.",
        Some(Missing::Now) => "None was reported now, so there is nothing to compare.",
        None => "",
    };
    let about = (!about.is_empty()).then(|| view! { <p class="quiet">{about}</p> });
    let groups = part
        .groups
        .iter()
        .filter_map(|one| group(name, one))
        .collect::<Vec<_>>();
    let count = match part.count() {
        _ if part.missing.is_some() => String::new(),
        0 => "nothing that matters differs".to_owned(),
        1 => "1 difference".to_owned(),
        many => format!("{} differences", grouped(i64::from(many))),
    };
    view! {
        <section class="changes-part">
            <h3>{name}" "<span class="quiet">{count}</span></h3>
            {about}
            {groups}
        </section>
    }
    .into_any()
}

/// Only what differs is open; the rest is counted.
fn group(section: &str, group: &Group) -> Option<AnyView> {
    let (count, usual) = (group.count(), group.usual_count());
    if count + usual + group.equal == 0 && group.notes.is_empty() {
        return None;
    }
    let caption = |what: &str| format!("{section}, {}: {what}", group.name);
    let open = (count > 0).then(|| changes_table(caption("what differs"), &group.differences));
    let muted = (usual > 0).then(|| {
        let text = match usual {
            1 => "1 difference in a date or an ID, as in every run".to_owned(),
            many => format!(
                "{} differences in dates and IDs, as in every run",
                grouped(i64::from(many))
            ),
        };
        view! {
            <details class="usual">
                <summary>{text}</summary>
                {changes_table(caption("what always differs"), &group.usual)}
                {further(group.usual_more)}
            </details>
        }
    });
    let mut notes = group.notes.clone();
    if !group.redacted.is_empty() {
        notes.push(format!(
            "Redacted in both before it was stored, so nobody knows whether it is the same: {}.",
            group.redacted.join(", ")
        ));
    }
    let notes = notes
        .into_iter()
        .map(|note| view! { <li>{note}</li> })
        .collect::<Vec<_>>();
    let equal = match group.equal {
        0 => None,
        1 => Some("1 equal".to_owned()),
        many => Some(format!("{} equal", grouped(i64::from(many)))),
    };
    Some(
        view! {
            <div class="change-group">
                <h4>{group.name.clone()}" "<span class="quiet">{equal}</span></h4>
                {open}
                {further(group.more)}
                {muted}
                {(!notes.is_empty()).then(|| view! { <ul class="notes">{notes}</ul> })}
            </div>
        }
        .into_any(),
    )
}

fn further(more: u32) -> Option<AnyView> {
    let text = match more {
        0 => return None,
        1 => "1 further difference is not shown.".to_owned(),
        many => format!(
            "{} further differences are not shown.",
            grouped(i64::from(many))
        ),
    };
    Some(view! { <p class="quiet">{text}</p> }.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_apart_two_runs_are_is_said_in_words() {
        assert_eq!(distance(7_500_000), "2 h 5 min earlier");
        assert_eq!(distance(-90), "90 ms later");
        assert_eq!(distance(0), "at the same time");
    }
}
