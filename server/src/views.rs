//! The forms that save and delete a team's views.

use app::route;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Redirect,
};
use domain::{
    SavedViewId,
    view::{self, BadView, ViewList},
};
use serde::Deserialize;

use crate::{
    actions::{own_page, told},
    problem::Problem,
    state::AppState,
};

/// What shall be saved, and the page to go back to.
#[derive(Debug, Deserialize)]
pub(crate) struct ViewForm {
    list: String,
    name: String,
    #[serde(default)]
    query: String,
    #[serde(default)]
    back: String,
}

/// `POST /{workspace}/views`: saves a view, over the one of the same name.
pub(crate) async fn save(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    Form(form): Form<ViewForm>,
) -> Result<Redirect, Problem> {
    let list: ViewList = form.list.parse().map_err(|_| {
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_field",
            "list: is one of integrations, integration_runs, runs",
        )
    })?;
    let id = state.workspace(&workspace).await?;
    let back = own_page(&form.back).unwrap_or_else(|| route::flows(&workspace));
    let saved = match view::checked(list, &form.name, &form.query) {
        Ok(view) => {
            let name = view.name.clone();
            let saved = state.store.save_view(id, view, state.clock.now()).await?;
            saved.map(|()| name)
        }
        Err(bad) => Err(bad),
    };
    let address = match saved {
        Ok(name) => told(&back, "view_saved", &name),
        Err(BadView::Name) => told(&back, "view_unnamed", ""),
        Err(BadView::TooMany) => told(&back, "view_too_many", ""),
    };
    Ok(Redirect::to(&address))
}

/// The page to go back to, and what the view was called.
#[derive(Debug, Deserialize)]
pub(crate) struct DeleteForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    back: String,
}

/// `POST /{workspace}/views/{id}/delete`: deletes a view; one that is gone stays gone.
pub(crate) async fn delete(
    State(state): State<AppState>,
    Path((workspace, view)): Path<(String, i64)>,
    Form(form): Form<DeleteForm>,
) -> Result<Redirect, Problem> {
    let id = state.workspace(&workspace).await?;
    state
        .store
        .delete_view(id, SavedViewId(view), state.clock.now())
        .await?;
    let back = own_page(&form.back).unwrap_or_else(|| route::flows(&workspace));
    let name: String = form.name.chars().take(view::NAME_CHARS).collect();
    Ok(Redirect::to(&told(&back, "view_deleted", &name)))
}
