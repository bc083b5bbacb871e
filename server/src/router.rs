//! The whole URL space, and what each address asks of whoever calls it.
//!
//! Every line says it, and [`gate`] holds to it; the roles are those of [`domain::access::Role`].

use std::collections::BTreeSet;

use app::route::{self, ExportFormat};
use axum::{Router, http::Method, middleware};
use domain::{
    access::{
        Access::{Anyone, Key, Person, Public, Role},
        REVEALS,
        Role::{Admin, Operator, Support, Viewer},
        Scope,
    },
    audit::{ORIGINALS_DELETE, ORIGINALS_KEEP, ORIGINALS_REVEAL},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, CompressionLevel},
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
};

use crate::{
    actions, address, api, assets, bulk, csp, display, door,
    gate::{self, Gate},
    guard, live, originals,
    pages::{self, export},
    people::{self, account, keys, oidc, sign_in},
    problem, reveal,
    routes::{
        Recorded::{self, Before, ByHandler},
        Routes, Table,
    },
    sample, shares,
    state::AppState,
    views,
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
    let (router, table) = api().merge(files()).merge(pages).merge(streams()).split();
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
    let routes = [api(), files(), entry(), streams()];
    let paths = routes
        .into_iter()
        .flat_map(|routes| routes.split().1.rules().to_vec());
    let first = paths.filter_map(|rule| Some(rule.path.split('/').nth(1)?.to_owned()));
    first
        .chain(["pkg", "_", "v1", "ping", "hooks"].map(str::to_owned))
        .filter(|word| !word.starts_with('{'))
        .collect()
}

fn compression() -> CompressionLayer {
    CompressionLayer::new()
        .br(true)
        .gzip(true)
        .quality(CompressionLevel::Fastest)
}

