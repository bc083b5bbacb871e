//! The keys with which programs report and read.

use domain::{
    Timestamp,
    access::{ApiKey, Scope},
};
use leptos::prelude::*;

use super::{Frame, Input, UNCHANGED, admin_tabs, button, input, page, problem, shown_once};
use crate::{
    components::{Column, Offer, Place, Row, dash, data_table, empty, select, time_cell},
    route,
};

/// What it shows.
#[derive(Debug, Clone, Default)]
pub struct KeysPage {
    pub workspace: String,
    pub keys: Vec<ApiKey>,
    /// The key that was just made, which is shown this once.
    pub made: Option<String>,
    pub problem: Option<String>,
    pub now: Timestamp,
}

/// The keys of a workspace.
#[must_use]
pub fn keys(frame: Frame, shown: KeysPage) -> String {
    page(frame, "Keys", move || {
        let made = shown.made.clone().map(|secret| {
            shown_once(
                "Copy the new key now",
                "It is shown this once. Programs send it as Authorization: Bearer KEY.",
                secret,
            )
        });
        view! {
            {admin_tabs(&shown.workspace, "Keys")}
            {problem(UNCHANGED, shown.problem.clone())}
            {made}
            {list(&shown)}
            {create(&shown.workspace)}
        }
        .into_any()
    })
}

fn list(shown: &KeysPage) -> AnyView {
    if shown.keys.is_empty() {
        let why = "Programs need one to report runs or to read them.".to_owned();
        return empty("There are no keys.".to_owned(), why, None);
    }
    let columns = [
        Column::new("Key", Place::Name),
        Column::new("Name", Place::Detail),
        Column::new("May", Place::Detail),
        Column::new("Made", Place::Detail),
        Column::new("Last used", Place::Time),
        Column::new("Actions", Place::Action),
    ];
    let rows = shown.keys.iter().map(|key| {
        let end = match key.revoked_at {
            Some(at) => {
                view! { <span class="quiet">"revoked "{time_cell(at, shown.now)}</span> }.into_any()
            }
            None => button(
                "Revoke",
                route::revoke_key(&shown.workspace, key.id),
                vec![],
            ),
        };
        let name = key.name.clone();
        Row {
            class: if key.revoked_at.is_some() {
                "row-ended"
            } else {
                ""
            },
            cells: vec![
                view! { <code>{format!("{}…", key.prefix)}</code> }.into_any(),
                name.map_or_else(dash, |name| view! { <span>{name}</span> }.into_any()),
                view! { <span>{key.scope.label()}</span> }.into_any(),
                time_cell(key.created_at, shown.now),
                key.last_used_at
                    .map_or_else(dash, |at| time_cell(at, shown.now)),
                end,
            ],
        }
    });
    data_table("Keys".to_owned(), &columns, rows.collect())
}

fn create(workspace: &str) -> AnyView {
    let offers = Scope::ALL.iter().map(|scope| Offer {
        value: scope.to_string(),
        text: scope.label().to_owned(),
        chosen: *scope == Scope::Ingest,
    });
    view! {
        <section class="settings" aria-labelledby="create">
            <h2 id="create">"Make a key"</h2>
            <p>"To replace one, make another, give it to the program, and revoke the old one when its last use no longer moves. Both work until then."</p>
            <form class="settings-form" method="post" action=route::keys_of(workspace)>
                {input(Input { label: "Name", name: "name", kind: "text", fill: "off", value: String::new(), hint: "Which program has it" })}
                {select("May", "scope", offers.collect())}
                <p><button type="submit" class="button button-primary">"Make key"</button></p>
            </form>
        </section>
    }
    .into_any()
}
