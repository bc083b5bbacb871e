//! Webhooks by Standard Webhooks 1.0: what a sender does, and what a forger tries.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    ApiKeyId, Key, Payload, Run, Status, StepRow, Timestamp,
    access::{Bounds, Scope},
    webhook::Secret,
};
use ring::hmac;
use serde_json::{Value, json};
use server::{
    clock::Clock,
    rate::{Allowed, Rate},
};
use store::{KeyAsked, Keys};

use crate::support::{Answer, NOW, Server, request};

const DAY_MS: i64 = 86_400_000;
/// The body of the specification's example, and what its library makes of it.
const BODY: &str = r#"{"test": 2432232314}"#;

fn keys(numbers: &[u8]) -> Keys {
    let lines: Vec<_> = numbers.iter().map(|n| Keys::line([*n; 32])).collect();
    Keys::parse(&lines.join("\n")).expect("keys")
}

/// An endpoint of the integration "orders", and what its sender signs with.
struct Endpoint {
    id: ApiKeyId,
    name: String,
    secret: Secret,
}

async fn server() -> Server {
    Server::with(|state| state.secrets_keys = Some(keys(&[1]))).await
}

async fn endpoint(server: &Server, secret: Secret, quota: Option<i64>) -> Endpoint {
    let integration = Some(Key::new("orders").expect("a key"));
    let bounds = Bounds {
        flow: None,
        integration,
    };
    let name =
        Scope::Webhook.secret_for(&bounds, *secret.bytes().first_chunk().unwrap_or(&[3; 32]));
    let asked = KeyAsked {
        bounds,
        daily_quota: quota,
        ..KeyAsked::default()
    };
    let shut = keys(&[1]).shut_secret((server.workspace, &name), &secret, [5; 24]);
    let shut = shut.expect("a box");
    let store = &server.state.store;
    let id = store
        .create_webhook(server.workspace, asked, (&name, shut), NOW)
        .await;
    Endpoint {
        id: id.expect("an endpoint"),
        name,
        secret,
    }
}

async fn usual(server: &Server) -> Endpoint {
    endpoint(server, Secret::new([7; 32]), None).await
}

/// A signature, made with another library than ours is.
fn sign(secret: &Secret, id: &str, seconds: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.bytes());
    let signed = [format!("{id}.{seconds}.").as_bytes(), body].concat();
    format!("v1,{}", STANDARD.encode(hmac::sign(&key, &signed)))
}

fn seconds(at: Timestamp) -> i64 {
    at.as_ms() / 1_000
}

async fn send(
    server: &Server,
    to: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let request = headers.iter().fold(
        request(Method::POST, &format!("/hooks/{to}")),
        |request, (name, value)| request.header(*name, *value),
    );
    server
        .send(request.body(body.into()).expect("a request"))
        .await
}

/// The headers that sign an event; an empty one is left out.
fn headers<'h>(id: &'h str, timestamp: &'h str, signature: &'h str) -> Vec<(&'h str, &'h str)> {
    let all = [
        ("webhook-id", id),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", signature),
    ];
    let said = all.into_iter().filter(|(_, value)| !value.is_empty());
    said.collect()
}

/// Sends an event as its sender does.
async fn deliver(server: &Server, to: &Endpoint, id: &str, body: &[u8]) -> Answer {
    let at = seconds(server.state.clock.now());
    let (timestamp, signature) = (at.to_string(), sign(&to.secret, id, at, body));
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", &timestamp),
        ("webhook-signature", &signature),
        ("content-type", "application/json"),
    ];
    send(server, &to.name, &headers, body.to_vec()).await
}

async fn taken(server: &Server, to: &Endpoint, id: &str, body: &[u8]) -> String {
    let answer = deliver(server, to, id, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["run"].as_str().expect("a run").to_owned()
}

async fn refused(answer: Answer, status: StatusCode, code: &str) {
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (status, code),
        "{}",
        answer.text()
    );
}

async fn run(server: &Server, key: &str) -> (Run, Vec<StepRow>, Payload) {
    let (store, id) = (&server.state.store, server.workspace);
    let run = store.run(id, key).await.expect("the store").expect("a run");
    let steps = store.list_steps(id, run.id).await.expect("steps");
    let payload = store.payload(id, steps[0].id).await.expect("a payload");
    (run, steps, payload)
}

