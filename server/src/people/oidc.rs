//! The way in by an identity provider: there, back, and who of those that it knows may come in.
//!
//! Whoever is turned away learns nothing of the accounts here: an unknown address, one that is not
//! verified, one that is somebody else's and one without a role are answered alike.

use app::{route, still::SignInForm};
use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    WorkspaceId,
    access::{Role, checked_email},
    audit::Outcome,
};
use serde::Deserialize;
use store::Identity;

use super::{
    entering::{let_in, network, too_often, workspaces},
    sign_in::{self, Next, sign_in_page},
};
use crate::{
    actions::own_page,
    address::ClientAddress,
    asking::{Asking, random},
    oidc::{Attempt, Oidc, Unanswered, Unknown, no_cookie, word},
    problem::Problem,
    state::AppState,
};

/// What somebody is told who did not get in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// The provider does not answer.
    Away,
    /// The answer belongs to no sign-in of this browser.
    Stale,
    /// They, or the provider, broke it off.
    Denied,
    /// The answer cannot be believed.
    NotBelieved,
    /// The provider knows them, and they may not come in.
    NotHere,
}

impl Told {
    fn status(self) -> StatusCode {
        match self {
            Self::Away => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotBelieved => StatusCode::BAD_GATEWAY,
            Self::Stale | Self::Denied | Self::NotHere => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// The word for it in the record.
    fn word(self) -> &'static str {
        match self {
            Self::Away => "no answer",
            Self::Stale => "unknown state",
            Self::Denied => "broken off",
            Self::NotBelieved => "not believed",
            Self::NotHere => "may not come in",
        }
    }

    fn text(self, name: &str) -> String {
        match self {
            Self::Away => format!("{name} did not answer. Try again in a minute; if it stays away, tell whoever runs this server."),
            Self::Stale => "This sign-in was begun in another browser, was used already, or took more than ten minutes. Begin again here.".to_owned(),
            Self::Denied => format!("{name} broke the sign-in off. Begin again, or ask whoever looks after {name} whether you may use this server."),
            Self::NotBelieved => format!("What {name} answered could not be checked. Tell whoever runs this server: its log says why."),
            Self::NotHere => format!("{name} knows you, but nobody with your e-mail address may come in here. Ask an admin of your workspace to add the address that you have at {name}; it must be verified there."),
        }
    }
}

/// `GET /sign-in/oidc`: sends the browser to the provider.
pub(crate) async fn begin(
    State(state): State<AppState>,
    Query(Next { next }): Query<Next>,
    address: Option<Extension<ClientAddress>>,
    asking: Asking,
) -> Result<Response, Problem> {
    let Some(provider) = state.entry.provider.clone() else {
        return Ok(sign_in::page(State(state), Query(Next { next }), asking).await);
    };
    if asking.person().is_some() {
        let next = own_page(&next).unwrap_or_else(|| route::HOME.to_owned());
        return Ok(Redirect::to(&next).into_response());
    }
    if let Err(wait) = provider.begins(network(address)) {
        return Ok(wait_first(&state, &asking, next, wait));
    }
    let now = state.clock.now();
    let attempt = Attempt::new(random()?, &next, now);
    match provider.begin(&attempt, &back(&state), now).await {
        Ok(there) => {
            let cookie = attempt.cookie(state.door.is_secure());
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&there)).into_response())
        }
        Err(error) => {
            tracing::warn!(error = %error, "nobody can be sent to the identity provider");
            Ok(refused(&state, &asking, next, Told::Away))
        }
    }
}

/// What the provider sends somebody back with.
#[derive(Deserialize)]
pub(crate) struct Answer {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    iss: String,
}

/// `GET /sign-in/oidc/callback`: signs in whoever comes back, if they may.
pub(crate) async fn finish(
    State(state): State<AppState>,
    Query(answer): Query<Answer>,
    address: Option<Extension<ClientAddress>>,
    asking: Asking,
) -> Result<Response, Problem> {
    let Some(provider) = state.entry.provider.clone() else {
        return Ok(sign_in::page(State(state), Query(Next::default()), asking).await);
    };
    if let Err(wait) = state.entry.address(network(address)) {
        return Ok(wait_first(&state, &asking, String::new(), wait));
    }
    let is_secure = state.door.is_secure();
    let attempt = Attempt::of(&asking.headers, is_secure, state.clock.now());
    let next = attempt.as_ref().map(|one| one.next.clone());
    let came = match attempt.filter(|one| one.state() == answer.state) {
        Some(attempt) => who(&state, &provider, &attempt, &answer).await,
        None => Err(Told::Stale),
    };
    let outcome = match came {
        Ok(identity) => enter(&state, &provider, &asking, identity, next.as_deref()).await?,
        Err(told) => {
            let about = format!("{}: {}", provider.label(), told.word());
            asking
                .record(&state, &[], ("sign_in", &about, Outcome::Refused))
                .await?;
            Err(told)
        }
    };
    let response = match outcome {
        Ok(inside) => inside,
        Err(told) => refused(&state, &asking, next.unwrap_or_default(), told),
    };
    Ok(without(response, no_cookie(is_secure)))
}

