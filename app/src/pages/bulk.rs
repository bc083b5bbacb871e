//! `/{workspace}/bulk`: the question before something is done to many, and `/{workspace}/bulk/{id}`: what came of it.

use std::time::Duration;

use domain::{
    Key, Total,
    bulk::{Bulk, BulkAction, NOTE_CHARS, Selection},
    page::grouped,
};
use leptos::prelude::*;

use super::{Shown, filters::kept, open};
use crate::{
    api::{BulkDonePage, BulkPage, ask_bulk, show_bulk},
    components::{
        NoticeTone, dropped_notice, empty, key_link, long_text, notice, page_header, progress,
    },
    route,
};

/// How often one that is under way is read again.
const AGAIN: Duration = Duration::from_millis(700);

pub(crate) fn bulk() -> AnyView {
    open(
        route::BULK,
        |address| Box::pin(ask_bulk(address.key(0), address.query)),
        |wire| wire.open().map(show_question),
    )
}

pub(crate) fn bulk_done() -> AnyView {
    open(
        route::BULK_DONE,
        |address| Box::pin(show_bulk(address.key(0), address.key(1))),
        |wire| wire.open().map(show_done),
    )
}

fn show_question(page: BulkPage) -> Shown {
    let workspace = page.workspace.key.as_str();
    let question = page.selection.as_ref().map(|selection| {
        let back = route::selected(workspace, selection, &page.filter);
        (selection, back)
    });
    let (title, content) = match &question {
        Some((selection, back)) => (
            ask_title(selection, page.total),
            ask(&page, selection, back),
        ),
        None => (
            "Nothing to do".to_owned(),
            empty(
                "This link does not say what shall be done.".to_owned(),
                "Select rows of a list, and choose there what to do.".to_owned(),
                Some(("Flows", route::flows(workspace))),
            ),
        ),
    };
    let content = view! {
        {page_header(title.clone().into_any(), vec![])}
        {dropped_notice(&page.dropped)}
        {content}
    };
    Shown {
        title,
        now: page.now,
        content: content.into_any(),
        found: None,
        live: None,
        again: None,
    }
}

fn ask_title(selection: &Selection, total: Total) -> String {
    let action = selection.action;
    match total {
        Total::Exact(0) => "Nothing to do".to_owned(),
        Total::Exact(count) => {
            let things = action.things(count);
            match action {
                BulkAction::Handle => format!("Mark {things} as handled?"),
                BulkAction::Unhandle => format!("Mark {things} as not handled?"),
                _ => format!("{} {things}?", action.label()),
            }
        }
        Total::MoreThan(count) => format!("More than {}", action.things(count)),
    }
}

fn ask(page: &BulkPage, selection: &Selection, back: &str) -> AnyView {
    let leave = ("Back to the list", back.to_owned());
    let count = match page.total {
        Total::Exact(0) => {
            let why = "Tick the boxes of some rows, and choose again what to do.".to_owned();
            return empty("Nothing is selected.".to_owned(), why, Some(leave));
        }
        Total::Exact(count) => count,
        Total::MoreThan(count) => {
            let what = format!("That is more than {} at once.", grouped(count));
            let why = "Narrow the filter, for instance to a day, and do it in parts.".to_owned();
            return empty(what, why, Some(leave));
        }
    };
    let workspace = page.workspace.key.as_str();
    let action = selection.action;
    let note = (action == BulkAction::Handle).then(|| {
        view! {
            <label class="field">
                <span class="field-label">"Note"</span>
                <input type="text" name="note" maxlength=NOTE_CHARS autocomplete="off"/>
                <span class="hint">"What was done about it, for those who look next. May stay empty."</span>
            </label>
        }
    });
    let mut fields = vec![
        ("action", action.to_string()),
        ("list", selection.list.to_string()),
        ("expected", count.to_string()),
    ];
    fields.extend(selection.of.as_ref().map(|of| ("of", of.to_string())));
    if selection.all {
        fields.push(("all", "1".to_owned()));
    }
    fields.extend(selection.keys.iter().map(|key| ("key", key.to_string())));
    let fields = fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    let filter = kept(&page.filter)
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    let class = if action == BulkAction::Delete {
        "button button-danger"
    } else {
        "button button-primary"
    };
    view! {
        <form class="question" method="post" action=route::bulk(workspace)>
            {consequence(action)}
            {names(workspace, action, &page.first, count)}
            {note}
            {fields.collect::<Vec<_>>()}
            {filter.collect::<Vec<_>>()}
            <p class="ways-out">
                <button type="submit" class=class>{button(action, count)}</button>
                <a class="button" href=back.to_owned()>"Cancel"</a>
            </p>
        </form>
    }
    .into_any()
}

fn button(action: BulkAction, count: i64) -> String {
    let things = action.things(count);
    match action {
        BulkAction::Handle => format!("Mark {things} as handled"),
        BulkAction::Unhandle => format!("Mark {things} as not handled"),
        _ => format!("{} {things}", action.label()),
    }
}

