//! A person's own page: where they may go, their password, where they are signed in.

use domain::{
    SessionId, Timestamp,
    access::{Membership, Session},
};
use leptos::prelude::*;

use super::{Frame, Input, UNCHANGED, button, input, page, problem};
use crate::{
    components::{
        Column, Fact, NoticeTone, Place, Row, data_table, notice, page_header, time_cell,
    },
    route,
};

/// What it shows.
#[derive(Debug, Clone, Default)]
pub struct AccountPage {
    pub email: Option<String>,
    pub has_password: bool,
    /// What the identity provider is called, where there is one.
    pub provider: Option<String>,
    /// Whether it is the only way in.
    pub only_provider: bool,
    pub roles: Vec<Membership>,
    pub sessions: Vec<Session>,
    pub this: SessionId,
    pub problem: Option<String>,
    /// Whether the password was just set.
    pub saved: bool,
    pub now: Timestamp,
}

/// The page of whoever is signed in.
#[must_use]
pub fn account(frame: Frame, shown: AccountPage) -> String {
    page(frame, "Your account", move || {
        let email = shown
            .email
            .clone()
            .unwrap_or_else(|| "first admin".to_owned());
        let saved = shown.saved.then(|| {
            let text = view! { <p class="notice-title">"Password set. Everywhere else you are signed out."</p> };
            view! { <div role="status">{notice(NoticeTone::Info, text.into_any())}</div> }
        });
        view! {
            <div class="header-with-ways">
                {page_header("Your account".into_any(), vec![Fact::new("E-mail", view! { <span>{email}</span> })])}
                <div class="ways">{button("Sign out", route::SIGN_OUT.to_owned(), vec![])}</div>
            </div>
            {problem(UNCHANGED, shown.problem.clone())}
            {saved}
            {workspaces(&shown.roles)}
            {password(&shown)}
            {sessions(&shown)}
        }
        .into_any()
    })
}

fn workspaces(roles: &[Membership]) -> AnyView {
    if roles.is_empty() {
        let text = view! {
            <p class="notice-title">"You are in no workspace."</p>
            <p>"Ask an admin of one to add your e-mail address."</p>
        };
        return notice(NoticeTone::Info, text.into_any());
    }
    let lines = roles.iter().map(|one| {
        let key = one.workspace_key.as_str();
        view! {
            <li>
                <a href=route::flows(key)>{key.to_owned()}</a>
                " "<strong>{one.role.label()}</strong>": "{one.role.about()}
            </li>
        }
    });
    view! {
        <section class="settings" aria-labelledby="workspaces">
            <h2 id="workspaces">"Workspaces"</h2>
            <ul class="plain-list">{lines.collect::<Vec<_>>()}</ul>
        </section>
    }
    .into_any()
}

fn password(shown: &AccountPage) -> AnyView {
    // The first admin has no address yet, by which a provider could know them.
    let by_provider = shown.only_provider || !shown.has_password;
    if by_provider && shown.email.is_some() {
        let name = shown.provider.clone();
        let how = match name {
            Some(name) => format!("You sign in with {name}."),
            None => {
                "You have no password. An admin of your workspace makes you a link that sets one."
                    .to_owned()
            }
        };
        return view! {
            <section class="settings" aria-labelledby="password">
                <h2 id="password">"Signing in"</h2>
                <p>{how}</p>
            </section>
        }
        .into_any();
    }
    if !shown.has_password {
        return view! {
            <section class="settings" aria-labelledby="password">
                <h2 id="password">"Password"</h2>
                <p>"None is set. When this session ends, only a new setup link lets you in again."</p>
                <p class="ways-out"><a class="button button-primary" href=route::COMPLETE>"Set e-mail and password"</a></p>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="settings" aria-labelledby="password">
            <h2 id="password">"Password"</h2>
            <p>"With another password you are signed out everywhere else."</p>
            <form class="settings-form" method="post" action=route::CHANGE_PASSWORD>
                <input type="hidden" name="email" value=shown.email.clone() autocomplete="username"/>
                {input(Input { label: "Password now", name: "old", kind: "password", fill: "current-password", value: String::new(), hint: "" })}
                {input(Input { label: "New password", name: "password", kind: "password", fill: "new-password", value: String::new(), hint: "At least 12 characters" })}
                <p><button type="submit" class="button">"Set password"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn sessions(shown: &AccountPage) -> AnyView {
    let columns = [
        Column::new("Browser", Place::Name),
        Column::new("Address", Place::Detail),
        Column::new("Signed in", Place::Detail),
        Column::new("Last used", Place::Time),
        Column::new("Actions", Place::Action),
    ];
    let rows = shown.sessions.iter().map(|one| {
        let end = match one.id == shown.this {
            true => view! { <span class="quiet">"this one"</span> }.into_any(),
            false => button(
                "Sign out",
                route::END_SESSION.to_owned(),
                vec![("session", one.id.0.to_string())],
            ),
        };
        let agent = match one.agent.is_empty() {
            true => "unknown".to_owned(),
            false => one.agent.clone(),
        };
        Row {
            class: "",
            cells: vec![
                view! { <span>{agent}</span> }.into_any(),
                view! { <code>{one.address.clone()}</code> }.into_any(),
                time_cell(one.created_at, shown.now),
                time_cell(one.seen_at, shown.now),
                end,
            ],
        }
    });
    view! {
        <section class="settings settings-wide" aria-labelledby="sessions">
            <h2 id="sessions">"Where you are signed in"</h2>
            {data_table("Sessions".to_owned(), &columns, rows.collect())}
        </section>
    }
    .into_any()
}
