//! The addresses of people: signing in, who may do what, links for people outside.

use domain::{AccountId, ApiKeyId, ShareLinkId, percent::push_encoded};

use super::{HOME, join};

/// Where the form that ends a session is sent.
pub const SIGN_OUT: &str = "/sign-out";
/// A person's password and sessions.
pub const ACCOUNT: &str = "/account";
/// Where the form that sets another password is sent.
pub const CHANGE_PASSWORD: &str = "/account/password";
/// Where the form that ends one session is sent.
pub const END_SESSION: &str = "/account/sessions/end";
/// Where the first admin sets what they put off.
pub const COMPLETE: &str = "/account/complete";
/// Where the form that signs in is, and where it is sent.
pub const SIGN_IN: &str = "/sign-in";

/// Where an identity provider sends people back to.
pub const OIDC_CALLBACK: &str = "/sign-in/oidc/callback";
/// The way to the identity provider.
pub const OIDC: &str = "/sign-in/oidc";

/// The page that signs in and then leads to `next`.
#[must_use]
pub fn sign_in(next: Option<&str>) -> String {
    leading_to(SIGN_IN, next.unwrap_or(HOME))
}

/// The way to the identity provider and then to `next`.
#[must_use]
pub fn oidc(next: &str) -> String {
    leading_to(OIDC, next)
}

fn leading_to(path: &str, next: &str) -> String {
    let mut path = path.to_owned();
    if ![HOME, ""].contains(&next) {
        path.push_str("?next=");
        push_encoded(&mut path, next);
    }
    path
}

/// The link that makes the first admin.
#[must_use]
pub fn setup(secret: &str) -> String {
    join(&["setup", secret])
}

/// The link that sets a password.
#[must_use]
pub fn password(secret: &str) -> String {
    join(&["password", secret])
}

/// The people of a workspace; the form that invites is sent there too.
#[must_use]
pub fn people(workspace: &str) -> String {
    join(&[workspace, "people"])
}

/// Where the form is sent that changes somebody's role, takes it away, or makes a new link for them.
#[must_use]
pub fn person(workspace: &str, id: AccountId) -> String {
    join(&[workspace, "people", &id.0.to_string()])
}

/// The keys of a workspace; the form that makes one is sent there too.
#[must_use]
pub fn keys_of(workspace: &str) -> String {
    join(&[workspace, "keys"])
}

/// Where the form that ends a key is sent.
#[must_use]
pub fn revoke_key(workspace: &str, id: ApiKeyId) -> String {
    join(&[workspace, "keys", &id.0.to_string(), "revoke"])
}

/// Another secret for an endpoint of webhooks; the form that asks for it is sent there too.
#[must_use]
pub fn webhook_secret(workspace: &str, id: ApiKeyId) -> String {
    join(&[workspace, "keys", &id.0.to_string(), "secret"])
}

/// The record of who did what, before a line where one is given.
#[must_use]
pub fn record(workspace: &str, before: Option<i64>) -> String {
    let path = join(&[workspace, "audit"]);
    before.map_or(path.clone(), |before| format!("{path}?before={before}"))
}

/// Whether originals of secrets are kept; the form that decides it is sent there too.
#[must_use]
pub fn originals(workspace: &str) -> String {
    join(&[workspace, "settings", "originals"])
}

/// Where the form that deletes all originals is sent.
#[must_use]
pub fn delete_originals(workspace: &str) -> String {
    join(&[workspace, "settings", "originals", "delete"])
}

/// The originals of a step; the form with the reason is sent there too.
#[must_use]
pub fn reveal(workspace: &str, run: &str, step: &str) -> String {
    join(&[workspace, "runs", run, "steps", step, "reveal"])
}

/// The links of a run for people outside; the form that makes one is sent there too.
#[must_use]
pub fn share(workspace: &str, run: &str) -> String {
    join(&[workspace, "runs", run, "share"])
}

/// Where the form that ends a link is sent.
#[must_use]
pub fn revoke_share(workspace: &str, run: &str, id: ShareLinkId) -> String {
    join(&[workspace, "runs", run, "share", &id.0.to_string(), "revoke"])
}

/// What a link for people outside shows: a run, or one of its steps.
#[must_use]
pub fn shared(secret: &str, step: Option<&str>) -> String {
    match step {
        None => join(&["shared", secret]),
        Some(step) => join(&["shared", secret, "steps", step]),
    }
}

/// Where a heartbeat is sent: of the integration that its key is of, or of one of its flow or workspace.
#[must_use]
pub fn ping(secret: &str, integration: Option<&str>) -> String {
    match integration {
        None => join(&["ping", secret]),
        Some(integration) => join(&["ping", secret, integration]),
    }
}

/// Where the events of an endpoint are sent.
#[must_use]
pub fn hook(endpoint: &str) -> String {
    join(&["hooks", endpoint])
}
