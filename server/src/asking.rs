//! Who asks, and in what frame they are answered: what the handlers of [`app::still`] pages need.

use app::still::Frame;
use axum::{
    extract::FromRequestParts,
    http::{Extensions, HeaderMap, HeaderValue, header, request::Parts},
    response::{Html, IntoResponse as _, Response},
};
use domain::{
    WorkspaceId,
    access::{Caller, Person, Token},
    audit::{Event, Outcome},
};
use store::NewSession;

use crate::{clock, display, gate, problem::Problem, state::AppState};

/// Such pages hold no script, and run none.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// The caller of a handler, and what the record says of the request.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    pub(crate) caller: Caller,
    pub(crate) headers: HeaderMap,
    extensions: Extensions,
}

impl FromRequestParts<AppState> for Asking {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        // The gate put it there; without one nobody asks.
        let caller = parts.extensions.get::<Caller>().cloned();
        Ok(Self {
            caller: caller.unwrap_or_default(),
            headers: parts.headers.clone(),
            extensions: parts.extensions.clone(),
        })
    }
}

impl Asking {
    /// The frame of a page outside of any workspace.
    pub(crate) fn frame(&self, state: &AppState) -> Frame {
        Frame::new(&state.assets, display::look(&self.headers)).by(&self.caller)
    }

    /// The frame of a page of this workspace.
    pub(crate) fn frame_at(&self, state: &AppState, workspace: &str) -> Frame {
        self.frame(state).at(workspace)
    }

    /// Somebody who is signed in.
    pub(crate) fn person(&self) -> Option<&Person> {
        self.caller.person()
    }

    /// Writes down what is about to be done.
    pub(crate) async fn record(
        &self,
        state: &AppState,
        workspaces: &[WorkspaceId],
        (action, target, outcome): (&str, &str, Outcome),
    ) -> Result<(), Problem> {
        let event = gate::event(&self.extensions, &self.caller, action.to_owned(), target);
        let event = Event { outcome, ..event };
        let of = |workspace| Event {
            workspace,
            ..event.clone()
        };
        let events = match workspaces {
            [] => vec![of(None)],
            some => some.iter().map(|id| of(Some(*id))).collect(),
        };
        Ok(state.store.record(events, state.clock.now()).await?)
    }

    /// A session that begins with this request.
    pub(crate) fn new_session(&self) -> Result<NewSession, Problem> {
        let agent = self.headers.get(header::USER_AGENT);
        Ok(NewSession {
            secret: Token::Session.secret(random()?),
            agent: agent
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
            address: gate::address(&self.extensions),
        })
    }
}

/// 256 bits for a secret.
pub(crate) fn random() -> Result<[u8; 32], Problem> {
    clock::random().map_err(|error| {
        tracing::error!(error = %error, "the operating system has no random numbers");
        Problem::internal()
    })
}

/// Hands a session's secret to the browser.
pub(crate) fn with_session(state: &AppState, session: &NewSession, response: Response) -> Response {
    with_cookie(
        state,
        &session.secret,
        domain::access::ABSOLUTE_MS / 1_000,
        response,
    )
}

/// Takes the session's secret from the browser.
pub(crate) fn without_session(state: &AppState, response: Response) -> Response {
    with_cookie(state, "", 0, response)
}

fn with_cookie(state: &AppState, value: &str, seconds: i64, mut response: Response) -> Response {
    let secure = state.door.is_secure();
    let name = gate::cookie_name(secure);
    let secure = if secure { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A page without script.
pub(crate) fn still(html: String) -> Response {
    let mut response = Html(html).into_response();
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    response
}
