//! The keys with which programs report and read.

use domain::{
    Key, Timestamp,
    access::{ApiKey, Bounds, Scope},
    page::grouped,
};
use leptos::prelude::*;

use super::{
    Frame, Input, UNCHANGED, admin_tabs, button, input, optional, page, problem, shown_once,
    webhook,
};
use crate::{
    components::{
        Column, NoticeTone, Offer, Place, Row, dash, data_table, empty, notice, select, time_cell,
    },
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
    /// Whether this server can keep the secrets of webhooks.
    pub seals: bool,
    pub now: Timestamp,
}

/// What is shown once.
#[derive(Debug, Clone)]
pub enum Made {
    Key(String),
    /// The address of a heartbeat, which holds its key.
    Ping(String),
    /// Where events are sent, and what they are signed with where that was made here.
    Webhook {
        address: String,
        secret: Option<String>,
    },
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
            Made::Webhook { address, secret } => webhook_made(&address, secret),
        });
        view! {
            {admin_tabs(&shown.workspace, "Keys")}
            {problem(UNCHANGED, shown.problem.clone())}
            {made}
            <p class="hint">"What programs do with a key is in the "<a href=route::API>"API reference"</a>"."</p>
            {list(&shown)}
            {create(&shown)}
        }
        .into_any()
    })
}

fn webhook_made(address: &str, secret: Option<String>) -> AnyView {
    match secret {
        Some(secret) => shown_once(
            "Copy the new secret now",
            format!("It is shown this once. Give it to the sender, and this address: {address}"),
            secret,
        ),
        None => {
            let text = view! {
                <p class="notice-title">"The secret of the sender is kept, sealed"</p>
                <p>"Give this address to it: "<code>{address.to_owned()}</code></p>
            };
            view! { <div role="status">{notice(NoticeTone::Info, text.into_any())}</div> }
                .into_any()
        }
    }
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
            None => actions(&shown.workspace, key),
        };
        let name = key.name.clone();
        Row {
            class: if key.revoked_at.is_some() {
                "row-ended"
            } else {
                ""
            },
            cells: vec![
                match key.scope {
                    // The whole of it: an address is no secret where events are signed.
                    Scope::Webhook => view! { <code>{route::hook(&key.prefix)}</code> }.into_any(),
                    _ => view! { <code>{format!("{}…", key.prefix)}</code> }.into_any(),
                },
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

fn actions(workspace: &str, key: &ApiKey) -> AnyView {
    let revoke = button("Revoke", route::revoke_key(workspace, key.id), vec![]);
    if key.scope != Scope::Webhook {
        return revoke;
    }
    let another = route::webhook_secret(workspace, key.id);
    view! { <a class="button" href=another>"Another secret"</a>" "{revoke} }.into_any()
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

fn create(shown: &KeysPage) -> AnyView {
    let KeysPage {
        workspace, draft, ..
    } = shown;
    let secret = match shown.seals {
        true => {
            "Only to receive webhooks: the whsec_… that it shows; empty makes one for you to give to it"
        }
        false => {
            "This server receives no webhooks: it has no key to seal their secrets with (--secrets-key-file)"
        }
    };
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
                {webhook::given(secret)}
                <p><button type="submit" class="button button-primary">"Make key"</button></p>
            </form>
        </section>
    }
    .into_any()
}
