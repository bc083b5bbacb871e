//! What people open and send: pages, forms, files.

use app::route::{self, ExportFormat};
use axum::http::Method;
use domain::{
    access::{
        Access::{Anyone, Person, Public, Role},
        REVEALS,
        Role::{Admin, Operator, Support, Viewer},
    },
    audit::{ORIGINALS_DELETE, ORIGINALS_KEEP, ORIGINALS_REVEAL},
};

use crate::{
    actions, bulk, display, originals,
    pages::{self, export},
    people::{self, account, keys, oidc, sign_in, webhooks},
    reveal,
    routes::{
        Recorded::{self, Before, ByHandler},
        Routes,
    },
    sample, shares,
    state::AppState,
    views,
};

/// What people open and send.
pub(super) fn pages(state: &AppState) -> Routes {
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
        .route(
            Method::GET,
            "/{workspace}/runs/{run}/files/{key}",
            Role(Support),
            Before("file.download"),
            pages::download::file,
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
            "/{workspace}/settings/labels",
            Role(Admin),
            Before("settings.labels"),
            actions::set_labels,
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
        .get("/{workspace}/keys/{id}/secret", Role(Admin), webhooks::ask)
        .post(
            "/{workspace}/keys/{id}/secret",
            Role(Admin),
            ByHandler("key.secret"),
            webhooks::renew,
        )
        .get("/{workspace}/audit", Role(Admin), people::record)
}

/// How people come in, and what is theirs. Handlers that are open write the record themselves.
pub(super) fn entry() -> Routes {
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

/// The lists as files.
pub(super) fn exports() -> Routes {
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
