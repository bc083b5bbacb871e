//! What every way in ends with, by password or by identity provider: one way to begin a session.

use std::net::IpAddr;

use app::route;
use axum::{
    Extension,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{AccountId, WorkspaceId};

use crate::{
    actions::own_page,
    address::ClientAddress,
    asking::{Asking, with_session},
    problem::Problem,
    state::AppState,
};

/// Begins a session for somebody who proved who they are, and leads to where they wanted to go.
pub(super) async fn let_in(
    state: &AppState,
    asking: &Asking,
    account: AccountId,
    next: &str,
) -> Result<Response, Problem> {
    let now = state.clock.now();
    // Whatever session the browser had is over: one that somebody slipped in leads nowhere.
    if let Some(person) = asking.person() {
        state
            .store
            .sign_out(person.account.id, person.session, now)
            .await?;
    }
    let session = asking.new_session()?;
    state.store.sign_in(account, session.clone(), now).await?;
    let next = own_page(next).unwrap_or_else(|| route::HOME.to_owned());
    let onward = Redirect::to(&next).into_response();
    Ok(with_session(state, &session, onward))
}

/// Where somebody comes from, for counting.
pub(super) fn network(address: Option<Extension<ClientAddress>>) -> IpAddr {
    let network = address.map(|Extension(address)| address.network());
    network.unwrap_or(IpAddr::from([127, 0, 0, 1]))
}

pub(super) fn too_often(seconds: i64) -> String {
    match seconds {
        ..=120 => format!("Too many attempts. Try again in {seconds} s."),
        _ => format!(
            "Too many attempts. Try again in {} minutes.",
            seconds / 60 + 1
        ),
    }
}

pub(super) async fn workspaces(
    state: &AppState,
    account: AccountId,
) -> Result<Vec<WorkspaceId>, Problem> {
    let roles = state.store.roles(account).await?;
    Ok(roles.into_iter().map(|one| one.workspace_id).collect())
}