/// How many runs there are.
async fn runs(server: &Server) -> usize {
    let answer = server.read("/api/v1/runs").await;
    answer.json()["rows"].as_array().expect("rows").len()
}

#[tokio::test]
async fn an_event_sets_off_a_run_that_shows_what_came_but_not_its_secrets() {
    let server = server().await;
    let orders = usual(&server).await;
    let body = br#"{"type":"order.created","data":{"id":"ord_1017","password":"hunter2hunter2"}}"#;
    let answer = deliver(&server, &orders, "msg_1", body).await;
    let key = answer.json()["run"].as_str().expect("a run").to_owned();
    assert!(key.ends_with("-msg_1"), "{key}");
    assert_eq!(
        answer.json()["page"],
        format!("http://127.0.0.1:3000/main/runs/{key}")
    );
    let (run, steps, payload) = run(&server, &key).await;
    assert_eq!((run.status, run.started_at), (Status::Ok, NOW));
    assert_eq!(run.trigger_type.as_deref(), Some("webhook"));
    assert_eq!(run.trigger_name.as_deref(), Some("order.created"));
    let integration = server
        .state
        .store
        .integration(server.workspace, "orders")
        .await;
    let integration = integration.expect("the store").expect("made on demand");
    assert_eq!(run.integration_id, integration.id);
    assert_eq!(
        (steps.len(), steps[0].name.as_deref()),
        (1, Some("Received event"))
    );
    let request = payload.request.expect("what came");
    assert_eq!(request.method.as_deref(), Some("POST"));
    let url = format!("http://127.0.0.1:3000/hooks/{}", orders.name);
    assert_eq!(request.url.as_deref(), Some(url.as_str()));
    let header = |name: &str| {
        let mut headers = request.headers.0.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(header("webhook-id"), Some("msg_1"));
    assert!(
        header("webhook-signature")
            .expect("it")
            .starts_with("[redacted:")
    );
    let text = String::from_utf8(request.body.expect("a body").bytes).expect("text");
    assert!(
        text.contains("ord_1017") && !text.contains("hunter2"),
        "{text}"
    );
}

#[tokio::test]
async fn the_vector_of_the_specification_is_taken() {
    let then = Timestamp::from_ms(1_614_265_330_000);
    let server = Server::with(|state| {
        state.secrets_keys = Some(keys(&[1]));
        state.clock = Clock::Fixed(then);
    })
    .await;
    let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
    let orders = endpoint(&server, secret, None).await;
    let headers = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        (
            "webhook-signature",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
    ];
    let answer = send(&server, &orders.name, &headers, BODY).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let answer = send(&server, &orders.name, &headers, BODY.replace('4', "5")).await;
    refused(answer, StatusCode::UNAUTHORIZED, "wrong_signature").await;
}

#[tokio::test]
async fn the_same_event_again_is_one_run_and_another_with_its_id_is_refused() {
    let server = server().await;
    let orders = usual(&server).await;
    let key = taken(&server, &orders, "msg_1", BODY.as_bytes()).await;
    // Whoever works on it goes on under the same key, and its word stays.
    let failed = json!({"status": "failed", "error": "no such customer", "steps": [{"key": "s", "status": "failed"}]});
    server.put(&format!("/api/v1/runs/{key}"), &failed).await;
    assert_eq!(taken(&server, &orders, "msg_1", BODY.as_bytes()).await, key);
    let (known, steps, _) = run(&server, &key).await;
    assert_eq!(
        (known.status, steps.len(), runs(&server).await),
        (Status::Failed, 2, 1)
    );
    let answer = deliver(&server, &orders, "msg_1", b"{}").await;
    refused(answer, StatusCode::CONFLICT, "event_id_reused").await;
    assert_eq!(run(&server, &key).await.1.len(), 2);
    assert_ne!(taken(&server, &orders, "msg_2", BODY.as_bytes()).await, key);
    // Another endpoint counts for itself.
    let other = endpoint(&server, Secret::new([9; 32]), None).await;
    assert_ne!(taken(&server, &other, "msg_1", BODY.as_bytes()).await, key);
    assert_eq!(runs(&server).await, 3);
}

#[tokio::test]
async fn who_works_on_an_event_may_tell_of_it_before_it_came() {
    let server = server().await;
    let orders = usual(&server).await;
    let key = taken(&server, &orders, "msg_1", BODY.as_bytes())
        .await
        .replace("msg_1", "msg_2");
    let early = json!({"integration": "orders", "steps": [{"key": "s", "status": "ok"}]});
    let answer = server.put(&format!("/api/v1/runs/{key}"), &early).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(taken(&server, &orders, "msg_2", BODY.as_bytes()).await, key);
    assert_eq!(run(&server, &key).await.1.len(), 2);
}

#[tokio::test]
async fn what_is_not_signed_as_it_should_be_is_refused_and_says_why() {
    let server = server().await;
    let orders = usual(&server).await;
    let at = seconds(NOW);
    let good = sign(&orders.secret, "m", at, BODY.as_bytes());
    let forged = sign(&Secret::new([8; 32]), "m", at, BODY.as_bytes());
    let moment = at.to_string();
    for (id, timestamp, signature, missing) in [
        ("", moment.as_str(), good.as_str(), "webhook-id"),
        ("m", "", &good, "webhook-timestamp"),
        ("m", &moment, "", "webhook-signature"),
    ] {
        let answer = send(
            &server,
            &orders.name,
            &headers(id, timestamp, signature),
            BODY,
        )
        .await;
        assert!(answer.text().contains(missing), "{}", answer.text());
        refused(answer, StatusCode::BAD_REQUEST, "missing_header").await;
    }
    let answer = send(&server, &orders.name, &headers("m", "noon", &good), BODY).await;
    refused(answer, StatusCode::BAD_REQUEST, "malformed_header").await;
    for late in [-301, 301] {
        let at = at + late;
        let signature = sign(&orders.secret, "m", at, BODY.as_bytes());
        let answer = send(
            &server,
            &orders.name,
            &headers("m", &at.to_string(), &signature),
            BODY,
        )
        .await;
        refused(answer, StatusCode::BAD_REQUEST, "untimely").await;
    }
    for (id, signature, body) in [
        ("m", forged.as_str(), BODY),
        ("m", &good.replace("v1,", "v1a,"), BODY),
        ("m2", &good, BODY),
        ("m", &good, "{}"),
    ] {
        let answer = send(
            &server,
            &orders.name,
            &headers(id, &moment, signature),
            body,
        )
        .await;
        assert!(answer.headers.contains_key(header::WWW_AUTHENTICATE));
        refused(answer, StatusCode::UNAUTHORIZED, "wrong_signature").await;
    }
    // Keys of other scopes name no endpoint, nor does what nobody made.
    for name in [
        server.ingest.as_str(),
        "00000000-0000-4000-8000-000000000001",
        "x",
    ] {
        let answer = send(&server, name, &headers("m", &moment, &good), BODY).await;
        refused(answer, StatusCode::NOT_FOUND, "not_found").await;
    }
    assert_eq!(runs(&server).await, 0);
    let several = format!("{forged} {good}");
    let answer = send(
        &server,
        &orders.name,
        &headers("m", &moment, &several),
        BODY,
    )
    .await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "one of several is enough: {}",
        answer.text()
    );
}

