//! Who may call what: before every route, by the one table of [`crate::routes`].
//!
//! 1. What the address asks for: its line in the table; an address without a line is refused.
//! 2. Who asks: the session behind the cookie, with the roles that its account has at this moment.
//! 3. Whether that goes together. What is only read goes on; what changes or hands out something
//!    is written into the record first, so that nothing is done that is not on record.
//!
//! A workspace of others looks like one that does not exist.

use app::{error::AppError, route, still};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    access::{Access, Caller, Reader, Role, TOUCH_MS, Token, Verdict, judge},
    audit::{Event, Outcome},
};
use leptos::server_fn::error::FromServerFnError as _;
use tower_http::request_id::RequestId;

use crate::{
    address::ClientAddress,
    asking, display,
    problem::Problem,
    routes::{Recorded, Rule, Table},
    state::AppState,
};

/// What stands before the router.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) state: AppState,
    pub(crate) table: Table,
}

/// Lets a request through, or says why not.
pub(crate) async fn gate(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let matched = matched.map(|path| path.as_str().to_owned());
    let rule = match &matched {
        // A page that does not exist; whoever is not signed in learns not even that.
        None => Some(&Rule {
            method: Method::GET,
            path: String::new(),
            access: Access::Person,
            page: true,
            recorded: Recorded::Not,
        }),
        Some(path) => gate.table.find(request.method(), path),
    };
    let Some(rule) = rule else {
        return match matched.is_some_and(|path| gate.table.knows(&path)) {
            // The method is unknown, and the router says so.
            true => next.run(request).await,
            false => unlisted(),
        };
    };
    let caller = match rule.access {
        // Files and programs: nobody's session is looked up for them.
        Access::Public | Access::Key(_) => Caller::Nobody,
        _ => match who(&gate.state, request.headers()).await {
            Ok(caller) => caller,
            Err(problem) => return problem.into_response(),
        },
    };
    request.extensions_mut().insert(caller.clone());
    let workspace = workspace_of(rule, request.uri());
    let verdict = judge(rule.access, &caller, workspace.as_deref());
    if let Some(outcome) = recorded(rule, &caller, verdict) {
        let action = match rule.recorded {
            Recorded::Not => "read",
            Recorded::Before(word) | Recorded::ByHandler(word) => word,
        };
        let path = request.uri().path();
        let event = event(request.extensions(), &caller, action.to_owned(), path);
        let event = Event { outcome, ..event };
        if let Err(problem) = record(&gate.state, workspace.as_deref(), event).await {
            return problem.into_response();
        }
    }
    let asks = Asks::new(rule, &request);
    match verdict {
        // A password may be put off on this machine only.
        Verdict::Pass if is_unfinished(&gate.state, rule, &caller) => {
            Redirect::to(route::COMPLETE).into_response()
        }
        Verdict::Pass => next.run(request).await,
        // The page says that there is no such workspace, in the words for one that is missing.
        Verdict::Missing if rule.page && workspace.is_some() => next.run(request).await,
        Verdict::Missing => asks.missing(&gate.state, request.headers(), workspace),
        Verdict::SignIn => asks.sign_in(request.uri(), request.headers()),
        Verdict::Refused(role) => asks.refused(&gate.state, request.headers(), role),
    }
}

/// Whether somebody has to set a password before they may go on.
fn is_unfinished(state: &AppState, rule: &Rule, caller: &Caller) -> bool {
    // Whoever has an address comes by it from an identity provider, and needs no password.
    let unset = caller
        .person()
        .is_some_and(|person| person.account.email.is_none());
    let on_the_way = [route::COMPLETE, route::SIGN_OUT].contains(&rule.path.as_str());
    let asks = matches!(rule.access, Access::Person | Access::Role(_));
    unset && asks && !on_the_way && !state.entry.on_loopback
}

fn unlisted() -> Response {
    tracing::error!("a route has no line in the table of rules");
    let detail = "nobody said who may call this address";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "unlisted_route", detail).into_response()
}

/// Who asks. A session is marked as used once a minute.
async fn who(state: &AppState, headers: &HeaderMap) -> Result<Caller, Problem> {
    if state.entry.open {
        return Ok(Caller::Everybody);
    }
    let Some(secret) = session_secret(state, headers) else {
        return Ok(Caller::Nobody);
    };
    let now = state.clock.now();
    let Some((person, seen_at)) = state.store.signed_in(&secret, now).await? else {
        return Ok(Caller::Nobody);
    };
    if now.as_ms() - seen_at.as_ms() >= TOUCH_MS {
        state.store.touch_session(person.session, now).await?;
    }
    Ok(Caller::Person(Box::new(person)))
}

/// The name of the session's cookie: browsers hold `__Host-` to TLS, this host and every path.
pub(crate) fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure {
        "__Host-session"
    } else {
        "session"
    }
}

/// What the cookie of a request holds, where it can be a session at all.
pub(crate) fn session_secret(state: &AppState, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(state.door.is_secure());
    let texts = headers.get_all(header::COOKIE).iter();
    let texts = texts.filter_map(|value| value.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';'));
    pairs.find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && Token::Session.is_secret(value)).then(|| value.to_owned())
    })
}

/// The workspace that a request is about: the first part of a page's path, an argument of a server function.
fn workspace_of(rule: &Rule, uri: &Uri) -> Option<String> {
    if rule.path.starts_with("/{workspace}/") {
        return Some(route::workspace_of(uri.path()));
    }
    let query = uri.query().filter(|_| rule.path.starts_with("/_/"))?;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
    // Only one: two readers might take different ones.
    let mut found = pairs.into_iter().filter(|(name, _)| name == "workspace");
    let (_, workspace) = found.next()?;
    found.next().is_none().then_some(workspace)
}

