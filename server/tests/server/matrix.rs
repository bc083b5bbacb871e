//! Every address, every role, every workspace: from the router's own table.

mod caller;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::{
    access::{Access, Role, Scope},
    share::NewShare,
};
use serde_json::json;
use server::{
    router::build,
    routes::{Recorded, Rule, Table},
};

use self::caller::Caller;
use crate::{
    browser::guarded,
    support::{NOW, Server, request},
};

/// What must become of a call, by the table and nothing else.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// The handler decides.
    Through,
    SignIn,
    Refused,
    Missing,
}

fn fate(access: Access, caller: Caller, workspace: &str) -> Fate {
    match (access, caller) {
        (Access::Public | Access::Anyone, _) => Fate::Through,
        (Access::Key(scope), Caller::Program(mine) | Caller::ForeignProgram(mine)) => {
            match scope == mine {
                true => Fate::Through,
                false => Fate::Refused,
            }
        }
        (Access::Key(_), _) => Fate::SignIn,
        _ if !caller.is_signed_in() => Fate::SignIn,
        (Access::Person, _) => Fate::Through,
        (Access::Role(needed), Caller::Member(role)) if workspace == "main" => match role >= needed
        {
            true => Fate::Through,
            false => Fate::Refused,
        },
        (Access::Role(_), Caller::Stranger) if workspace == "other" => Fate::Through,
        _ => Fate::Missing,
    }
}

/// The address of a rule, in a workspace.
fn address(rule: &Rule, workspace: &str) -> String {
    let path = rule.path.replace("{workspace}", workspace);
    let parts = path.split('/').map(|part| match part {
        "{*rest}" | "{*file}" => "x",
        "{flow}" => "f",
        "{integration}" => "i",
        "{run}" | "{other}" | "{key}" => "r",
        "{step}" => "s",
        "{section}" => "response-body",
        "{user}" => "u",
        "{id}" | "{bulk}" => "1",
        part if part.starts_with('{') => "x",
        part => part,
    });
    let path = parts.collect::<Vec<_>>().join("/");
    if rule.path.starts_with("/api/v1/") && rule.method == Method::GET {
        return format!("{path}?flow=f&run=r");
    }
    match rule.path.starts_with("/_/") {
        true => format!(
            "{path}?workspace={workspace}&query=&flow=f&integration=i&run=r&step=s&other=r&user=u&bulk=1&name=UTC"
        ),
        false => path,
    }
}

async fn call(
    server: &Server,
    rule: &Rule,
    caller: Caller,
    workspace: &str,
) -> (StatusCode, String, String) {
    let mut request = request(rule.method.clone(), &address(rule, workspace))
        .header(header::ACCEPT, "text/html,*/*")
        .header("sec-fetch-site", "same-origin");
    if let Some(secret) = caller.secret() {
        request = match caller {
            Caller::Program(_) | Caller::ForeignProgram(_) | Caller::Revoked(_) => {
                request.header(header::AUTHORIZATION, format!("Bearer {secret}"))
            }
            Caller::Guest => request
                .header(header::AUTHORIZATION, format!("Bearer {secret}"))
                .header(header::COOKIE, format!("session={secret}")),
            _ => request.header(header::COOKIE, format!("session={secret}")),
        };
    }
    let body = if rule.method == Method::POST {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        Body::from("status=disabled&role=viewer&name=n&scope=read&days=7&list=runs&session=1")
    } else {
        Body::empty()
    };
    let response = server.open(request.body(body).expect("a request")).await;
    let leads = response.headers().get(header::LOCATION);
    let leads = leads
        .map_or("", |to| to.to_str().expect("a path"))
        .to_owned();
    let status = response.status();
    // A stream has no end.
    let is_stream = rule.path.ends_with("/events") && status == StatusCode::OK;
    let text = match is_stream {
        true => String::new(),
        false => {
            let body = http_body_util::BodyExt::collect(response.into_body())
                .await
                .expect("a body");
            String::from_utf8_lossy(&body.to_bytes()).into_owned()
        }
    };
    (status, leads, text)
}

async fn prepared() -> (Server, Table) {
    let server = guarded().await;
    let run = json!({"integration": {"key": "i", "flow": "f", "user_id": "u"}, "status": "failed", "steps": [
        {"key": "s", "status": "failed", "response": {"status": 500, "body": "what the customer said"}}
    ]});
    assert_eq!(
        server.put("/api/v1/runs/r", &run).await.status,
        StatusCode::OK
    );
    let file = server.authorized(Method::POST, "/api/v1/runs/r/files?key=r&name=a.csv");
    let file = file.body(Body::from("what the file said"));
    let file = server.send(file.expect("a request")).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text());
    server
        .state
        .store
        .ensure_workspace("foreign", NOW)
        .await
        .expect("a workspace");
    for caller in Caller::all() {
        caller.enter(&server).await;
    }
    share(&server).await;
    let (_, table) = build(server.state.clone());
    (server, table)
}

/// A link to the run, without payloads.
async fn share(server: &Server) {
    let store = &server.state.store;
    let run = store
        .run(server.workspace, "r")
        .await
        .expect("the store")
        .expect("a run");
    let share = NewShare {
        run_id: run.id,
        payloads: false,
        created_by: "dana@acme.test".to_owned(),
        expires_at: NOW.plus_ms(86_400_000),
    };
    let secret = Caller::Guest.secret().expect("a link");
    store
        .create_share(server.workspace, share, &secret, NOW)
        .await
        .expect("a link");
}

