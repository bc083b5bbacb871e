//! The whole URL space, and what each address asks of whoever calls it.
//!
//! Every line says it, and [`gate`] holds to it; the roles are those of [`domain::access::Role`].

mod people;
mod programs;

use std::collections::BTreeSet;

use axum::{Router, http::Method, middleware};
use domain::access::{
    Access::{Public, Role},
    Role::Viewer,
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, CompressionLevel},
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
};

use self::{
    people::{entry, exports, pages},
    programs::programs,
};
use crate::{
    address, api, assets, csp, door,
    gate::{self, Gate},
    guard, live, problem,
    routes::{Recorded, Routes, Table},
    state::AppState,
};

/// Every route, behind the gate.
pub fn router(state: AppState) -> Router {
    build(state).0
}

/// Every route, and the table of what each asks of its caller.
pub fn build(state: AppState) -> (Router, Table) {
    let in_time = middleware::from_fn_with_state(state.door.page, door::in_time);
    let own = middleware::from_fn_with_state(state.door.public_url.clone(), guard::same_origin);
    let transport = door::strict_transport(&state.door);
    let pages = pages(&state)
        .map(|pages| pages.layer(in_time))
        .merge(exports())
        .map(|pages| pages.layer(own).layer(compression()));
    let (router, table) = programs()
        .merge(files())
        .merge(pages)
        .merge(streams())
        .split();
    let gate = Gate {
        state: state.clone(),
        table: table.clone(),
    };
    let router = router
        .layer(middleware::from_fn_with_state(gate, gate::gate))
        .layer(middleware::from_fn(door::bodies))
        .layer(middleware::from_fn_with_state(
            state.door.proxies.clone(),
            address::find,
        ))
        .layer(middleware::from_fn(guard::headers))
        .layer(middleware::from_fn_with_state(
            state.door.public_url.clone(),
            guard::known_host,
        ))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn(api::otlp::in_their_words))
        .layer(middleware::from_fn_with_state(transport, door::transport))
        .layer(middleware::from_fn(guard::log))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(guard::RequestIds))
        .with_state(state);
    (router, table)
}

/// The first words of the program's own addresses: no workspace is called so.
pub(crate) fn first_words() -> BTreeSet<String> {
    let routes = [programs(), files(), entry(), streams()];
    let paths = routes
        .into_iter()
        .flat_map(|routes| routes.split().1.rules().to_vec());
    let first = paths.filter_map(|rule| Some(rule.path.split('/').nth(1)?.to_owned()));
    first
        // Server functions, which the pages' own router adds.
        .chain(["_".to_owned()])
        .filter(|word| !word.starts_with('{'))
        .collect()
}

fn compression() -> CompressionLayer {
    CompressionLayer::new()
        .br(true)
        .gzip(true)
        .quality(CompressionLevel::Fastest)
}

/// What holds nobody's data.
fn files() -> Routes {
    Routes::default()
        .get("/pkg/{*file}", Public, assets::package)
        .get("/favicon.svg", Public, assets::public)
        .get("/robots.txt", Public, assets::public)
        .get("/livez", Public, api::health::live)
        .get("/readyz", Public, api::health::ready)
        .route(Method::POST, csp::ADDRESS, Public, Recorded::Not, csp::take)
}

/// What is new, for pages that are open. Nothing compresses or gathers it: each line goes out at once.
fn streams() -> Routes {
    Routes::default()
        .get("/{workspace}/events", Role(Viewer), live::all_runs)
        .get("/{workspace}/flows/{flow}/events", Role(Viewer), live::flow)
        .get(
            "/{workspace}/integrations/{integration}/events",
            Role(Viewer),
            live::integration,
        )
        .get("/{workspace}/runs/{run}/events", Role(Viewer), live::run)
        .get(
            "/{workspace}/runs/{run}/steps/{step}/events",
            Role(Viewer),
            live::step,
        )
}
