//! Another secret for an endpoint of webhooks.

use domain::access::ApiKey;
use leptos::prelude::*;

use super::{Frame, Input, UNCHANGED, admin_tabs, optional, page, problem};
use crate::route;

/// What it shows.
#[derive(Debug, Clone)]
pub struct WebhookPage {
    pub workspace: String,
    pub key: ApiKey,
    /// Where its events are sent.
    pub address: String,
    pub problem: Option<String>,
}

/// The field for a secret that a sender gave.
pub(super) fn given(hint: &'static str) -> AnyView {
    optional(Input {
        label: "Secret of the sender",
        name: "secret",
        kind: "text",
        fill: "off",
        value: String::new(),
        hint,
    })
}

/// The question for another secret.
#[must_use]
pub fn webhook(frame: Frame, shown: WebhookPage) -> String {
    page(frame, "Another secret", move || {
        let WebhookPage {
            workspace,
            key,
            address,
            problem: rule,
        } = shown;
        let name = key.name.clone().unwrap_or_default();
        view! {
            {admin_tabs(&workspace, "Keys")}
            {problem(UNCHANGED, rule)}
            <section class="settings" aria-labelledby="secret">
                <h2 id="secret">"Another secret"</h2>
                <p>"For the endpoint "<code>{address}</code>" "{name}</p>
                <p>"The current secret goes on for 24 hours, so that the sender can change over without losing an event. To end it at once, ask for another secret twice."</p>
                <form class="settings-form" method="post" action=route::webhook_secret(&workspace, key.id)>
                    {given("The whsec_… that it shows; empty makes one for you to give to it")}
                    <p>
                        <button type="submit" class="button button-primary">"Change secret"</button>
                        " "
                        <a class="button" href=route::keys_of(&workspace)>"Cancel"</a>
                    </p>
                </form>
            </section>
        }
        .into_any()
    })
}