/// What programs call, each with its key.
fn api() -> Routes {
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
        .get("/api/v1/runs/{key}", read, api::read::run)
        .get("/api/v1/flows", read, api::lists::flows)
        .get("/api/v1/integrations", read, api::lists::integrations)
        .get("/api/v1/runs", read, api::lists::runs)
        .get("/api/v1/steps", read, api::lists::steps)
        .get("/api/v1/runs/{run}/log", read, api::lists::log)
        // The address is the key.
        .get("/ping/{*rest}", Anyone, api::ping::ping)
        .post("/ping/{*rest}", Anyone, Recorded::Not, api::ping::ping)
        .get("/api/openapi.json", Public, api::openapi)
        .map(|api| {
            api.route(
                "/api/{*rest}",
                axum::routing::any(problem::unknown_endpoint),
            )
            .route("/v1/{*rest}", axum::routing::any(problem::unknown_endpoint))
            .method_not_allowed_fallback(problem::unknown_method)
        })
        .rule(Method::GET, "/api/{*rest}", Public, Recorded::Not)
        .rule(Method::POST, "/api/{*rest}", Public, Recorded::Not)
        .rule(Method::PUT, "/api/{*rest}", Public, Recorded::Not)
        .rule(Method::GET, "/v1/{*rest}", Public, Recorded::Not)
        .rule(Method::POST, "/v1/{*rest}", Public, Recorded::Not)
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

/// What people open and send.
fn pages(state: &AppState) -> Routes {
    pages::rules(Routes::default())
        .map(|_| pages::routes(state))
        .merge(entry())
        .get(
            "/{workspace}/runs/{run}/failing",
            Role(Viewer),
            actions::failing,
        )
        .get(
            "/{workspace}/runs/{run}/compare",
            Role(Support),
            actions::compare,
        )
        .route(
            Method::GET,
            "/{workspace}/runs/{run}/steps/{step}/{section}",
            Role(Support),
            Before("payload.download"),
            pages::download::body,
        )
        .post(
            "/{workspace}/views",
            Role(Support),
            Before("view.save"),
            views::save,
        )
        .post(
            "/{workspace}/views/{id}/delete",
            Role(Support),
            Before("view.delete"),
            views::delete,
        )
        .get("/{workspace}/runs/{run}/share", Role(Support), shares::list)
        .post(
            "/{workspace}/runs/{run}/share",
            Role(Support),
            ByHandler("share.create"),
            shares::create,
        )
        .post(
            "/{workspace}/runs/{run}/share/{id}/revoke",
            Role(Support),
            Before("share.revoke"),
            shares::revoke,
        )
        .post(
            "/{workspace}/integrations/{integration}/status",
            Role(Operator),
            Before("integration.status"),
            actions::set_status,
        )
        .post(
            "/{workspace}/bulk",
            Role(Operator),
            Before("bulk.begin"),
            bulk::begin,
        )
        .post(
            "/{workspace}/bulk/{id}/undo",
            Role(Operator),
            Before("bulk.undo"),
            bulk::undo,
        )
        .post(
            "/{workspace}/demo",
            Role(Admin),
            Before("sample.load"),
            sample::load,
        )
        .post(
            "/{workspace}/settings/logs",
            Role(Admin),
            Before("settings.logs"),
            actions::set_logs,
        )
        .post(
            "/{workspace}/settings/secrets",
            Role(Admin),
            Before("settings.secrets"),
            actions::set_secrets,
        )
        .get(
            "/{workspace}/settings/originals",
            Role(Admin),
            originals::page,
        )
        .post(
            "/{workspace}/settings/originals",
            Role(Admin),
            ByHandler(ORIGINALS_KEEP),
            originals::keep,
        )
        .post(
            "/{workspace}/settings/originals/delete",
            Role(Admin),
            ByHandler(ORIGINALS_DELETE),
            originals::delete,
        )
        .get(
            "/{workspace}/runs/{run}/steps/{step}/reveal",
            Role(REVEALS),
            reveal::ask,
        )
        .post(
            "/{workspace}/runs/{run}/steps/{step}/reveal",
            Role(REVEALS),
            ByHandler(ORIGINALS_REVEAL),
            reveal::show,
        )
        .get("/{workspace}/people", Role(Admin), people::list)
        .post(
            "/{workspace}/people",
            Role(Admin),
            ByHandler("people.role"),
            people::invite,
        )
        .post(
            "/{workspace}/people/{id}",
            Role(Admin),
            ByHandler("people.role"),
            people::change,
        )
        .get("/{workspace}/keys", Role(Admin), keys::list)
        .post(
            "/{workspace}/keys",
            Role(Admin),
            ByHandler("key.create"),
            keys::create,
        )
        .post(
            "/{workspace}/keys/{id}/revoke",
            Role(Admin),
            Before("key.revoke"),
            keys::revoke,
        )
        .get("/{workspace}/audit", Role(Admin), people::record)
}

/// How people come in, and what is theirs. Handlers that are open write the record themselves.
fn entry() -> Routes {
    Routes::default()
        .get(route::SIGN_IN, Anyone, sign_in::page)
        .post(
            route::SIGN_IN,
            Anyone,
            ByHandler("sign_in"),
            sign_in::sign_in,
        )
        .get(route::OIDC, Anyone, oidc::begin)
        .route(
            Method::GET,
            route::OIDC_CALLBACK,
            Anyone,
            ByHandler("sign_in"),
            oidc::finish,
        )
        .get("/setup/{secret}", Anyone, sign_in::set_up)
        .get("/password/{secret}", Anyone, sign_in::password_page)
        .post(
            "/password/{secret}",
            Anyone,
            ByHandler("account.password"),
            sign_in::set_password,
        )
        .get("/shared/{secret}", Anyone, shares::run)
        .get("/shared/{secret}/steps/{step}", Anyone, shares::step)
        .route(
            Method::POST,
            route::DISPLAY,
            Public,
            Recorded::Not,
            display::set,
        )
        .post(
            route::SIGN_OUT,
            Person,
            Before("sign_out"),
            sign_in::sign_out,
        )
        .get(route::ACCOUNT, Person, account::page)
        .get(route::COMPLETE, Person, sign_in::complete_page)
        .post(
            route::COMPLETE,
            Person,
            ByHandler("account.password"),
            sign_in::complete,
        )
        .post(
            route::CHANGE_PASSWORD,
            Person,
            ByHandler("account.password"),
            account::change_password,
        )
        .post(
            route::END_SESSION,
            Person,
            Before("session.end"),
            account::end_session,
        )
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

/// The lists as files.
fn exports() -> Routes {
    use app::route::ExportFormat::{Csv, Json};
    let one = |routes: Routes, format: ExportFormat| {
        let at = |path: &str| format!("/{{workspace}}/{path}.{}", format.ending());
        let needs = Role(Support);
        routes
            .route(
                Method::GET,
                &at("flows/{flow}/integrations"),
                needs,
                Before("export"),
                move |s, p, q, h| export::integrations(format, s, p, q, h),
            )
            .route(
                Method::GET,
                &at("integrations/{integration}/runs"),
                needs,
                Before("export"),
                move |s, p, q, h| export::runs(format, s, p, q, h),
            )
            .route(
                Method::GET,
                &at("runs"),
                needs,
                Before("export"),
                move |s, p, q, h| export::all_runs(format, s, p, q, h),
            )
            .route(
                Method::GET,
                &at("flows"),
                needs,
                Before("export"),
                move |s, p, q, h| export::flows(format, s, p, q, h),
            )
            .route(
                Method::GET,
                &at("runs/{run}/steps"),
                needs,
                Before("export"),
                move |s, p, h| export::steps(format, s, p, h),
            )
            .route(
                Method::GET,
                &at("users/{user}/integrations"),
                needs,
                Before("export"),
                move |s, p, h| export::user_integrations(format, s, p, h),
            )
    };
    one(one(Routes::default(), Csv), Json)
}
