//! Whether a workspace keeps the originals of secrets, sealed.

use domain::{Timestamp, page::grouped};
use leptos::prelude::*;

use super::{Frame, UNCHANGED, admin_tabs, page, problem};
use crate::{
    components::{NoticeTone, moment, notice},
    route,
};

/// What it shows.
#[derive(Debug, Clone, Default)]
pub struct OriginalsPage {
    pub workspace: String,
    /// Whether the server has a key to seal with.
    pub has_key: bool,
    /// Since when they are kept; `None` where they are not.
    pub since: Option<Timestamp>,
    /// Of how many steps there are some.
    pub steps: i64,
    pub problem: Option<String>,
}

/// The switch, what it means, and the way to be rid of what was kept.
#[must_use]
pub fn originals(frame: Frame, shown: OriginalsPage) -> String {
    page(frame, "Originals", move || {
        view! {
            {admin_tabs(&shown.workspace, "Originals")}
            {problem(UNCHANGED, shown.problem.clone())}
            {no_key(&shown)}
            {switch(&shown)}
            {delete(&shown)}
        }
        .into_any()
    })
}

fn no_key(shown: &OriginalsPage) -> Option<AnyView> {
    if shown.has_key {
        return None;
    }
    let meaning = match (shown.since, shown.steps) {
        (None, 0) => "Originals can be kept once it has one.",
        _ => "Until it has one, no original is kept and none can be revealed.",
    };
    let text = view! {
        <p class="notice-title">"This server has no key to seal originals with."</p>
        <p>{meaning}" Whoever runs it makes one with "<code>"integration-view secrets-key"</code>
        ", puts it into a file and starts the server with "<code>"--secrets-key-file"</code>"."</p>
    };
    Some(notice(NoticeTone::Info, text.into_any()))
}

fn switch(shown: &OriginalsPage) -> AnyView {
    let state = match shown.since {
        Some(since) => {
            view! { <p><strong>"Originals are kept, sealed"</strong>" since "{moment(since)}"."</p> }
                .into_any()
        }
        None => view! { <p><strong>"Originals are not kept."</strong>" A secret is replaced by its mark and gone."</p> }.into_any(),
    };
    let (value, text, class) = match shown.since {
        Some(_) => ("no", "Keep them no more", "button"),
        None => ("yes", "Keep originals", "button button-primary"),
    };
    // What cannot be done is not offered; what was switched on can always be switched off.
    let form = (shown.has_key || shown.since.is_some()).then(|| {
        view! {
            <form class="settings-form" method="post" action=route::originals(&shown.workspace)>
                <input type="hidden" name="keep" value=value/>
                <p><button type="submit" class=class>{text}</button></p>
            </form>
        }
    });
    view! {
        <section class="settings" aria-labelledby="keep">
            <h2 id="keep">"Originals of secrets"</h2>
            {state}
            <ul class="plain-list">
                <li><strong>"What is kept: "</strong>"the URLs, headers, bodies and values of an object in which a secret was replaced, encrypted under a key that is not in the database. Errors and log texts are not."</li>
                <li><strong>"Who sees them: "</strong>"an admin, one step at a time, who gives a reason. The audit log names who, when, which step and why, before anything is shown."</li>
                <li><strong>"What is at stake: "</strong>"whoever has both the database and the key has your customers' secrets. Keep them only where support needs them."</li>
                <li><strong>"From when: "</strong>"it holds for what is reported from then on. Switched off, what was kept stays until you delete it."</li>
            </ul>
            {form}
        </section>
    }
    .into_any()
}

fn delete(shown: &OriginalsPage) -> Option<AnyView> {
    if shown.steps == 0 {
        return None;
    }
    let steps = if shown.steps == 1 { "step" } else { "steps" };
    let text = format!("Delete the originals of {} {steps}", grouped(shown.steps));
    Some(
        view! {
            <section class="settings" aria-labelledby="delete">
                <h2 id="delete">"Delete what was kept"</h2>
                <p>"Runs and payloads stay as they are, with marks in place of the secrets. Backups of the database keep what they hold."</p>
                <form class="settings-form" method="post" action=route::delete_originals(&shown.workspace)>
                    <label class="check">
                        <input type="checkbox" name="sure" value="yes" required=true/>
                        "They will not come back"
                    </label>
                    <p><button type="submit" class="button">{text}</button></p>
                </form>
            </section>
        }
        .into_any(),
    )
}
