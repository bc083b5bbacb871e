//! The keys with which programs report and read.

use domain::{
    Key, Timestamp,
    access::{ApiKey, Bounds, Scope},
    page::grouped,
};
use leptos::prelude::*;

use super::{
    Frame, Input, UNCHANGED, admin_tabs, button, input, optional, page, problem, shown_once,
};
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
    pub made: Option<Made>,
    pub problem: Option<String>,
    /// What was typed into the form that was refused.
    pub draft: KeyDraft,
    pub now: Timestamp,
}

/// What is shown once.
#[derive(Debug, Clone)]
pub enum Made {
    Key(String),
    /// The address of a heartbeat, which holds its key.
    Ping(String),
}

/// A key to make, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct KeyDraft {
    pub name: String,
    pub scope: Option<Scope>,
    pub flow: String,
    pub integration: String,
    pub daily_quota: String,
}

/// The keys of a workspace.
#[must_use]
pub fn keys(frame: Frame, shown: KeysPage) -> String {
    page(frame, "Keys", move || {
        let made = shown.made.clone().map(|made| match made {
            Made::Key(secret) => shown_once(
                "Copy the new key now",
                "It is shown this once. Programs send it as Authorization: Bearer KEY.",
                secret,
            ),
            Made::Ping(address) => shown_once(
                "Copy the new address now",
                "It is shown this once. Request it when the job has ended well; add /start when it begins, /fail when it failed, or its exit status.",
                address,
            ),
        });
        view! {
            {admin_tabs(&shown.workspace, "Keys")}
            {problem(UNCHANGED, shown.problem.clone())}
            {made}
            <p class="hint">"What programs do with a key is in the "<a href=route::API>"API reference"</a>"."</p>
            {list(&shown)}
            {create(&shown.workspace, &shown.draft)}
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
                may(&shown.workspace, key, shown.now),
                time_cell(key.created_at, shown.now),
                key.last_used_at
                    .map_or_else(dash, |at| time_cell(at, shown.now)),
                end,
            ],
        }
    });
    data_table("Keys".to_owned(), &columns, rows.collect())
}

/// What a key is good for, and how much of its ration is used.
fn may(workspace: &str, key: &ApiKey, now: Timestamp) -> AnyView {
    let of = |what: &'static str, address: String, key: &Key| {
        view! { <div class="quiet">{what}" "<a href=address rel="external">{key.to_string()}</a></div> }.into_any()
    };
    let Bounds { flow, integration } = &key.bounds;
    let flow = flow
        .as_ref()
        .map(|key| of("only flow", route::flow(workspace, key.as_str()), key));
    let integration = integration.as_ref().map(|key| {
        let address = route::integration(workspace, key.as_str());
        of("only integration", address, key)
    });
    let ration = key.daily_quota.map(|quota| {
        let used = grouped(key.used_on(now));
        view! { <div class="quiet">{format!("{used} of {} today", grouped(quota))}</div> }
    });
    let label = key.scope.label();
    if integration.is_none() && flow.is_none() && ration.is_none() {
        return view! { <span>{label}</span> }.into_any();
    }
    view! { <div>{label}{integration}{flow}{ration}</div> }.into_any()
}

fn create(workspace: &str, draft: &KeyDraft) -> AnyView {
    let chosen = draft.scope.unwrap_or(Scope::Ingest);
    let offers = Scope::ALL.iter().map(|scope| Offer {
        value: scope.to_string(),
        text: scope.label().to_owned(),
        chosen: *scope == chosen,
    });
    let text = |label, name, kind, value: &str, hint| {
        let field = Input {
            label,
            name,
            kind,
            fill: "off",
            value: value.to_owned(),
            hint,
        };
        match name {
            "name" => input(field),
            _ => optional(field),
        }
    };
    view! {
        <section class="settings" aria-labelledby="create">
            <h2 id="create">"Make a key"</h2>
            <p>"To replace one, make another, give it to the program, and revoke the old one when its last use no longer moves. Both work until then."</p>
            <form class="settings-form" method="post" action=route::keys_of(workspace)>
                {text("Name", "name", "text", &draft.name, "Which program has it")}
                {select("May", "scope", offers.collect())}
                {text("Only this flow", "flow", "text", &draft.flow, "Its key; empty for all. What the reports leave open is taken from here")}
                {text("Only this integration", "integration", "text", &draft.integration, "Its key; empty for all")}
                {text("Reports a day", "daily_quota", "text", &draft.daily_quota, "Empty for as many as come; a day ends at midnight UTC")}
                <p><button type="submit" class="button button-primary">"Make key"</button></p>
            </form>
        </section>
    }
    .into_any()
}