#[tokio::test]
async fn a_large_event_is_refused_and_one_that_is_no_json_is_kept_as_it_is() {
    let server = server().await;
    let orders = usual(&server).await;
    let most = vec![b'x'; 256 * 1_024];
    taken(&server, &orders, "most", &most).await;
    let more = [most.as_slice(), b"x"].concat();
    let answer = deliver(&server, &orders, "more", &more).await;
    refused(answer, StatusCode::PAYLOAD_TOO_LARGE, "too_large").await;
    let key = taken(&server, &orders, "bytes", b"\xff\x00").await;
    let (run, _, payload) = run(&server, &key).await;
    assert_eq!(run.trigger_name, None);
    let body = payload.request.and_then(|request| request.body);
    assert_eq!(body.expect("a body").bytes, b"\xff\x00");
}

#[tokio::test]
async fn a_secret_that_was_renewed_lives_for_a_day_beside_the_new_one() {
    let mut server = server().await;
    let mut orders = usual(&server).await;
    let store = server.state.store.clone();
    let new = Secret::new([9; 32]);
    let shut = keys(&[1]).shut_secret((server.workspace, &orders.name), &new, [6; 24]);
    let renewed = store.renew_webhook(server.workspace, orders.id, shut.expect("a box"), NOW);
    renewed.await.expect("renewed");
    taken(&server, &orders, "old", BODY.as_bytes()).await;
    let old = std::mem::replace(&mut orders.secret, new);
    taken(&server, &orders, "new", BODY.as_bytes()).await;
    server.state.clock = Clock::Fixed(NOW.plus_ms(DAY_MS + 1_000));
    server.rebuild();
    taken(&server, &orders, "later", BODY.as_bytes()).await;
    orders.secret = old;
    let answer = deliver(&server, &orders, "late", BODY.as_bytes()).await;
    refused(answer, StatusCode::UNAUTHORIZED, "wrong_signature").await;
    store
        .revoke_api_key(server.workspace, orders.id, NOW)
        .await
        .expect("revoked");
    let answer = deliver(&server, &orders, "late", BODY.as_bytes()).await;
    refused(answer, StatusCode::NOT_FOUND, "not_found").await;
}