/// What it means, and what does not come back.
fn consequence(action: BulkAction) -> AnyView {
    let text = match action {
        BulkAction::Disable => {
            "They take no new runs until they are enabled again. Runs that began before are still taken in. This can be undone."
        }
        BulkAction::Enable => {
            "They take new runs again. Deleted ones stay deleted. This can be undone."
        }
        BulkAction::Delete => {
            "Deleting is final: deleted integrations cannot be enabled again. Their runs stay readable. If you may need them again, disable them instead."
        }
        BulkAction::Handle => {
            "They no longer count as needing attention. Only failed, interrupted and warning runs can be marked; others are left alone. This can be undone."
        }
        BulkAction::Unhandle => "They count as needing attention again.",
        BulkAction::Restore => "They get back the status that they had.",
    };
    let tone = if action == BulkAction::Delete {
        NoticeTone::Failed
    } else {
        NoticeTone::Info
    };
    notice(tone, view! { <p>{text}</p> }.into_any())
}

/// The first of those that are meant, and how many more there are.
fn names(workspace: &str, action: BulkAction, first: &[Key], count: i64) -> AnyView {
    let href = |key: &Key| {
        if action.is_of_runs() {
            route::run(workspace, key.as_str())
        } else {
            route::integration(workspace, key.as_str())
        }
    };
    let items = first
        .iter()
        .map(|key| view! { <li>{key_link(key.as_str(), href(key))}</li> });
    let more = count - first.len() as i64;
    let more = (more > 0)
        .then(|| view! { <li class="quiet">{format!("and {} more", grouped(more))}</li> });
    view! { <ul class="meant" aria-label="What is meant">{items.collect::<Vec<_>>()}{more}</ul> }
        .into_any()
}

fn show_done(page: BulkDonePage) -> Shown {
    let workspace = page.workspace.key.as_str();
    let bulk = &page.bulk;
    let running = bulk.finished_at.is_none();
    let title = done_title(bulk);
    let undo = (!running && bulk.changed > 0 && bulk.action.undo().is_some()).then(|| {
        view! {
            <form method="post" action=route::undo_bulk(workspace, bulk.id)>
                <button type="submit" class="button">"Undo"</button>
            </form>
        }
    });
    let without_script = running.then(|| {
        view! { <noscript><p>"It goes on by itself. Reload this page to see how far it is."</p></noscript> }
    });
    let refused = (!page.refused.is_empty()).then(|| {
        view! {
            <section aria-labelledby="refused">
                <h2 id="refused">"Left alone "<span class="quiet">{grouped(bulk.refused)}</span></h2>
                <p class="quiet">{why_refused(bulk.action)}</p>
                {names(workspace, bulk.action, &page.refused, bulk.refused)}
            </section>
        }
    });
    let content = view! {
        {page_header(title.clone().into_any(), vec![])}
        {running.then(|| progress("Progress", title.clone(), bulk.done as u64, bulk.total as u64))}
        <p role="status">{summary(bulk)}</p>
        {bulk.note.clone().map(|note| view! { <p class="description">{long_text(&note)}</p> })}
        {without_script}
        <div class="ways-out">
            <a class="button button-primary" href=bulk.back.clone()>"Back to the list"</a>
            {undo}
        </div>
        {refused}
    };
    Shown {
        title,
        now: page.now,
        content: content.into_any(),
        found: None,
        live: None,
        again: running.then_some(AGAIN),
    }
}

fn done_title(bulk: &Bulk) -> String {
    let things = bulk.action.things(bulk.total);
    if bulk.finished_at.is_none() {
        return format!("{} of {things} done", grouped(bulk.done));
    }
    let were = if bulk.changed == 1 { "was" } else { "were" };
    let changed = bulk.action.things(bulk.changed);
    let undone = if bulk.undo_of.is_some() {
        "Undone: "
    } else {
        ""
    };
    format!("{undone}{changed} {were} {}", bulk.action.past())
}

fn summary(bulk: &Bulk) -> String {
    let mut parts = vec![format!("{} changed", grouped(bulk.changed))];
    if bulk.same() > 0 {
        parts.push(format!("{} were so already", grouped(bulk.same())));
    }
    if bulk.refused > 0 {
        parts.push(format!("{} left alone", grouped(bulk.refused)));
    }
    format!("{}.", parts.join(", "))
}

fn why_refused(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Restore => "They were given another status in the meantime, or are deleted.",
        BulkAction::Handle => "Only failed, interrupted and warning runs can be marked as handled.",
        BulkAction::Unhandle => "There is no such run any more.",
        BulkAction::Disable | BulkAction::Enable | BulkAction::Delete => {
            "They are deleted, which is final, or there is no such integration."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_told_with_its_numbers() {
        let mut bulk = Bulk::new(BulkAction::Disable, None, "/".to_owned());
        (bulk.total, bulk.done) = (1_204, 340);
        assert_eq!(done_title(&bulk), "340 of 1,204 integrations done");
        (bulk.done, bulk.changed, bulk.refused) = (1_204, 1_200, 1);
        bulk.finished_at = Some(domain::Timestamp::default());
        assert_eq!(done_title(&bulk), "1,200 integrations were disabled");
        assert_eq!(
            summary(&bulk),
            "1,200 changed, 3 were so already, 1 left alone."
        );
        let one = Bulk {
            changed: 1,
            ..Bulk::new(BulkAction::Handle, None, "/".to_owned())
        };
        assert_eq!(button(one.action, 1), "Mark 1 run as handled");
    }
}