#[tokio::test]
async fn each_role_gets_what_the_table_says_and_nothing_else() {
    let (server, table) = prepared().await;
    // What changes something comes last: it must not take away what others look at.
    let mut rules: Vec<_> = table.rules().iter().collect();
    rules.sort_by_key(|rule| rule.method != Method::GET);
    for rule in rules {
        for caller in Caller::all() {
            // Ending one's own session would end the test of the rules behind it.
            if rule.path == app::route::SIGN_OUT && caller != Caller::Nobody {
                continue;
            }
            for workspace in ["main", "other", "nowhere"] {
                let (status, leads, text) = call(&server, rule, caller, workspace).await;
                let what = format!(
                    "{} {} by {caller:?} in {workspace}: {status} {leads}",
                    rule.method, rule.path
                );
                let led_out = leads.starts_with("/sign-in");
                match fate(rule.access, caller, workspace) {
                    Fate::SignIn => {
                        assert!(led_out || status == StatusCode::UNAUTHORIZED, "{what}")
                    }
                    Fate::Refused => assert_eq!(status, StatusCode::FORBIDDEN, "{what}"),
                    Fate::Missing => assert_eq!(status, StatusCode::NOT_FOUND, "{what}"),
                    Fate::Through => {
                        assert!(
                            !led_out
                                && status != StatusCode::UNAUTHORIZED
                                && status != StatusCode::FORBIDDEN,
                            "{what}"
                        );
                        assert!(!status.is_server_error(), "{what}: {text}");
                    }
                }
                let may_read = matches!(caller, Caller::Member(role) if role >= Role::Support)
                    && workspace == "main";
                assert!(
                    may_read || !text.contains("what the customer said"),
                    "{what}"
                );
                let may_read = may_read || caller == Caller::Program(Scope::Read);
                assert!(may_read || !text.contains("what the file said"), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_missing_and_what_is_anothers_look_the_same() {
    let (server, table) = prepared().await;
    for rule in table
        .rules()
        .iter()
        .filter(|rule| matches!(rule.access, Access::Role(_)))
    {
        let of = async |workspace: &str| {
            let (status, leads, text) = call(&server, rule, Caller::Stranger, workspace).await;
            let text = text.replace(workspace, "WORKSPACE");
            let nonce = text.find("nonce=\"").map(|at| {
                text[at + 7..]
                    .split('"')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            });
            (
                status,
                leads,
                nonce.map_or(text.clone(), |nonce| text.replace(&nonce, "NONCE")),
            )
        };
        let (foreign, missing) = (of("foreign").await, of("nowhere").await);
        let differ = foreign
            .2
            .bytes()
            .zip(missing.2.bytes())
            .position(|(a, b)| a != b);
        let near = differ.map(|at| {
            String::from_utf8_lossy(&foreign.2.as_bytes()[at.saturating_sub(60)..at + 20])
                .into_owned()
        });
        assert!(
            foreign == missing,
            "{} {}: {near:?}",
            rule.method,
            rule.path
        );
    }
}

#[tokio::test]
async fn a_program_reads_nothing_of_another_workspace() {
    let (server, table) = prepared().await;
    let caller = Caller::ForeignProgram(Scope::Read);
    let rules = table
        .rules()
        .iter()
        .filter(|rule| rule.access == Access::Key(Scope::Read));
    let mut seen = 0;
    for rule in rules {
        let (status, _, text) = call(&server, rule, caller, "main").await;
        let (own, _, told) = call(&server, rule, Caller::Program(Scope::Read), "main").await;
        assert_eq!(own, StatusCode::OK, "{}", rule.path);
        assert!(!told.contains("what the customer said"), "{}", rule.path);
        // Nothing there, or an empty list: the same as where nothing was ever reported.
        assert!(
            status == StatusCode::NOT_FOUND
                || !text.contains("\"r\"") && !text.contains("what the file said"),
            "{}: {text}",
            rule.path
        );
        seen += 1;
    }
    assert!(seen > 0);
}

#[tokio::test]
async fn every_page_and_every_server_function_is_in_the_table() {
    let (_, table) = prepared().await;
    let listed = |path: &str| table.rules().iter().any(|rule| rule.path == path);
    for page in server::pages_of_the_app() {
        assert!(listed(&page), "{page} has no rule");
    }
    let functions: Vec<_> = leptos::server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() >= 12, "{functions:?}");
    for (path, method) in functions {
        assert!(listed(path), "{path} has no rule");
        // A foreign link could fire what changes something by GET; none of ours changes anything.
        assert_eq!(method, Method::GET, "{path}");
    }
}

#[tokio::test]
async fn all_that_changes_something_or_hands_it_out_is_recorded() {
    // Those that write more words themselves: `people.rs` reads them.
    let (server, table) = prepared().await;
    for rule in table.rules() {
        let writes =
            rule.method != Method::GET && matches!(rule.access, Access::Person | Access::Role(_));
        assert!(
            !writes || rule.recorded != Recorded::Not,
            "{} {}",
            rule.method,
            rule.path
        );
        if let (Recorded::Before(action), Access::Role(_)) = (rule.recorded, rule.access) {
            call(&server, rule, Caller::Member(Role::Admin), "main").await;
            let lines = server
                .state
                .store
                .audit_before(server.workspace, None, 5)
                .await
                .expect("lines");
            assert!(lines.iter().any(|line| line.action == action), "{action}");
        }
    }
    assert_eq!(
        server
            .state
            .store
            .check_audit()
            .await
            .expect("a check")
            .fault,
        None
    );
}
