//! What somebody does with their own account.

use app::{
    route,
    still::{self, AccountPage},
};
use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{SessionId, access::checked_password, audit::Outcome};
use serde::Deserialize;

use crate::{
    asking::{Asking, still, with_session},
    problem::Problem,
    state::AppState,
};

/// `GET /account`
pub(crate) async fn page(
    State(state): State<AppState>,
    asking: Asking,
) -> Result<Response, Problem> {
    show(&state, &asking, AccountPage::default()).await
}

async fn show(state: &AppState, asking: &Asking, with: AccountPage) -> Result<Response, Problem> {
    let Some(person) = asking.person() else {
        // Nobody signs in here, so nobody has an account.
        return Ok(Redirect::to(route::HOME).into_response());
    };
    let now = state.clock.now();
    let page = AccountPage {
        email: person.account.email.clone(),
        has_password: person.account.has_password,
        provider: state
            .entry
            .provider
            .as_ref()
            .map(|one| one.label().to_owned()),
        only_provider: !state.entry.passwords,
        roles: person.roles.clone(),
        sessions: state.store.sessions(person.account.id, now).await?,
        this: person.session,
        now,
        ..with
    };
    Ok(still(still::account(asking.frame(state), page)))
}

/// Another password.
#[derive(Deserialize)]
pub(crate) struct ChangeForm {
    #[serde(default)]
    old: String,
    #[serde(default)]
    password: String,
}

/// `POST /account/password`: sets another password and ends every other session.
pub(crate) async fn change_password(
    State(state): State<AppState>,
    asking: Asking,
    Form(form): Form<ChangeForm>,
) -> Result<Response, Problem> {
    let Some(person) = asking.person() else {
        return Ok(Redirect::to(route::HOME).into_response());
    };
    let refused = |problem: String| AccountPage {
        problem: Some(problem),
        ..AccountPage::default()
    };
    if !state.entry.passwords {
        let text = "Passwords are switched off on this server.".to_owned();
        return show(&state, &asking, refused(text)).await;
    }
    let email = person.account.email.clone().unwrap_or_default();
    let now = state.clock.now();
    if let Err(bad) = checked_password(&form.password, &email) {
        return show(&state, &asking, refused(bad.to_string())).await;
    }
    // A session that somebody left open must not be a way to guess.
    if state.entry.attempt(&email, now).is_err() {
        let text = "Password now: too many wrong attempts; try again in a while".to_owned();
        return show(&state, &asking, refused(text)).await;
    }
    let kept = state.store.account_by_id(person.account.id).await?;
    let kept = kept.and_then(|found| found.password);
    if !state.entry.verify(form.old, kept).await? {
        let text = "Password now: it is not this one".to_owned();
        return show(&state, &asking, refused(text)).await;
    }
    state.entry.right(&email);
    let hash = state.entry.hash(form.password).await?;
    let session = asking.new_session()?;
    let of: Vec<_> = person.roles.iter().map(|one| one.workspace_id).collect();
    asking
        .record(&state, &of, ("account.password", &email, Outcome::Allowed))
        .await?;
    state
        .store
        .change_password(person.account.id, hash, session.clone(), now)
        .await?;
    let page = show(
        &state,
        &asking,
        AccountPage {
            saved: true,
            ..AccountPage::default()
        },
    )
    .await?;
    Ok(with_session(&state, &session, page))
}

/// A session to end.
#[derive(Debug, Deserialize)]
pub(crate) struct EndForm {
    #[serde(default)]
    session: String,
}

/// `POST /account/sessions/end`
pub(crate) async fn end_session(
    State(state): State<AppState>,
    asking: Asking,
    Form(form): Form<EndForm>,
) -> Result<Redirect, Problem> {
    // What is no session ends none.
    if let (Some(person), Ok(session)) = (asking.person(), form.session.parse()) {
        let now = state.clock.now();
        state
            .store
            .sign_out(person.account.id, SessionId(session), now)
            .await?;
    }
    Ok(Redirect::to(route::ACCOUNT))
}
