//! Endpoints for webhooks: made like keys, and given another secret while the one before lives on.

use app::{
    route,
    still::{self, KeysPage, Made, WebhookPage},
};
use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use domain::{
    ApiKeyId, WorkspaceId,
    access::{ApiKey, Scope},
    audit::Outcome,
    webhook::Secret,
};
use serde::Deserialize;
use store::{KeyAsked, Shut};

use super::keys;
use crate::{
    asking::{Asking, random, still},
    clock,
    problem::{Problem, found},
    state::AppState,
};

/// Why no endpoint is made and none gets another secret.
pub(crate) const NO_SECRETS_KEY: &str = "This server has nothing to seal their secrets with, so it receives no webhooks. Whoever runs it starts it with --secrets-key-file; integration-view secrets-key prints a key for that file";

/// The secret that a sender gave, where it gave one.
///
/// # Errors
/// The rule that it breaks, without a word of it.
pub(super) fn given(typed: &str) -> Result<Option<Secret>, String> {
    match typed.trim() {
        "" => Ok(None),
        typed => match Secret::parse(typed) {
            Ok(secret) => Ok(Some(secret)),
            Err(rule) => Err(format!("Secret of the sender: {rule}")),
        },
    }
}

/// Makes an endpoint. A secret that its sender gave is not shown again.
pub(super) async fn make(
    state: &AppState,
    workspace: WorkspaceId,
    asked: KeyAsked,
    given: Option<Secret>,
) -> Result<Made, Problem> {
    let endpoint = Scope::Webhook.secret_for(&asked.bounds, random()?);
    let (secret, shown) = secret(given)?;
    let shut = shut(state, (workspace, &endpoint), &secret)?;
    let now = state.clock.now();
    let made = state
        .store
        .create_webhook(workspace, asked, (&endpoint, shut), now);
    made.await?;
    Ok(Made::Webhook {
        address: address(state, &endpoint),
        secret: shown,
    })
}

/// `GET /{workspace}/keys/{id}/secret`
pub(crate) async fn ask(
    State(state): State<AppState>,
    Path((workspace, id)): Path<(String, i64)>,
    asking: Asking,
) -> Result<Response, Problem> {
    show(&state, &asking, (workspace, ApiKeyId(id)), None).await
}

async fn show(
    state: &AppState,
    asking: &Asking,
    (workspace, id): (String, ApiKeyId),
    problem: Option<String>,
) -> Result<Response, Problem> {
    let key = endpoint(state, state.workspace(&workspace).await?, id).await?;
    let frame = asking.frame_at(state, &workspace);
    let page = WebhookPage {
        address: address(state, &key.prefix),
        key,
        workspace,
        problem,
    };
    Ok(still(still::webhook(frame, page)))
}

/// Another secret, as it was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct SecretForm {
    secret: String,
}

/// `POST /{workspace}/keys/{id}/secret`: gives an endpoint another secret and shows it this once.
pub(crate) async fn renew(
    State(state): State<AppState>,
    Path((workspace, id)): Path<(String, i64)>,
    asking: Asking,
    Form(form): Form<SecretForm>,
) -> Result<Response, Problem> {
    let (of, id) = (state.workspace(&workspace).await?, ApiKeyId(id));
    let key = endpoint(&state, of, id).await?;
    let given = match given(&form.secret) {
        _ if state.secrets_keys.is_none() => Err(NO_SECRETS_KEY.to_owned()),
        given => given,
    };
    let given = match given {
        Ok(given) => given,
        Err(rule) => return show(&state, &asking, (workspace, id), Some(rule)).await,
    };
    let (secret, shown) = secret(given)?;
    let shut = shut(&state, (of, &key.prefix), &secret)?;
    let about = keys::about(
        key.scope,
        &KeyAsked {
            name: key.name,
            bounds: key.bounds,
            ..KeyAsked::default()
        },
    );
    asking
        .record(&state, &[of], ("key.secret", &about, Outcome::Allowed))
        .await?;
    let now = state.clock.now();
    state.store.renew_webhook(of, id, shut, now).await?;
    let page = KeysPage {
        made: Some(Made::Webhook {
            address: address(&state, &key.prefix),
            secret: shown,
        }),
        ..KeysPage::default()
    };
    keys::show(&state, &asking, workspace, page).await
}

/// The living endpoint of this id.
async fn endpoint(state: &AppState, of: WorkspaceId, id: ApiKeyId) -> Result<ApiKey, Problem> {
    let mut keys = state.store.api_keys(of).await?.into_iter();
    let key =
        keys.find(|key| key.id == id && key.scope == Scope::Webhook && key.revoked_at.is_none());
    found(key, "endpoint")
}

/// The secret to keep, and what is shown of it: one that was made here.
fn secret(given: Option<Secret>) -> Result<(Secret, Option<String>), Problem> {
    match given {
        Some(secret) => Ok((secret, None)),
        None => {
            let secret = Secret::new(random()?);
            let shown = secret.text();
            Ok((secret, Some(shown)))
        }
    }
}

fn shut(state: &AppState, place: (WorkspaceId, &str), secret: &Secret) -> Result<Shut, Problem> {
    let nonce = clock::random().map_err(|_| Problem::internal())?;
    let keys = state.secrets_keys.as_ref();
    let shut = keys.and_then(|keys| keys.shut_secret(place, secret, nonce));
    shut.ok_or_else(Problem::internal)
}

fn address(state: &AppState, endpoint: &str) -> String {
    format!("{}{}", state.origin.0, route::hook(endpoint))
}
