//! The keys of a workspace: made, shown once, revoked.

use app::{
    route,
    still::{self, KeyDraft, KeysPage, Made},
};
use axum::{
    Form,
    extract::{Path, State},
    response::{Redirect, Response},
};
use domain::{
    ApiKeyId, Key, WorkspaceId,
    access::{Bounds, Scope},
    audit::Outcome,
    webhook::Secret,
};
use serde::Deserialize;
use store::KeyAsked;

use super::webhooks;
use crate::{
    asking::{Asking, random, still},
    problem::Problem,
    state::AppState,
};

/// Characters of a key's name.
const NAME: usize = 100;

/// `GET /{workspace}/keys`
pub(crate) async fn list(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    asking: Asking,
) -> Result<Response, Problem> {
    show(&state, &asking, workspace, KeysPage::default()).await
}

pub(super) async fn show(
    state: &AppState,
    asking: &Asking,
    workspace: String,
    with: KeysPage,
) -> Result<Response, Problem> {
    let id = state.workspace(&workspace).await?;
    let frame = asking.frame_at(state, &workspace);
    let page = KeysPage {
        keys: state.store.api_keys(id).await?,
        seals: state.secrets_keys.is_some(),
        now: state.clock.now(),
        workspace,
        ..with
    };
    Ok(still(still::keys(frame, page)))
}

/// A key to make, as it was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct KeyForm {
    name: String,
    scope: String,
    flow: String,
    integration: String,
    daily_quota: String,
    /// What a sender of webhooks signs with.
    secret: String,
}

impl KeyForm {
    /// What it asks for, or which field is wrong and why.
    fn checked(&self) -> Result<(Scope, KeyAsked), String> {
        let name = self.name.trim();
        if name.is_empty() {
            return Err("Name: say which program has the key".to_owned());
        }
        if name.chars().count() > NAME {
            return Err(format!("Name: it has at most {NAME} characters"));
        }
        let scope = self.scope.parse::<Scope>();
        let scope = scope.map_err(|_| "May: choose one of the list".to_owned())?;
        let bounds = Bounds {
            flow: key("Only this flow", &self.flow)?,
            integration: key("Only this integration", &self.integration)?,
        };
        let quota = match self.daily_quota.trim() {
            "" => None,
            text => match text.parse::<i64>() {
                Ok(quota) if quota > 0 => Some(quota),
                _ => return Err("Reports a day: a whole number above 0, or nothing".to_owned()),
            },
        };
        let asked = KeyAsked {
            name: Some(name.to_owned()),
            bounds,
            daily_quota: quota,
        };
        match scope {
            _ if asked.suits(scope) => Ok((scope, asked)),
            Scope::Webhook => Err(
                "Only this integration: say whose runs the events become".to_owned(),
            ),
            _ => Err(
                "Only this flow, Only this integration, Reports a day: they are of keys that report; a key that reads, reads the workspace"
                    .to_owned(),
            ),
        }
    }

    /// The secret of a sender, of those who send to this server.
    fn given(&self, scope: Scope, seals: bool) -> Result<Option<Secret>, String> {
        match (scope, webhooks::given(&self.secret)?) {
            (Scope::Webhook, _) if !seals => Err(webhooks::NO_SECRETS_KEY.to_owned()),
            (Scope::Webhook, given) => Ok(given),
            (_, None) => Ok(None),
            (_, Some(_)) => {
                Err("Secret of the sender: it is of keys that receive webhooks".to_owned())
            }
        }
    }

    /// What is filled in again after a refusal.
    fn draft(self) -> KeyDraft {
        KeyDraft {
            name: self.name,
            scope: self.scope.parse().ok(),
            flow: self.flow,
            integration: self.integration,
            daily_quota: self.daily_quota,
        }
    }
}

fn key(field: &str, text: &str) -> Result<Option<Key>, String> {
    match text.trim() {
        "" => Ok(None),
        text => match Key::new(text) {
            Ok(key) => Ok(Some(key)),
            Err(rule) => Err(format!("{field}: {rule}")),
        },
    }
}

/// `POST /{workspace}/keys`: makes a key and shows it this once.
pub(crate) async fn create(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    asking: Asking,
    Form(form): Form<KeyForm>,
) -> Result<Response, Problem> {
    let checked = form.checked().and_then(|(scope, asked)| {
        let given = form.given(scope, state.secrets_keys.is_some())?;
        Ok((scope, asked, given))
    });
    let (scope, asked, given) = match checked {
        Ok(checked) => checked,
        Err(rule) => {
            let page = KeysPage {
                problem: Some(rule),
                draft: form.draft(),
                ..KeysPage::default()
            };
            return show(&state, &asking, workspace, page).await;
        }
    };
    let id: WorkspaceId = state.workspace(&workspace).await?;
    let about = about(scope, &asked);
    asking
        .record(&state, &[id], ("key.create", &about, Outcome::Allowed))
        .await?;
    let made = match scope {
        Scope::Webhook => webhooks::make(&state, id, asked, given).await?,
        _ => make(&state, id, scope, asked).await?,
    };
    let page = KeysPage {
        made: Some(made),
        ..KeysPage::default()
    };
    show(&state, &asking, workspace, page).await
}

async fn make(
    state: &AppState,
    workspace: WorkspaceId,
    scope: Scope,
    asked: KeyAsked,
) -> Result<Made, Problem> {
    let secret = scope.secret_for(&asked.bounds, random()?);
    let ping = |path: String| format!("{}{path}", state.origin.0);
    let made = match (scope, &asked.bounds.integration) {
        (Scope::Ping, Some(_)) => Made::Ping(ping(route::ping(&secret, None))),
        (Scope::Ping, None) => Made::Ping(ping(route::ping(&secret, Some("INTEGRATION")))),
        _ => Made::Key(secret.clone()),
    };
    state
        .store
        .create_api_key(workspace, scope, asked, &secret, state.clock.now())
        .await?;
    Ok(made)
}

/// What the record says of a new key.
pub(super) fn about(scope: Scope, asked: &KeyAsked) -> String {
    let name = asked.name.as_deref().unwrap_or_default();
    let mut about = format!("{scope} key `{name}`");
    let bounds = [
        ("flow", &asked.bounds.flow),
        ("integration", &asked.bounds.integration),
    ];
    for (what, key) in bounds {
        if let Some(key) = key {
            about.push_str(&format!(", {what} `{key}`"));
        }
    }
    about
}

/// `POST /{workspace}/keys/{id}/revoke`
pub(crate) async fn revoke(
    State(state): State<AppState>,
    Path((workspace, key)): Path<(String, i64)>,
) -> Result<Redirect, Problem> {
    let id = state.workspace(&workspace).await?;
    state
        .store
        .revoke_api_key(id, ApiKeyId(key), state.clock.now())
        .await?;
    Ok(Redirect::to(&route::keys_of(&workspace)))
}
