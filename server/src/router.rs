//! The whole URL space, and who may call what.
//!
//! | who | what |
//! |---|---|
//! | anybody on this machine | pages, their files, downloads, the sample, health |
//! | a key of scope `ingest` | `PUT` and `POST` under `/api/v1` |
//! | a key of scope `read` | `GET` under `/api/v1` |
//!
//! Until there is sign-in the server listens on loopback only ([`crate::serve`]),
//! and answers only to the names of this machine ([`guard::local_host`]).

use axum::{
    Router, middleware,
    routing::{get, post, put},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, CompressionLevel},
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
};

use crate::{
    actions, address, api, assets, bulk, csp, display, door, guard, live, pages, problem, sample,
    state::AppState, views,
};

/// Every route.
pub fn router(state: AppState) -> Router {
    let api = Router::new()
        .route("/api/v1/batch", post(api::batch::take))
        .route("/api/v1/apps/{key}", put(api::single::put_app))
        .route("/api/v1/flows/{key}", put(api::single::put_flow))
        .route(
            "/api/v1/integrations/{key}",
            put(api::single::put_integration),
        )
        .route(
            "/api/v1/runs/{key}",
            put(api::single::put_run).get(api::read::run),
        )
        .route("/api/v1/runs/{run}/steps/{key}", put(api::single::put_step))
        .route("/api/v1/runs/{run}/log/{key}", put(api::single::put_log))
        .route("/api/openapi.json", get(api::openapi))
        .route(
            "/api/{*rest}",
            axum::routing::any(problem::unknown_endpoint),
        )
        .method_not_allowed_fallback(problem::unknown_method);

    let files = Router::new()
        .route("/pkg/{*file}", get(assets::package))
        .route("/favicon.svg", get(assets::public))
        .route("/robots.txt", get(assets::public))
        .route("/livez", get(api::health::live))
        .route("/readyz", get(api::health::ready));

    let in_time = middleware::from_fn_with_state(state.door.page, door::in_time);
    let transport = door::strict_transport(state.door.public_url.as_deref());
    let pages = pages::routes(&state)
        .route(
            "/{workspace}/runs/{run}/steps/{step}/{section}",
            get(pages::download::body),
        )
        .route("/{workspace}/demo", post(sample::load))
        .route("/{workspace}/runs/{run}/failing", get(actions::failing))
        .route("/{workspace}/runs/{run}/compare", get(actions::compare))
        .route(
            "/{workspace}/integrations/{integration}/status",
            post(actions::set_status),
        )
        .route("/{workspace}/settings/logs", post(actions::set_logs))
        .route("/{workspace}/settings/secrets", post(actions::set_secrets))
        .route("/{workspace}/bulk", post(bulk::begin))
        .route("/{workspace}/bulk/{id}/undo", post(bulk::undo))
        .route("/{workspace}/views", post(views::save))
        .route("/{workspace}/views/{id}/delete", post(views::delete))
        .route(app::route::DISPLAY, post(display::set))
        .layer(in_time)
        .merge(exports())
        .layer(middleware::from_fn(guard::same_origin))
        .layer(
            CompressionLayer::new()
                .br(true)
                .gzip(true)
                .quality(CompressionLevel::Fastest),
        );

    Router::new()
        .merge(api)
        .merge(files)
        .merge(pages)
        .merge(streams())
        .route(csp::ADDRESS, post(csp::take))
        .layer(middleware::from_fn(door::bodies))
        .layer(middleware::from_fn_with_state(
            state.door.proxies.clone(),
            address::find,
        ))
        .layer(middleware::from_fn(guard::headers))
        .layer(middleware::from_fn(guard::local_host))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn_with_state(transport, door::transport))
        .layer(middleware::from_fn(guard::log))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(guard::RequestIds))
        .with_state(state)
}

/// What is new, for pages that are open. Nothing compresses or gathers it: each line goes out at once.
fn streams() -> Router<AppState> {
    Router::new()
        .route("/{workspace}/events", get(live::all_runs))
        .route("/{workspace}/flows/{flow}/events", get(live::flow))
        .route(
            "/{workspace}/integrations/{integration}/events",
            get(live::integration),
        )
        .route("/{workspace}/runs/{run}/events", get(live::run))
        .route(
            "/{workspace}/runs/{run}/steps/{step}/events",
            get(live::step),
        )
}

/// The lists as files.
fn exports() -> Router<AppState> {
    use app::route::ExportFormat::{self, Csv, Json};
    use pages::export;
    let one = |router: Router<AppState>, format: ExportFormat| {
        let ending = format.ending();
        router
            .route(
                &format!("/{{workspace}}/flows/{{flow}}/integrations.{ending}"),
                get(move |state, path, query, headers| {
                    export::integrations(format, state, path, query, headers)
                }),
            )
            .route(
                &format!("/{{workspace}}/integrations/{{integration}}/runs.{ending}"),
                get(move |state, path, query, headers| {
                    export::runs(format, state, path, query, headers)
                }),
            )
            .route(
                &format!("/{{workspace}}/runs.{ending}"),
                get(move |s, path, query, h| export::all_runs(format, s, path, query, h)),
            )
            .route(
                &format!("/{{workspace}}/flows.{ending}"),
                get(move |s, path, query, h| export::flows(format, s, path, query, h)),
            )
            .route(
                &format!("/{{workspace}}/runs/{{run}}/steps.{ending}"),
                get(move |s, path, h| export::steps(format, s, path, h)),
            )
            .route(
                &format!("/{{workspace}}/users/{{user}}/integrations.{ending}"),
                get(move |s, path, h| export::user_integrations(format, s, path, h)),
            )
    };
    one(one(Router::new(), Csv), Json)
}
