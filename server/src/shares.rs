//! Links to one run for people outside: made and ended by colleagues, opened by whoever has one.

use app::{
    route,
    still::{self, SharePage, SharedPage},
};
use axum::{
    Extension, Form,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{Redirect, Response},
};
use domain::{
    ShareLinkId,
    access::Token,
    audit::Outcome,
    share::{NewShare, Share, until},
};
use serde::Deserialize;

use crate::{
    address::ClientAddress,
    asking::{Asking, random, still},
    gate,
    problem::{Problem, found},
    state::AppState,
};

/// `GET /{workspace}/runs/{run}/share`
pub(crate) async fn list(
    State(state): State<AppState>,
    Path((workspace, run)): Path<(String, String)>,
    asking: Asking,
) -> Result<Response, Problem> {
    show(&state, &asking, workspace, run, SharePage::default()).await
}

async fn show(
    state: &AppState,
    asking: &Asking,
    workspace: String,
    run: String,
    with: SharePage,
) -> Result<Response, Problem> {
    let id = state.workspace(&workspace).await?;
    let of = found(state.store.run(id, &run).await?, "run")?;
    let frame = asking.frame_at(state, &workspace);
    let page = SharePage {
        links: state.store.shares(id, of.id).await?,
        now: state.clock.now(),
        workspace,
        run,
        ..with
    };
    Ok(still(still::share(frame, page)))
}

/// A link to make.
#[derive(Debug, Deserialize)]
pub(crate) struct ShareForm {
    #[serde(default)]
    days: String,
    #[serde(default)]
    payloads: String,
}

/// `POST /{workspace}/runs/{run}/share`: makes a link and shows it this once.
pub(crate) async fn create(
    State(state): State<AppState>,
    Path((workspace, run)): Path<(String, String)>,
    asking: Asking,
    Form(form): Form<ShareForm>,
) -> Result<Response, Problem> {
    let now = state.clock.now();
    let days = form.days.parse().ok();
    let Some(expires_at) = days.and_then(|days| until(days, now)) else {
        let problem = Some("Good for: choose one of the list".to_owned());
        return show(
            &state,
            &asking,
            workspace,
            run,
            SharePage {
                problem,
                ..SharePage::default()
            },
        )
        .await;
    };
    let id = state.workspace(&workspace).await?;
    let of = found(state.store.run(id, &run).await?, "run")?;
    let payloads = form.payloads == "yes";
    let with = if payloads { "with" } else { "without" };
    let about = format!(
        "{} {with} payloads for {} days",
        route::run(&workspace, &run),
        form.days
    );
    asking
        .record(&state, &[id], ("share.create", &about, Outcome::Allowed))
        .await?;
    let share = NewShare {
        run_id: of.id,
        payloads,
        created_by: gate::called(&asking.caller),
        expires_at,
    };
    let secret = Token::Share.secret(random()?);
    state.store.create_share(id, share, &secret, now).await?;
    let made = Some(format!(
        "{}{}",
        state.origin.0,
        route::shared(&secret, None)
    ));
    show(
        &state,
        &asking,
        workspace,
        run,
        SharePage {
            made,
            ..SharePage::default()
        },
    )
    .await
}

/// `POST /{workspace}/runs/{run}/share/{id}/revoke`
pub(crate) async fn revoke(
    State(state): State<AppState>,
    Path((workspace, run, link)): Path<(String, String, i64)>,
) -> Result<Redirect, Problem> {
    let id = state.workspace(&workspace).await?;
    state
        .store
        .revoke_share(id, ShareLinkId(link), state.clock.now())
        .await?;
    Ok(Redirect::to(&route::share(&workspace, &run)))
}

/// `GET /shared/{secret}`: the run.
pub(crate) async fn run(
    State(state): State<AppState>,
    address: Option<Extension<ClientAddress>>,
    Path(secret): Path<String>,
    asking: Asking,
) -> Result<Response, Problem> {
    let share = opened(&state, address, &secret).await?;
    page(&state, &asking, secret, share, None).await
}

/// `GET /shared/{secret}/steps/{step}`: the run and what was said in one of its steps.
pub(crate) async fn step(
    State(state): State<AppState>,
    address: Option<Extension<ClientAddress>>,
    Path((secret, step)): Path<(String, String)>,
    asking: Asking,
) -> Result<Response, Problem> {
    let share = opened(&state, address, &secret).await?;
    page(
        &state,
        &asking,
        secret,
        share.filter(|share| share.payloads),
        Some(&step),
    )
    .await
}

/// The link of this secret while it is good.
async fn opened(
    state: &AppState,
    address: Option<Extension<ClientAddress>>,
    secret: &str,
) -> Result<Option<Share>, Problem> {
    if let Some(Extension(address)) = address {
        state.entry.shares.admit(&address.network())?;
    }
    if !Token::Share.is_secret(secret) {
        return Ok(None);
    }
    let found = state.store.share(secret).await?;
    Ok(found.filter(|share| share.is_good(state.clock.now())))
}

async fn page(
    state: &AppState,
    asking: &Asking,
    secret: String,
    share: Option<Share>,
    step: Option<&str>,
) -> Result<Response, Problem> {
    let (store, now) = (&state.store, state.clock.now());
    let run = match &share {
        Some(share) => store.run_by_id(share.workspace_id, share.run_id).await?,
        None => None,
    };
    let (Some(share), Some(run)) = (share, run) else {
        return Ok(apart(
            StatusCode::GONE,
            still(still::shared_gone(asking.frame(state))),
        ));
    };
    let id = share.workspace_id;
    let open = match step {
        Some(key) => {
            let step = found(store.step(id, run.id, key).await?, "step in this run")?;
            let payload = store.payload(id, step.id).await?;
            Some((step, payload))
        }
        None => None,
    };
    let about = format!("link {} to {}", share.id.0, run.key);
    asking
        .record(state, &[id], ("share.open", &about, Outcome::Allowed))
        .await?;
    store.share_used(share.id, now).await?;
    let shown = SharedPage {
        secret,
        steps: store.list_steps(id, run.id).await?,
        share,
        run,
        open,
        now,
    };
    Ok(apart(
        StatusCode::OK,
        still(still::shared(asking.frame(state), shown)),
    ))
}

/// The address is the secret: nobody that the page links to learns it, and no index keeps it.
fn apart(status: StatusCode, mut response: Response) -> Response {
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}
