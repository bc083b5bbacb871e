//! Whether a workspace keeps the originals of secrets, sealed: the page that says so, and its forms.

use app::{
    route,
    still::{self, OriginalsPage},
};
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::audit::{ORIGINALS_DELETE, ORIGINALS_KEEP, Outcome};
use serde::Deserialize;

use crate::{
    asking::{Asking, still},
    problem::Problem,
    state::AppState,
};

/// `GET /{workspace}/settings/originals`
pub(crate) async fn page(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    asking: Asking,
) -> Result<Response, Problem> {
    show(&state, &asking, workspace, None).await
}

async fn show(
    state: &AppState,
    asking: &Asking,
    workspace: String,
    problem: Option<&str>,
) -> Result<Response, Problem> {
    let id = state.workspace(&workspace).await?;
    let frame = asking.frame_at(state, &workspace);
    let page = OriginalsPage {
        has_key: state.secrets_keys.is_some(),
        since: state.store.originals_since(id).await?,
        steps: state.store.count_originals(id).await?,
        problem: problem.map(str::to_owned),
        workspace,
    };
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    Ok((status, still(still::originals(frame, page))).into_response())
}

/// The switch.
#[derive(Debug, Deserialize)]
pub(crate) struct KeepForm {
    #[serde(default)]
    keep: String,
}

/// `POST /{workspace}/settings/originals`: keeps originals from now on, or keeps none any more.
pub(crate) async fn keep(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    asking: Asking,
    Form(form): Form<KeepForm>,
) -> Result<Response, Problem> {
    let keep = match form.keep.as_str() {
        "yes" => true,
        "no" => false,
        _ => return show(&state, &asking, workspace, Some("Keep: choose yes or no")).await,
    };
    if keep && state.secrets_keys.is_none() {
        let problem = "Keep: this server has no key to seal them with";
        return show(&state, &asking, workspace, Some(problem)).await;
    }
    let id = state.workspace(&workspace).await?;
    let about = match keep {
        true => "originals of secrets are kept from now on, sealed",
        false => "originals of secrets are kept no more",
    };
    asking
        .record(&state, &[id], (ORIGINALS_KEEP, about, Outcome::Allowed))
        .await?;
    state
        .store
        .keep_originals(id, keep, state.clock.now())
        .await?;
    Ok(Redirect::to(&route::originals(&workspace)).into_response())
}

/// The agreement that they will not come back.
#[derive(Debug, Deserialize)]
pub(crate) struct DeleteForm {
    #[serde(default)]
    sure: String,
}

/// `POST /{workspace}/settings/originals/delete`: deletes all that are kept.
pub(crate) async fn delete(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    asking: Asking,
    Form(form): Form<DeleteForm>,
) -> Result<Response, Problem> {
    if form.sure != "yes" {
        let problem = "They will not come back: say that you know it";
        return show(&state, &asking, workspace, Some(problem)).await;
    }
    let id = state.workspace(&workspace).await?;
    let steps = state.store.count_originals(id).await?;
    let about = format!("the originals of {steps} steps");
    asking
        .record(&state, &[id], (ORIGINALS_DELETE, &about, Outcome::Allowed))
        .await?;
    // Goes on to its end also where nobody waits for the answer any more.
    let (store, now) = (state.store.clone(), state.clock.now());
    let deleting = tokio::spawn(async move { store.delete_originals(id, now).await });
    deleting.await.map_err(|_| Problem::internal())??;
    Ok(Redirect::to(&route::originals(&workspace)).into_response())
}
