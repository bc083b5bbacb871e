//! How people come in: with a password, by a link that sets one, or as the first admin.
//!
//! Nothing here tells which accounts exist: a wrong password and an unknown address are answered
//! alike, in words and in time.

use app::{
    route,
    still::{self, PasswordForm, SignInForm},
};
use axum::{
    Extension, Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    access::{Token, checked_email, checked_password},
    audit::Outcome,
};
use serde::Deserialize;
use store::Denied;

use crate::{
    actions::own_page,
    address::ClientAddress,
    asking::{Asking, still, with_session, without_session},
    entry::NotHashed,
    problem::Problem,
    state::AppState,
};

use super::entering::{let_in, network, too_often, workspaces};

/// What a link's page advises that no longer does anything.
const ASK_AGAIN: &str = "Ask an admin of your workspace for a new one.";
const START_AGAIN: &str =
    "On the server, the command integration-view setup-link prints a new one.";
const SWITCHED_OFF: &str = "Passwords are switched off on this server.";
const WRONG: &str = "E-mail or password: no account has both.";

impl From<NotHashed> for Problem {
    fn from(error: NotHashed) -> Self {
        tracing::error!(error = %error, "a password could not be tried");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "the server could not look at the password; try again",
        )
    }
}

/// The page to go on to.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    pub(super) next: String,
}

/// `GET /sign-in`
pub(crate) async fn page(
    State(state): State<AppState>,
    Query(Next { next }): Query<Next>,
    asking: Asking,
) -> Response {
    if asking.person().is_some() || state.entry.open {
        return Redirect::to(&own_page(&next).unwrap_or_else(|| route::HOME.to_owned()))
            .into_response();
    }
    sign_in_page(
        &state,
        &asking,
        SignInForm {
            next,
            ..SignInForm::default()
        },
    )
}

/// The page with the ways in that there are.
pub(super) fn sign_in_page(state: &AppState, asking: &Asking, form: SignInForm) -> Response {
    let provider = state.entry.provider.as_ref();
    let form = SignInForm {
        provider: provider.map(|one| one.label().to_owned()),
        only_provider: !state.entry.passwords,
        ..form
    };
    still(still::sign_in(asking.frame(state), form))
}

