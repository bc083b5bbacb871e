//! Who is calling: the key in `Authorization: Bearer …`.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
};
use domain::{
    Integration, WorkspaceId,
    access::{ApiKey, Bounds, Reporter, Scope, TOUCH_MS},
};
use store::KeyUsed;

use crate::{problem::Problem, state::AppState};

/// A caller that may report.
#[derive(Debug, Clone)]
pub(crate) struct Ingest(pub(crate) ApiKey);

impl Ingest {
    /// Into what it may.
    pub(crate) fn reporter(&self) -> Reporter {
        Reporter {
            workspace: self.0.workspace_id,
            bounds: self.0.bounds.clone(),
        }
    }
}

/// A caller that may read this workspace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Read(pub(crate) WorkspaceId);

impl FromRequestParts<AppState> for Ingest {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let key = caller(parts, state, Scope::Ingest).await?;
        state.door.reports.admit(&key.id)?;
        Ok(Self(key))
    }
}

impl FromRequestParts<AppState> for Read {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        Ok(Self(caller(parts, state, Scope::Read).await?.workspace_id))
    }
}

/// Whether an integration is of the part that a key is good for.
pub(super) async fn covers(
    state: &AppState,
    key: &ApiKey,
    of: &Integration,
) -> Result<bool, Problem> {
    let Bounds { flow, integration } = &key.bounds;
    if integration.as_ref().is_some_and(|mine| *mine != of.key) {
        return Ok(false);
    }
    let Some(mine) = flow else {
        return Ok(true);
    };
    let flow = state.store.flow_by_id(of.workspace_id, of.flow_id).await?;
    Ok(flow.is_some_and(|flow| flow.key == *mine))
}

/// That a key was used is written down once a minute, and keeps nobody waiting.
pub(crate) fn mark_used(state: &AppState, key: &ApiKey) {
    let now = state.clock.now();
    let since = key
        .last_used_at
        .map_or(i64::MAX, |at| now.as_ms() - at.as_ms());
    if since < TOUCH_MS {
        return;
    }
    let (store, quotas, id) = (state.store.clone(), state.door.quotas.clone(), key.id);
    let Some((day, reports)) = quotas.begin(id) else {
        return;
    };
    tokio::spawn(async move {
        let used = KeyUsed {
            id,
            at: now,
            day,
            reports,
        };
        let written = store.mark_used(used).await;
        if let Err(error) = &written {
            tracing::warn!(error = %error, "that a key was used could not be written down");
        }
        quotas.end(id, (day, if written.is_ok() { reports } else { 0 }));
    });
}

async fn caller(parts: &Parts, state: &AppState, needed: Scope) -> Result<ApiKey, Problem> {
    let secret = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, secret)| secret.trim());
    living(state, secret, needed).await
}

/// The living key behind what a caller showed, where it is good for what is `needed`.
pub(super) async fn living(
    state: &AppState,
    secret: Option<&str>,
    needed: Scope,
) -> Result<ApiKey, Problem> {
    let unknown = || {
        let detail =
            "send a living key as Authorization: Bearer KEY; integration-view key create makes one";
        Problem::new(StatusCode::UNAUTHORIZED, "unknown_key", detail)
    };
    let secret = secret
        .filter(|secret| Scope::is_secret(secret))
        .ok_or_else(unknown)?;
    let key = state.store.api_key(secret).await?.ok_or_else(unknown)?;
    if key.scope != needed {
        let detail = format!(
            "this key has the scope {}, and this needs {needed}",
            key.scope
        );
        return Err(Problem::new(StatusCode::FORBIDDEN, "wrong_scope", detail));
    }
    mark_used(state, &key);
    Ok(key)
}
