//! Who may do what in a workspace: its people, its keys, its record.

pub(crate) mod account;
mod entering;
pub(crate) mod keys;
pub(crate) mod oidc;
pub(crate) mod sign_in;
pub(crate) mod webhooks;

use app::{
    route,
    still::{self, InviteLink, PeoplePage, PersonRow, RecordPage},
};
use axum::{
    Form,
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    AccountId, Timestamp,
    access::{Role, Token, checked_email},
    audit::Outcome,
    time::DAY_MS,
};
use serde::Deserialize;

use crate::{
    asking::{Asking, random, still},
    problem::{Problem, found},
    state::AppState,
};

/// For how long a link sets a password.
const LINK_MS: i64 = 7 * DAY_MS;
/// Lines of the record on one page.
const LINES: i64 = 100;
/// Why no link is made for somebody.
const ELSEWHERE: &str = "They are in other workspaces too, so only whoever runs the server makes a link for them: integration-view password-link EMAIL";
/// Why none is made for anybody.
const NO_LINKS: &str = "Passwords are switched off on this server, so there is none to set.";

/// `GET /{workspace}/people`
pub(crate) async fn list(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    asking: Asking,
) -> Result<Response, Problem> {
    show(&state, &asking, workspace, PeoplePage::default()).await
}

async fn show(
    state: &AppState,
    asking: &Asking,
    workspace: String,
    with: PeoplePage,
) -> Result<Response, Problem> {
    let id = state.workspace(&workspace).await?;
    let members = state.store.members(id).await?;
    let people = members.into_iter().map(|member| PersonRow {
        id: member.account.id,
        email: member.account.email,
        role: member.role,
        has_password: member.account.has_password,
        seen_at: member.seen_at,
    });
    let frame = asking.frame_at(state, &workspace);
    let provider = state.entry.provider.as_ref();
    let only_provider = provider.filter(|_| !state.entry.passwords);
    let page = PeoplePage {
        only_provider: only_provider.map(|one| one.label().to_owned()),
        people: people.collect(),
        me: asking.person().map(|person| person.account.id),
        now: state.clock.now(),
        workspace,
        ..with
    };
    Ok(still(still::people(frame, page)))
}

/// Whom to add, and as what.
#[derive(Debug, Deserialize)]
pub(crate) struct InviteForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
}

/// `POST /{workspace}/people`: gives somebody a role, and a link where they have no password.
pub(crate) async fn invite(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    asking: Asking,
    Form(form): Form<InviteForm>,
) -> Result<Response, Problem> {
    let refused = |problem: String| PeoplePage {
        email: form.email.clone(),
        ..PeoplePage::refused(problem)
    };
    let email = match checked_email(&form.email) {
        Ok(email) => email,
        Err(rule) => return show(&state, &asking, workspace, refused(rule.to_owned())).await,
    };
    let Ok(role) = form.role.parse::<Role>() else {
        let rule = "Role: choose one of the list".to_owned();
        return show(&state, &asking, workspace, refused(rule)).await;
    };
    let id = state.workspace(&workspace).await?;
    let about = format!("{email} as {role}");
    asking
        .record(&state, &[id], ("people.role", &about, Outcome::Allowed))
        .await?;
    let now = state.clock.now();
    let account = match state.store.invite(id, &email, role, now).await? {
        Ok(account) => account,
        Err(denied) => {
            let page = refused(format!("Role: {denied}"));
            return show(&state, &asking, workspace, page).await;
        }
    };
    if account.has_password || !state.entry.passwords {
        let page = PeoplePage {
            known: Some(email),
            ..PeoplePage::default()
        };
        return show(&state, &asking, workspace, page).await;
    }
    show_link(&state, &asking, workspace, account.id, &email).await
}