/// Who signs in.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in`
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    address: Option<Extension<ClientAddress>>,
    asking: Asking,
    Form(form): Form<Credentials>,
) -> Result<Response, Problem> {
    let Credentials {
        email,
        password,
        next,
    } = form;
    let now = state.clock.now();
    let again = |problem: String, status: StatusCode| {
        let form = SignInForm {
            next: next.clone(),
            email: email.clone(),
            problem: Some(problem),
            ..SignInForm::default()
        };
        (status, sign_in_page(&state, &asking, form)).into_response()
    };
    if !state.entry.passwords {
        return Ok(again(
            SWITCHED_OFF.to_owned(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ));
    }
    if let Err(wait) = state.entry.address(network(address)) {
        return Ok(again(
            too_often(wait.as_secs() as i64 + 1),
            StatusCode::TOO_MANY_REQUESTS,
        ));
    }
    if let Err(wait) = state.entry.attempt(&email, now) {
        return Ok(again(
            too_often((wait + 999) / 1_000),
            StatusCode::TOO_MANY_REQUESTS,
        ));
    }
    let found = state.store.account(&email).await?;
    let kept = found.as_ref().and_then(|found| found.password.clone());
    let right = state.entry.verify(password, kept).await?;
    let account = found.map(|found| found.account);
    let of = match &account {
        Some(account) => workspaces(&state, account.id).await?,
        None => Vec::new(),
    };
    let (true, Some(account)) = (right, account) else {
        asking
            .record(&state, &of, ("sign_in", &email, Outcome::Refused))
            .await?;
        return Ok(again(WRONG.to_owned(), StatusCode::UNPROCESSABLE_ENTITY));
    };
    state.entry.right(&email);
    asking
        .record(&state, &of, ("sign_in", &email, Outcome::Allowed))
        .await?;
    let_in(&state, &asking, account.id, &next).await
}

/// `POST /sign-out`
pub(crate) async fn sign_out(
    State(state): State<AppState>,
    asking: Asking,
) -> Result<Response, Problem> {
    if let Some(person) = asking.person() {
        state
            .store
            .sign_out(person.account.id, person.session, state.clock.now())
            .await?;
    }
    Ok(without_session(
        &state,
        Redirect::to(route::SIGN_IN).into_response(),
    ))
}

/// `GET /setup/{secret}`: makes the first admin, who sets a password on the next page.
pub(crate) async fn set_up(
    State(state): State<AppState>,
    Path(secret): Path<String>,
    asking: Asking,
) -> Result<Response, Problem> {
    let gone = || {
        (
            StatusCode::GONE,
            still(still::link_gone(asking.frame(&state), START_AGAIN)),
        )
            .into_response()
    };
    if !Token::Setup.is_secret(&secret) {
        return Ok(gone());
    }
    let session = asking.new_session()?;
    let now = state.clock.now();
    let made = state.store.set_up(&secret, session.clone(), now).await?;
    let Ok(account) = made else { return Ok(gone()) };
    let of = workspaces(&state, account.id).await?;
    asking
        .record(&state, &of, ("setup", "the first admin", Outcome::Allowed))
        .await?;
    Ok(with_session(
        &state,
        &session,
        Redirect::to(route::COMPLETE).into_response(),
    ))
}

/// `GET /account/complete`: the first admin's address and password.
pub(crate) async fn complete_page(State(state): State<AppState>, asking: Asking) -> Response {
    match asking.person() {
        Some(person) if person.account.email.is_none() => {
            complete_form(&state, &asking, String::new(), None)
        }
        _ => Redirect::to(route::ACCOUNT).into_response(),
    }
}

fn complete_form(
    state: &AppState,
    asking: &Asking,
    typed: String,
    problem: Option<String>,
) -> Response {
    let form = PasswordForm {
        heading: "You are the first admin",
        action: route::COMPLETE.to_owned(),
        email: None,
        typed,
        later: state.entry.on_loopback.then(|| route::HOME.to_owned()),
        problem,
    };
    still(still::set_password(asking.frame(state), form))
}

/// An address and a password to set.
#[derive(Deserialize)]
pub(crate) struct NewPassword {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

/// `POST /account/complete`
pub(crate) async fn complete(
    State(state): State<AppState>,
    asking: Asking,
    Form(form): Form<NewPassword>,
) -> Result<Response, Problem> {
    let person = match asking.person() {
        Some(person) if person.account.email.is_none() => person,
        _ => return Ok(Redirect::to(route::ACCOUNT).into_response()),
    };
    let checked = checked_email(&form.email).map_err(str::to_owned);
    let checked = checked.and_then(|email| {
        checked_password(&form.password, &email).map_err(|bad| bad.to_string())?;
        Ok(email)
    });
    let email = match checked {
        Ok(email) => email,
        Err(problem) => return Ok(complete_form(&state, &asking, form.email, Some(problem))),
    };
    let hash = state.entry.hash(form.password).await?;
    let session = asking.new_session()?;
    let of: Vec<_> = person.roles.iter().map(|one| one.workspace_id).collect();
    asking
        .record(&state, &of, ("account.password", &email, Outcome::Allowed))
        .await?;
    let now = state.clock.now();
    let id = person.account.id;
    match state
        .store
        .complete_account(id, &email, hash, session.clone(), now)
        .await?
    {
        Ok(()) => Ok(with_session(
            &state,
            &session,
            Redirect::to(route::HOME).into_response(),
        )),
        Err(denied) => {
            let problem = Some(format!("E-mail: {denied}"));
            Ok(complete_form(&state, &asking, form.email, problem))
        }
    }
}

/// `GET /password/{secret}`
pub(crate) async fn password_page(
    State(state): State<AppState>,
    Path(secret): Path<String>,
    asking: Asking,
) -> Result<Response, Problem> {
    password_form(&state, &asking, &secret, None).await
}

async fn password_form(
    state: &AppState,
    asking: &Asking,
    secret: &str,
    problem: Option<String>,
) -> Result<Response, Problem> {
    let ticket = match Token::Password.is_secret(secret) {
        true => state.store.ticket(secret, state.clock.now()).await?,
        false => None,
    };
    let Some(ticket) = ticket else {
        let page = still(still::link_gone(asking.frame(state), ASK_AGAIN));
        return Ok((StatusCode::GONE, page).into_response());
    };
    let form = PasswordForm {
        heading: "Set your password",
        action: route::password(secret),
        email: ticket.email,
        problem,
        ..PasswordForm::default()
    };
    Ok(still(still::set_password(asking.frame(state), form)))
}

/// `POST /password/{secret}`: sets the password and signs in.
pub(crate) async fn set_password(
    State(state): State<AppState>,
    Path(secret): Path<String>,
    asking: Asking,
    Form(form): Form<NewPassword>,
) -> Result<Response, Problem> {
    let now = state.clock.now();
    let ticket = match Token::Password.is_secret(&secret) {
        true => state.store.ticket(&secret, now).await?,
        false => None,
    };
    let Some((account, email)) =
        ticket.and_then(|ticket| Some((ticket.account_id?, ticket.email?)))
    else {
        return password_form(&state, &asking, &secret, None).await;
    };
    if let Err(bad) = checked_password(&form.password, &email) {
        return password_form(&state, &asking, &secret, Some(bad.to_string())).await;
    }
    let hash = state.entry.hash(form.password).await?;
    let session = asking.new_session()?;
    let of = workspaces(&state, account).await?;
    asking
        .record(&state, &of, ("account.password", &email, Outcome::Allowed))
        .await?;
    let set = state
        .store
        .redeem_ticket(&secret, account, hash, session.clone(), now)
        .await?;
    match set {
        Ok(()) => {
            state.entry.right(&email);
            Ok(with_session(
                &state,
                &session,
                Redirect::to(route::HOME).into_response(),
            ))
        }
        Err(Denied::Link | Denied::Email | Denied::LastAdmin) => {
            password_form(&state, &asking, &secret, None).await
        }
    }
}