/// What is written down: what is about to be done, or was refused to somebody who is signed in.
fn recorded(rule: &Rule, caller: &Caller, verdict: Verdict) -> Option<Outcome> {
    match verdict {
        Verdict::Pass => matches!(rule.recorded, Recorded::Before(_)).then_some(Outcome::Allowed),
        Verdict::Refused(_) | Verdict::Missing => caller.person().map(|_| Outcome::Refused),
        Verdict::SignIn => None,
    }
}

async fn record(state: &AppState, workspace: Option<&str>, event: Event) -> Result<(), Problem> {
    let workspace = match workspace {
        // One of others learns that somebody knocked.
        Some(key) => state.store.workspace(key).await?.map(|found| found.id),
        None => None,
    };
    let event = Event { workspace, ..event };
    Ok(state.store.record(vec![event], state.clock.now()).await?)
}

/// A line of the record for a request, allowed and outside of any workspace unless that is changed.
pub(crate) fn event(
    extensions: &axum::http::Extensions,
    caller: &Caller,
    action: String,
    target: &str,
) -> Event {
    let id = extensions.get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok());
    Event {
        workspace: None,
        actor: called(caller),
        action,
        target: target.to_owned(),
        outcome: Outcome::Allowed,
        address: address(extensions),
        request_id: id.unwrap_or_default().to_owned(),
    }
}

/// Where a request comes from.
pub(crate) fn address(extensions: &axum::http::Extensions) -> String {
    let address = extensions.get::<ClientAddress>();
    address.map_or_else(|| "unknown".to_owned(), |address| address.0.to_string())
}

/// What the record calls somebody.
pub(crate) fn called(caller: &Caller) -> String {
    match caller {
        Caller::Nobody => "nobody".to_owned(),
        Caller::Everybody => "anybody (no sign-in)".to_owned(),
        // Nobody's workspace is needed for a name.
        Caller::Person(_) => Reader::of(caller, "").name.unwrap_or_default(),
    }
}

/// What a request wants back, which decides how it is told no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    Page,
    /// A server function's answer.
    Data,
    Form,
    /// A file, a stream or anything that a program reads.
    File,
}

impl Asks {
    fn new(rule: &Rule, request: &Request) -> Self {
        let accept = request.headers().get(header::ACCEPT);
        let html = accept.is_some_and(|accept| {
            accept
                .as_bytes()
                .windows(9)
                .any(|part| part == b"text/html")
        });
        if rule.path.starts_with("/_/") {
            Self::Data
        } else if request.method() == Method::POST {
            Self::Form
        } else if rule.recorded != Recorded::Not || (!html && accept.is_some()) {
            Self::File
        } else {
            Self::Page
        }
    }

    fn sign_in(self, uri: &Uri, headers: &HeaderMap) -> Response {
        let to = |next: &str| Redirect::to(&route::sign_in(Some(next))).into_response();
        match self {
            Self::Data => data(StatusCode::UNAUTHORIZED, &AppError::SignedOut),
            Self::Page => to(uri.path_and_query().map_or("/", |path| path.as_str())),
            // Back to the page that sent the form; what was typed is lost, and nothing was done.
            Self::Form => to(&own_referer(headers).unwrap_or_else(|| route::HOME.to_owned())),
            Self::File => {
                let detail = "sign in first: open this address in a browser that is signed in";
                Problem::new(StatusCode::UNAUTHORIZED, "signed_out", detail).into_response()
            }
        }
    }

    /// The same for a workspace of others and for one that does not exist.
    fn missing(self, state: &AppState, headers: &HeaderMap, workspace: Option<String>) -> Response {
        let what = format!("workspace {}", workspace.unwrap_or_default());
        match self {
            Self::Page | Self::Form => {
                let error = AppError::NotFound { what };
                page(state, headers, StatusCode::NOT_FOUND, &error)
            }
            Self::Data | Self::File => Problem::not_found("workspace").into_response(),
        }
    }

    fn refused(self, state: &AppState, headers: &HeaderMap, needed: Role) -> Response {
        let error = AppError::Refused { needs: needed };
        match self {
            Self::Data => data(StatusCode::FORBIDDEN, &error),
            Self::Page | Self::Form => page(state, headers, StatusCode::FORBIDDEN, &error),
            Self::File => {
                Problem::new(StatusCode::FORBIDDEN, "wrong_role", error.to_string()).into_response()
            }
        }
    }
}

fn page(state: &AppState, headers: &HeaderMap, status: StatusCode, error: &AppError) -> Response {
    let frame = still::Frame::new(&state.assets, display::look(headers));
    (status, asking::still(still::refused(frame, error))).into_response()
}

/// The page of this site from which a form was sent.
fn own_referer(headers: &HeaderMap) -> Option<String> {
    let referer: Uri = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let own = referer
        .authority()
        .is_some_and(|authority| authority.as_str() == host);
    own.then(|| {
        referer
            .path_and_query()
            .map(|path| path.as_str().to_owned())
    })
    .flatten()
}

/// An error as the browser's half of a server function reads it.
fn data(status: StatusCode, error: &AppError) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (
            header::HeaderName::from_static(leptos::server_fn::error::SERVER_FN_ERROR_HEADER),
            HeaderValue::from_static("gate"),
        ),
    ];
    (status, headers, error.ser()).into_response()
}