/// Makes somebody a link and shows it, where this workspace is their only one: an admin of one
/// must not become somebody who has a role in another.
async fn show_link(
    state: &AppState,
    asking: &Asking,
    workspace: String,
    account: AccountId,
    email: &str,
) -> Result<Response, Problem> {
    let elsewhere = state.store.roles(account).await?.len() > 1;
    let with = match elsewhere {
        true => PeoplePage::refused(ELSEWHERE),
        false => PeoplePage {
            made: Some(link(state, account, email, state.clock.now()).await?),
            ..PeoplePage::default()
        },
    };
    show(state, asking, workspace, with).await
}

async fn link(
    state: &AppState,
    account: AccountId,
    email: &str,
    now: Timestamp,
) -> Result<InviteLink, Problem> {
    let secret = Token::Password.secret(random()?);
    let until = now.plus_ms(LINK_MS);
    state
        .store
        .create_ticket(Some(account), &secret, until, now)
        .await?;
    Ok(InviteLink {
        email: email.to_owned(),
        url: format!("{}{}", state.origin.0, route::password(&secret)),
    })
}

/// What shall become of somebody: another role, `do=remove` or `do=link`.
#[derive(Debug, Deserialize)]
pub(crate) struct PersonForm {
    #[serde(default)]
    role: String,
    #[serde(default, rename = "do")]
    act: String,
}

/// `POST /{workspace}/people/{id}`
pub(crate) async fn change(
    State(state): State<AppState>,
    Path((workspace, account)): Path<(String, i64)>,
    asking: Asking,
    Form(form): Form<PersonForm>,
) -> Result<Response, Problem> {
    let id = state.workspace(&workspace).await?;
    let members = state.store.members(id).await?;
    let member = members.into_iter().find(|one| one.account.id.0 == account);
    let member = found(member, "person in this workspace")?.account;
    let email = member.email.clone().unwrap_or_default();
    let now = state.clock.now();
    if form.act == "link" && !state.entry.passwords {
        return show(&state, &asking, workspace, PeoplePage::refused(NO_LINKS)).await;
    }
    if form.act == "link" {
        asking
            .record(&state, &[id], ("people.link", &email, Outcome::Allowed))
            .await?;
        return show_link(&state, &asking, workspace, member.id, &email).await;
    }
    let role = match (form.act.as_str(), form.role.parse::<Role>()) {
        ("remove", _) => None,
        (_, Ok(role)) => Some(role),
        _ => {
            return show(
                &state,
                &asking,
                workspace,
                PeoplePage::refused("Role: choose one of the list"),
            )
            .await;
        }
    };
    let about = match role {
        Some(role) => format!("{email} as {role}"),
        None => format!("{email} removed"),
    };
    asking
        .record(&state, &[id], ("people.role", &about, Outcome::Allowed))
        .await?;
    match state.store.set_role(id, member.id, role, now).await? {
        Ok(()) => Ok(Redirect::to(&route::people(&workspace)).into_response()),
        Err(denied) => {
            let page = PeoplePage::refused(format!("Role: {denied}"));
            show(&state, &asking, workspace, page).await
        }
    }
}

/// Where a page of the record begins.
#[derive(Debug, Deserialize)]
pub(crate) struct Before {
    before: Option<String>,
}

/// `GET /{workspace}/audit`
pub(crate) async fn record(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    Query(query): Query<Before>,
    asking: Asking,
) -> Result<Response, Problem> {
    let id = state.workspace(&workspace).await?;
    // What is no number begins at the newest.
    let before = query.before.and_then(|text| text.parse().ok());
    let mut lines = state.store.audit_before(id, before, LINES + 1).await?;
    let more = lines.len() as i64 > LINES;
    lines.truncate(LINES as usize);
    let older = lines.last().filter(|_| more).map(|line| line.position);
    let frame = asking.frame_at(&state, &workspace);
    let page = RecordPage {
        workspace,
        lines,
        older,
        newest: before.is_none(),
        now: state.clock.now(),
    };
    Ok(still(still::record(frame, page)))
}