/// Who it is, by an answer that belongs to this browser's sign-in.
async fn who(
    state: &AppState,
    provider: &Oidc,
    attempt: &Attempt,
    answer: &Answer,
) -> Result<Identity, Told> {
    if !answer.error.is_empty() || answer.code.is_empty() {
        tracing::warn!(
            word = word(&answer.error),
            "the identity provider broke a sign-in off"
        );
        return Err(Told::Denied);
    }
    let now = state.clock.now();
    let code = (answer.code.as_str(), answer.iss.as_str());
    let person = match provider.finish(attempt, code, &back(state), now).await {
        Ok(person) => person,
        Err(error) => {
            tracing::warn!(error = %error, "a sign-in at the identity provider failed");
            return Err(match error {
                Unknown::Unanswered(Unanswered::Away(_)) => Told::Away,
                // Used already, or asked for by somebody else.
                Unknown::Unanswered(Unanswered::Code(word)) if word == "invalid_grant" => {
                    Told::Stale
                }
                _ => Told::NotBelieved,
            });
        }
    };
    let email = person
        .verified_email()
        .and_then(|email| checked_email(email).ok());
    let Some(email) = email.filter(|_| is_subject(&person.subject)) else {
        tracing::warn!("the identity provider names no verified e-mail address");
        return Err(Told::NotHere);
    };
    Ok(Identity {
        issuer: provider.issuer().to_owned(),
        subject: person.subject,
        email,
    })
}

/// The specification allows no more.
fn is_subject(subject: &str) -> bool {
    !subject.is_empty() && subject.len() <= 255
}

/// Lets somebody in who has an account and a role, or may have them.
async fn enter(
    state: &AppState,
    provider: &Oidc,
    asking: &Asking,
    identity: Identity,
    next: Option<&str>,
) -> Result<Result<Response, Told>, Problem> {
    let found = state.store.account_of(&identity).await?;
    let of = match &found {
        Some(account) => workspaces(state, account.id).await?,
        None => Vec::new(),
    };
    let join = match &found {
        Some(_) => None,
        None => new_role(state, provider, &identity.email).await?,
    };
    let email = identity.email.as_str();
    let lines = match (&found, join) {
        // Who has no role left was taken out, and does not come back by their domain.
        (Some(account), _) if !of.is_empty() => {
            let name = account.email.clone().unwrap_or_default();
            vec![("sign_in", name)]
        }
        (None, Some((_, role))) => vec![
            ("people.role", format!("{email} as {role}")),
            ("sign_in", email.to_owned()),
        ],
        _ => {
            asking
                .record(state, &of, ("sign_in", email, Outcome::Refused))
                .await?;
            return Ok(Err(Told::NotHere));
        }
    };
    let of = join.map_or(of, |(workspace, _)| vec![workspace]);
    for (word, about) in lines {
        asking
            .record(state, &of, (word, &about, Outcome::Allowed))
            .await?;
    }
    let now = state.clock.now();
    match state.store.identify(&identity, join, now).await? {
        Ok(account) => let_in(state, asking, account.id, next.unwrap_or_default())
            .await
            .map(Ok),
        // Somebody else took the address in between.
        Err(_) => Ok(Err(Told::NotHere)),
    }
}

/// What somebody gets who has no account, where their address is one of those that may have one.
async fn new_role(
    state: &AppState,
    provider: &Oidc,
    email: &str,
) -> Result<Option<(WorkspaceId, Role)>, Problem> {
    let Some((workspace, role)) = provider.join(email) else {
        return Ok(None);
    };
    // An account with this address is somebody else's there, or was taken out here.
    if state.store.account(email).await?.is_some() {
        return Ok(None);
    }
    Ok(Some((state.workspace(workspace).await?, role)))
}

/// Where the provider sends people back to; it has to know this address.
fn back(state: &AppState) -> String {
    format!("{}{}", state.origin.0, route::OIDC_CALLBACK)
}

fn refused(state: &AppState, asking: &Asking, next: String, told: Told) -> Response {
    let provider = state.entry.provider.as_ref();
    let name = provider.map_or("", |one| one.label());
    let form = SignInForm {
        next,
        problem: Some(told.text(name)),
        ..SignInForm::default()
    };
    (told.status(), sign_in_page(state, asking, form)).into_response()
}

fn wait_first(
    state: &AppState,
    asking: &Asking,
    next: String,
    wait: std::time::Duration,
) -> Response {
    let form = SignInForm {
        next,
        problem: Some(too_often(wait.as_secs() as i64 + 1)),
        ..SignInForm::default()
    };
    let page = sign_in_page(state, asking, form);
    (StatusCode::TOO_MANY_REQUESTS, page).into_response()
}

/// Takes the sign-in's cookie away, beside the session's.
fn without(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}
