//! Who is in a workspace, and what they may do there.

use domain::{AccountId, Timestamp, access::Role};
use leptos::prelude::*;

use super::{Frame, Input, UNCHANGED, admin_tabs, button, input, page, problem, shown_once};
use crate::{
    components::{
        Column, NoticeTone, Offer, Place, Row, dash, data_table, empty, notice, select, time_cell,
    },
    route,
};

/// Somebody in the workspace.
#[derive(Debug, Clone)]
pub struct PersonRow {
    pub id: AccountId,
    pub email: Option<String>,
    pub role: Role,
    pub has_password: bool,
    pub seen_at: Option<Timestamp>,
}

/// A link that was just made, which is shown this once.
#[derive(Debug, Clone)]
pub struct InviteLink {
    pub email: String,
    pub url: String,
}

/// What it shows.
#[derive(Debug, Clone, Default)]
pub struct PeoplePage {
    pub workspace: String,
    pub people: Vec<PersonRow>,
    /// Who looks.
    pub me: Option<AccountId>,
    pub made: Option<InviteLink>,
    pub problem: Option<String>,
    /// Whose account there was already.
    pub known: Option<String>,
    /// The identity provider, where it is the only way in: no links are made then.
    pub only_provider: Option<String>,
    /// What was typed where it was refused.
    pub email: String,
    pub now: Timestamp,
}

impl PeoplePage {
    /// A form that was refused, and why.
    #[must_use]
    pub fn refused(problem: impl Into<String>) -> Self {
        Self {
            problem: Some(problem.into()),
            ..Self::default()
        }
    }
}

/// The people of a workspace.
#[must_use]
pub fn people(frame: Frame, shown: PeoplePage) -> String {
    page(frame, "People", move || {
        let made = shown.made.clone().map(|made| {
            view! {
                <p class="made-for">"For "<strong>{made.email}</strong></p>
                {shown_once("Give them this link", "It sets their password, works once and for seven days, and is shown only now.", made.url)}
            }
        });
        view! {
            {admin_tabs(&shown.workspace, "People")}
            {problem(UNCHANGED, shown.problem.clone())}
            {shown.known.clone().map(|email| known(email, shown.only_provider.as_deref()))}
            {made}
            {list(&shown)}
            {invite(&shown)}
        }
        .into_any()
    })
}

fn known(email: String, provider: Option<&str>) -> AnyView {
    let (title, advice) = match provider {
        Some(provider) => (
            format!("{email} may come in."),
            format!("They sign in with {provider}. Nothing was sent: tell them."),
        ),
        None => (
            format!("{email} has an account on this server already."),
            "They sign in with their own password. Ask them whether the account is theirs: nobody has checked the address.".to_owned(),
        ),
    };
    let text = view! { <p class="notice-title">{title}</p><p>{advice}</p> };
    view! { <div role="status">{notice(NoticeTone::Info, text.into_any())}</div> }.into_any()
}

fn roles(chosen: Role) -> Vec<Offer> {
    let offer = |role: &Role| Offer {
        value: role.to_string(),
        text: role.label().to_owned(),
        chosen: *role == chosen,
    };
    Role::ALL.iter().map(offer).collect()
}

fn list(shown: &PeoplePage) -> AnyView {
    if shown.people.is_empty() {
        let why = "Whoever is added here signs in once the server asks for it.".to_owned();
        return empty("Nobody is in this workspace.".to_owned(), why, None);
    }
    let columns = [
        Column::new("E-mail", Place::Name),
        Column::new("Role", Place::Detail),
        Column::new("Last seen", Place::Time),
        Column::new("Actions", Place::Action),
    ];
    let rows = shown.people.iter().map(|person| {
        let action = route::person(&shown.workspace, person.id);
        let name = person
            .email
            .clone()
            .unwrap_or_else(|| "first admin".to_owned());
        let note = match (person.has_password, shown.me == Some(person.id)) {
            (_, true) => Some(" (you)"),
            (false, _) if shown.only_provider.is_none() => Some(" (has no password)"),
            _ => None,
        };
        let role = view! {
            <form class="inline-form" method="post" action=action.clone()>
                {select("Role", "role", roles(person.role))}
                <button type="submit" class="button">"Set role"</button>
            </form>
        };
        let makes_links = person.email.is_some() && shown.only_provider.is_none();
        let link = makes_links.then(|| {
            let text = if person.has_password {
                "Reset password"
            } else {
                "New link"
            };
            button(text, action.clone(), vec![("do", "link".to_owned())])
        });
        let actions = view! {
            <span class="row-actions">
                {link}
                {button("Remove", action, vec![("do", "remove".to_owned())])}
            </span>
        };
        Row {
            class: "",
            cells: vec![
                view! { <span>{name}<span class="quiet">{note}</span></span> }.into_any(),
                role.into_any(),
                person
                    .seen_at
                    .map_or_else(dash, |at| time_cell(at, shown.now)),
                actions.into_any(),
            ],
        }
    });
    data_table("People".to_owned(), &columns, rows.collect())
}

fn invite(shown: &PeoplePage) -> AnyView {
    let about = Role::ALL.iter().map(|role| {
        view! { <li><strong>{role.label()}</strong>" "{role.about()}"."</li> }
    });
    let hint = match shown.only_provider {
        Some(_) => "Nothing is sent to it: tell them yourself",
        None => "Nothing is sent to it: you give them the link that is made",
    };
    view! {
        <section class="settings" aria-labelledby="invite">
            <h2 id="invite">"Add somebody"</h2>
            <form class="settings-form" method="post" action=route::people(&shown.workspace)>
                {input(Input { label: "E-mail", name: "email", kind: "email", fill: "off", value: shown.email.clone(), hint })}
                {select("Role", "role", roles(Role::Support))}
                <p><button type="submit" class="button button-primary">"Add"</button></p>
            </form>
            <ul class="plain-list hint">{about.collect::<Vec<_>>()}</ul>
        </section>
    }
    .into_any()
}
