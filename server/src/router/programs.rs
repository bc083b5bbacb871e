//! What programs call.

use axum::http::Method;
use domain::access::{
    Access::{Anyone, Key, Public},
    Scope,
};

use crate::{
    api, problem,
    routes::{Recorded, Routes},
};

/// What programs call, each with its key.
pub(super) fn programs() -> Routes {
    native().merge(onevizion()).map(|api| {
        api.route(
            "/api/{*rest}",
            axum::routing::any(problem::unknown_endpoint),
        )
        .route("/v1/{*rest}", axum::routing::any(problem::unknown_endpoint))
        .method_not_allowed_fallback(problem::unknown_method)
    })
}

/// OneVizion's log API, in the forms of its versions.
fn onevizion() -> Routes {
    let ingest = Key(Scope::Ingest);
    let entries = [
        "/api/v3/integrations/runs/logs/{run}/logs",
        "/api/v3/integrations/runs/{run}/logs",
        "/api/v3/modules/runs/{run}/logs",
    ];
    let file = "/api/v3/integrations/runs/logs/{run}/logs/file";
    let integrations = ["/api/v3/integrations/{key}", "/api/v3/modules/{key}"];
    let routes = entries.into_iter().fold(Routes::default(), |routes, path| {
        routes.post(path, ingest, Recorded::Not, api::onevizion::add)
    });
    let routes = routes.post(file, ingest, Recorded::Not, api::onevizion::add_file);
    integrations.into_iter().fold(routes, |routes, path| {
        routes.get(path, ingest, api::onevizion::integration)
    })
}

fn native() -> Routes {
    let (ingest, read) = (Key(Scope::Ingest), Key(Scope::Read));
    Routes::default()
        .route(
            Method::POST,
            "/api/v1/batch",
            ingest,
            Recorded::Not,
            api::batch::take,
        )
        .route(
            Method::POST,
            "/v1/traces",
            ingest,
            Recorded::Not,
            api::otlp::traces,
        )
        .route(
            Method::POST,
            "/v1/logs",
            ingest,
            Recorded::Not,
            api::otlp::logs,
        )
        .route(
            Method::PUT,
            "/api/v1/apps/{key}",
            ingest,
            Recorded::Not,
            api::single::put_app,
        )
        .route(
            Method::PUT,
            "/api/v1/flows/{key}",
            ingest,
            Recorded::Not,
            api::single::put_flow,
        )
        .route(
            Method::PUT,
            "/api/v1/integrations/{key}",
            ingest,
            Recorded::Not,
            api::single::put_integration,
        )
        .route(
            Method::PUT,
            "/api/v1/runs/{key}",
            ingest,
            Recorded::Not,
            api::single::put_run,
        )
        .route(
            Method::PUT,
            "/api/v1/runs/{run}/steps/{key}",
            ingest,
            Recorded::Not,
            api::single::put_step,
        )
        .route(
            Method::PUT,
            "/api/v1/runs/{run}/log/{key}",
            ingest,
            Recorded::Not,
            api::single::put_log,
        )
        // Lime's helpers.
        .get("/api/v1/monitors", ingest, api::monitors::monitor)
        .route(
            Method::POST,
            "/api/v1/monitors/batches",
            ingest,
            Recorded::Not,
            api::monitors::create_batch,
        )
        .route(
            Method::PATCH,
            "/api/v1/monitors/batches",
            ingest,
            Recorded::Not,
            api::monitors::update_batch,
        )
        .route(
            Method::POST,
            "/api/v1/monitors/logs",
            ingest,
            Recorded::Not,
            api::monitors::create_log,
        )
        .route(
            Method::POST,
            "/api/v1/monitors/errors",
            ingest,
            Recorded::Not,
            api::monitors::create_error,
        )
        .route(
            Method::POST,
            "/api/v1/runs/{run}/files",
            ingest,
            Recorded::Not,
            api::files::post,
        )
        .get("/api/v1/runs/{key}", read, api::read::run)
        .get("/api/v1/flows", read, api::lists::flows)
        .get("/api/v1/integrations", read, api::lists::integrations)
        .get("/api/v1/runs", read, api::lists::runs)
        .get("/api/v1/steps", read, api::lists::steps)
        .get("/api/v1/runs/{run}/log", read, api::lists::log)
        .get("/api/v1/runs/{run}/files", read, api::files::list)
        .get("/api/v1/runs/{run}/files/{key}", read, api::files::bytes)
        // The address is the key.
        .get("/ping/{*rest}", Anyone, api::ping::ping)
        .post("/ping/{*rest}", Anyone, Recorded::Not, api::ping::ping)
        // What is sent is signed.
        .post("/hooks/{endpoint}", Anyone, Recorded::Not, api::hooks::take)
        .get("/api/openapi.json", Public, api::openapi)
        .get(app::route::API, Public, api::reference::page)
        .rule(Method::GET, "/api/{*rest}", Public, Recorded::Not)
        .rule(Method::POST, "/api/{*rest}", Public, Recorded::Not)
        .rule(Method::PUT, "/api/{*rest}", Public, Recorded::Not)
        .rule(Method::PATCH, "/api/{*rest}", Public, Recorded::Not)
        .rule(Method::GET, "/v1/{*rest}", Public, Recorded::Not)
        .rule(Method::POST, "/v1/{*rest}", Public, Recorded::Not)
}