#[tokio::test]
async fn a_server_without_the_key_takes_nothing_and_one_with_a_newer_one_knows_old_events() {
    let mut server = server().await;
    let orders = usual(&server).await;
    let key = taken(&server, &orders, "msg_1", BODY.as_bytes()).await;
    for other in [None, Some(keys(&[2]))] {
        server.state.secrets_keys = other;
        server.rebuild();
        let answer = deliver(&server, &orders, "msg_2", BODY.as_bytes()).await;
        assert!(answer.headers.contains_key(header::RETRY_AFTER));
        refused(answer, StatusCode::SERVICE_UNAVAILABLE, "no_secrets_key").await;
    }
    server.state.secrets_keys = Some(keys(&[2, 1]));
    server.rebuild();
    assert_eq!(taken(&server, &orders, "msg_1", BODY.as_bytes()).await, key);
    assert_eq!(run(&server, &key).await.1.len(), 1);
    let answer = deliver(&server, &orders, "msg_1", b"{}").await;
    refused(answer, StatusCode::CONFLICT, "event_id_reused").await;
}

#[tokio::test]
async fn an_integration_that_is_stopped_takes_no_events() {
    let server = server().await;
    let orders = usual(&server).await;
    taken(&server, &orders, "msg_1", BODY.as_bytes()).await;
    let status = async |status: &str| {
        let report = json!({"status": status});
        server.put("/api/v1/integrations/orders", &report).await;
    };
    status("disabled").await;
    let answer = deliver(&server, &orders, "msg_2", BODY.as_bytes()).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text());
    status("enabled").await;
    taken(&server, &orders, "msg_2", BODY.as_bytes()).await;
    status("deleted").await;
    let answer = deliver(&server, &orders, "msg_3", BODY.as_bytes()).await;
    refused(answer, StatusCode::GONE, "integration_deleted").await;
    assert_eq!(runs(&server).await, 2);
}

#[tokio::test]
async fn a_ration_and_a_rate_hold_and_no_forger_uses_them_up() {
    let server = Server::with(|state| {
        state.secrets_keys = Some(keys(&[1]));
        state.door.reports = Rate::new(Allowed::per_minute(3)).into();
    })
    .await;
    let orders = endpoint(&server, Secret::new([7; 32]), Some(1)).await;
    let forger = Endpoint {
        secret: Secret::new([8; 32]),
        name: orders.name.clone(),
        id: orders.id,
    };
    for n in 0..9 {
        let answer = deliver(&server, &forger, &format!("f{n}"), BODY.as_bytes()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    taken(&server, &orders, "msg_1", BODY.as_bytes()).await;
    let answer = deliver(&server, &orders, "msg_2", BODY.as_bytes()).await;
    refused(answer, StatusCode::TOO_MANY_REQUESTS, "daily_quota").await;
    // One that came before costs nothing of the day.
    taken(&server, &orders, "msg_1", BODY.as_bytes()).await;
    let answer = deliver(&server, &orders, "msg_3", BODY.as_bytes()).await;
    refused(answer, StatusCode::TOO_MANY_REQUESTS, "too_many_requests").await;
}

#[tokio::test]
async fn the_example_of_the_contract_is_taken() {
    let server = server().await;
    let orders = usual(&server).await;
    let contract: Value = serde_json::from_str(server::api::OPENAPI).expect("JSON");
    let documented = &contract["paths"]["/hooks/{endpoint}"]["post"]["requestBody"];
    let example = &documented["content"]["application/json"]["examples"]["one"]["value"];
    let key = taken(&server, &orders, "msg_1", example.to_string().as_bytes()).await;
    let (run, ..) = run(&server, &key).await;
    assert_eq!(run.trigger_name.as_deref(), Some("order.created"));
}
