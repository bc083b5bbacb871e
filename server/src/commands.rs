//! What the program does beside serving: keys, workspaces, links for people.
//!
//! Whoever can run it on the database's machine may do all of it; what concerns people is written
//! into the record.

use std::io::Write as _;

use domain::{
    AccountId, WorkspaceId,
    access::{Bounds, Role, Scope, Token},
    audit::{Event, Outcome},
    webhook::Secret,
};
use store::{KeyAsked, Keys, Store};

use crate::{
    clock::{self, Clock},
    config::{Database, Links, NewKey},
    serve::{Failure, LINK_MS, open, secrets_keys},
};

/// `key create`
pub(crate) async fn key(asked: NewKey) -> Result<(), Failure> {
    let store = open(&asked.database).await?;
    let found = store.workspace(&asked.workspace).await?;
    let found = found.ok_or(Failure::NoWorkspace(asked.workspace))?;
    let more = KeyAsked {
        name: asked.name,
        bounds: Bounds {
            flow: asked.flow,
            integration: asked.integration,
        },
        daily_quota: asked.daily_quota,
    };
    let told = match asked.scope {
        Scope::Webhook if !more.suits(asked.scope) => return Err(Failure::OfOneIntegration),
        scope if !more.suits(scope) => return Err(Failure::ReadsAll),
        Scope::Webhook => {
            let keys = secrets_keys(asked.secrets_key_file.as_deref())?;
            let keys = keys.ok_or(Failure::NoSecretsKey)?;
            let origin = asked.reach.origin(asked.reach.listen);
            let (path, secret) = create_webhook(&store, found.id, more, &keys).await?;
            format!("{origin}{path} {secret}")
        }
        scope => create_key(&store, found.id, scope, more).await?,
    };
    store.close().await;
    writeln!(std::io::stdout(), "{told}")?;
    Ok(())
}

/// Makes an endpoint for webhooks; answers its path and what events are signed with.
async fn create_webhook(
    store: &Store,
    workspace: WorkspaceId,
    asked: KeyAsked,
    keys: &Keys,
) -> Result<(String, String), Failure> {
    let endpoint = Scope::Webhook.secret_for(&asked.bounds, clock::random()?);
    let secret = Secret::new(clock::random()?);
    let shut = keys.shut_secret((workspace, &endpoint), &secret, clock::random()?);
    let shut = shut.ok_or(Failure::NoSecretsKey)?;
    let made = store.create_webhook(workspace, asked, (&endpoint, shut), Clock::System.now());
    made.await?;
    Ok((app::route::hook(&endpoint), secret.text()))
}

/// Makes a key and answers its secret.
pub(crate) async fn create_key(
    store: &Store,
    workspace: WorkspaceId,
    scope: Scope,
    asked: KeyAsked,
) -> Result<String, Failure> {
    let secret = scope.secret_for(&asked.bounds, clock::random()?);
    store
        .create_api_key(workspace, scope, asked, &secret, Clock::System.now())
        .await?;
    Ok(secret)
}

/// `workspace create`: a workspace with an admin, who gets a link unless they have a password.
pub(crate) async fn workspace(key: &str, admin: &str, links: &Links) -> Result<(), Failure> {
    let store = open(&links.database).await?;
    if store.workspace(key).await?.is_some() {
        return Err(Failure::WorkspaceExists(key.to_owned()));
    }
    let now = Clock::System.now();
    let workspace = store.ensure_workspace(key, now).await?.id;
    let event = deed("people.role", format!("{admin} as {}", Role::Admin));
    store
        .record(
            vec![Event {
                workspace: Some(workspace),
                ..event
            }],
            now,
        )
        .await?;
    // Nobody is in it yet, so nobody can be its last admin.
    let account = store
        .invite(workspace, admin, Role::Admin, now)
        .await?
        .map_err(|_| Failure::NoAdmin)?;
    let origin = links.reach.origin(links.reach.listen);
    let mut told = format!("{origin}{}", app::route::flows(key));
    if !account.has_password {
        let secret = Token::Password.secret(clock::random()?);
        store
            .create_ticket(Some(account.id), &secret, now.plus_ms(LINK_MS), now)
            .await?;
        told = format!("{origin}{}", app::route::password(&secret));
    }
    store.close().await;
    writeln!(std::io::stdout(), "{told}")?;
    Ok(())
}

/// Something that was done on the command line.
fn deed(action: &str, target: String) -> Event {
    Event {
        workspace: None,
        actor: "command line".to_owned(),
        action: action.to_owned(),
        target,
        outcome: Outcome::Allowed,
        address: String::new(),
        request_id: String::new(),
    }
}

/// `password-link`: for somebody who forgot theirs.
pub(crate) async fn password_link(email: String, links: &Links) -> Result<(), Failure> {
    let store = open(&links.database).await?;
    let found = store
        .account(&email)
        .await?
        .ok_or(Failure::NoAccount(email.clone()))?;
    let secret = Token::Password.secret(clock::random()?);
    let now = Clock::System.now();
    record_of_somebody(&store, found.account.id, ("people.link", email)).await?;
    store
        .create_ticket(Some(found.account.id), &secret, now.plus_ms(LINK_MS), now)
        .await?;
    store.close().await;
    let origin = links.reach.origin(links.reach.listen);
    writeln!(
        std::io::stdout(),
        "{origin}{}",
        app::route::password(&secret)
    )?;
    Ok(())
}

/// `forget-identity`: for somebody who was made anew at the identity provider.
pub(crate) async fn forget_identity(email: String, database: &Database) -> Result<(), Failure> {
    let store = open(database).await?;
    let found = store.account(&email).await?;
    let account = found.ok_or(Failure::NoAccount(email.clone()))?.account.id;
    let now = Clock::System.now();
    record_of_somebody(&store, account, ("people.forget_identity", email)).await?;
    store.forget_identity(account, now).await?;
    store.close().await;
    Ok(())
}

/// Writes down, in each of their workspaces, what is done to somebody.
async fn record_of_somebody(
    store: &Store,
    account: AccountId,
    (action, email): (&str, String),
) -> Result<(), Failure> {
    let event = deed(action, email);
    let roles = store.roles(account).await?.into_iter();
    let events = roles.map(|one| Event {
        workspace: Some(one.workspace_id),
        ..event.clone()
    });
    Ok(store.record(events.collect(), Clock::System.now()).await?)
}
