//! The contract is true: its examples are taken, its fields are the program's, its addresses exist.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use domain::report::{Kind, Report};
use serde_json::{Value, json};

use crate::support::{Server, request};

fn contract() -> Value {
    serde_json::from_str(server::api::OPENAPI).expect("JSON")
}

const KINDS: [(&str, Kind, &str); 6] = [
    ("App", Kind::App, "/api/v1/apps/k"),
    ("Flow", Kind::Flow, "/api/v1/flows/k"),
    ("Integration", Kind::Integration, "/api/v1/integrations/k"),
    ("Run", Kind::Run, "/api/v1/runs/k"),
    ("Step", Kind::Step, "/api/v1/runs/r/steps/k"),
    ("LogEntry", Kind::Log, "/api/v1/runs/r/log/k"),
];

#[tokio::test]
async fn the_contract_is_served() {
    let server = Server::start().await;
    let answer = server.get("/api/openapi.json").await;
    assert_eq!(answer.json()["openapi"], "3.1.0");
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
}

#[tokio::test]
async fn every_example_of_a_thing_is_taken_by_its_address() {
    let server = Server::start().await;
    for (schema, kind, path) in KINDS {
        let examples = contract()["components"]["schemas"][schema]["examples"]
            .as_array()
            .expect(schema)
            .clone();
        assert!(!examples.is_empty());
        for mut example in examples {
            let key = example["key"].as_str().unwrap_or("k").to_owned();
            let path = format!("{}/{key}", path.rsplit_once('/').expect("a path").0);
            example["type"] = json!(kind.as_str());
            let answer = server.put(&path, &example).await;
            assert_eq!(answer.status, StatusCode::OK, "{schema}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn every_example_of_a_batch_is_taken() {
    let server = Server::start().await;
    let content = contract()["paths"]["/api/v1/batch"]["post"]["requestBody"]["content"].clone();
    for (media, content) in content.as_object().expect("contents") {
        for (name, example) in content["examples"].as_object().expect("examples") {
            let body = match &example["value"] {
                Value::String(lines) => lines.clone(),
                other => other.to_string(),
            };
            let request = server
                .authorized(Method::POST, "/api/v1/batch")
                .header(header::CONTENT_TYPE, media);
            let answer = server
                .send(request.body(Body::from(body)).expect("a request"))
                .await;
            assert_eq!(
                (answer.status, answer.json()["rejected"].clone()),
                (StatusCode::OK, json!([])),
                "{media} {name}"
            );
        }
    }
}

#[tokio::test]
async fn every_example_of_an_exporter_is_taken() {
    let server = Server::start().await;
    for path in ["/v1/traces", "/v1/logs"] {
        let content = &contract()["paths"][path]["post"]["requestBody"]["content"];
        let example = &content["application/json"]["examples"]["one"]["value"];
        let request = server
            .authorized(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/json");
        let request = request.body(Body::from(example.to_string()));
        let answer = server.send(request.expect("a request")).await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (StatusCode::OK, "{}"),
            "{path}"
        );
    }
}

/// The fields that the program knows, in its own words: it names them when it refuses another.
fn known_fields(kind: Kind, nest: impl Fn(Value) -> Value) -> BTreeSet<String> {
    let mut report = nest(json!({"\u{1}": 1}));
    report["type"] = json!(kind.as_str());
    let rule = Report::parse(&report.to_string(), None)
        .expect_err("an unknown field")
        .rule;
    let (_, known) = rule
        .split_once("expected ")
        .unwrap_or_else(|| panic!("{rule}"));
    known
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_contract_has_exactly_the_fields_of_the_program() {
    let contract = contract();
    let schemas = &contract["components"]["schemas"];
    let documented = |schema: &Value| {
        schema["properties"]
            .as_object()
            .expect("properties")
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    for (schema, kind, _) in KINDS {
        assert_eq!(
            documented(&schemas[schema]),
            known_fields(kind, |inner| inner),
            "{schema}"
        );
    }
    let step = &schemas["Step"]["properties"];
    for part in ["request", "response"] {
        let known = known_fields(
            Kind::Step,
            |inner| json!({"run": "r", "key": "s", part: inner}),
        );
        assert_eq!(documented(&step[part]["oneOf"][0]), known, "{part}");
    }
    let trigger = &schemas["Run"]["properties"]["trigger"]["oneOf"][0];
    assert_eq!(
        documented(trigger),
        known_fields(Kind::Run, |inner| json!({"key": "r", "trigger": inner}))
    );
}

#[tokio::test]
async fn every_documented_address_exists_and_documents_what_it_may_answer() {
    let server = Server::start().await;
    for (path, methods) in contract()["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let address = path.replace("{key}", "k").replace("{run}", "r");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            let answer = server
                .send(
                    request(method.clone(), &address)
                        .body(Body::empty())
                        .expect("a request"),
                )
                .await;
            // Some addresses hold their key.
            let open = operation["security"] == json!([]);
            let expected = if open {
                StatusCode::BAD_REQUEST
            } else {
                StatusCode::UNAUTHORIZED
            };
            assert_eq!(answer.status, expected, "{method} {path}");
            let refusals: &[&str] = if open {
                &["400", "404"]
            } else {
                &["401", "403"]
            };
            let documented = operation["responses"].as_object().expect("responses");
            assert!(
                documented.keys().any(|status| status.starts_with('2')),
                "{method} {path} may be answered well"
            );
            for status in refusals.iter().chain(&["405", "500", "503"]) {
                assert!(
                    operation["responses"][*status].is_object(),
                    "{method} {path} may answer {status}"
                );
            }
            let wrong = server
                .send(
                    request(Method::DELETE, &address)
                        .body(Body::empty())
                        .expect("a request"),
                )
                .await;
            assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
            // Exporters are answered in words of their own.
            if path.starts_with("/api/") {
                assert_eq!(wrong.code(), "method_not_allowed");
            }
        }
    }
    let unknown = server.get("/api/v2/runs").await;
    assert_eq!(
        (unknown.status, unknown.code().as_str()),
        (StatusCode::NOT_FOUND, "unknown_endpoint")
    );
}

#[test]
fn the_contract_names_the_limits_that_hold() {
    use domain::limit;
    let text = server::api::OPENAPI;
    let contract = contract();
    let schemas = &contract["components"]["schemas"];
    assert_eq!(
        schemas["Flow"]["properties"]["name"]["maxLength"],
        limit::NAME_CHARS
    );
    assert_eq!(
        schemas["Run"]["properties"]["error"]["maxLength"],
        limit::TEXT_CHARS
    );
    assert_eq!(
        schemas["Run"]["properties"]["key"]["maxLength"],
        limit::KEY_CHARS
    );
    assert_eq!(
        schemas["Run"]["properties"]["steps"]["maxItems"],
        limit::RUN_ITEMS
    );
    assert_eq!(
        contract["paths"]["/api/v1/batch"]["post"]["requestBody"]["content"]["application/json"]["schema"]
            ["maxItems"],
        limit::BATCH_ITEMS
    );
    let file = &contract["paths"]["/api/v1/runs/{run}/files"]["post"]["parameters"];
    assert_eq!(file[2]["name"], "name");
    assert_eq!(file[2]["schema"]["maxLength"], limit::FILE_NAME_CHARS);
    assert!(text.contains(&format!("{} MiB a request", limit::REQUEST_BYTES >> 20)));
    assert!(text.contains(&format!("{} levels of nesting", limit::JSON_DEPTH)));
    assert!(text.contains(&format!("{} MiB a body", limit::BODY_BYTES >> 20)));
    assert!(text.contains(&limit::OBJECT_BYTES.to_string()));
}

#[tokio::test]
async fn the_page_of_the_interface_shows_every_call_and_every_field_of_the_contract() {
    let server = Server::start().await;
    let answer = server.get("/api").await;
    assert_eq!(answer.status, StatusCode::OK);
    let page = answer.text();
    let contract = contract();
    for (path, methods) in contract["paths"].as_object().expect("paths") {
        for operation in methods.as_object().expect("methods").values() {
            let id = operation["operationId"].as_str().expect("an id");
            assert!(
                page.contains(&format!("id=\"{id}\"")) && page.contains(path),
                "{id} {path}"
            );
        }
    }
    let schemas = contract["components"]["schemas"].as_object();
    for (name, schema) in schemas.expect("schemas") {
        assert!(page.contains(&format!("id=\"object-{name}\"")), "{name}");
        for field in schema["properties"].as_object().into_iter().flatten() {
            assert!(page.contains(field.0), "{name}.{}", field.0);
        }
    }
    // Every link within leads somewhere.
    for link in page.split("href=\"#").skip(1) {
        let (target, _) = link.split_once('"').expect("its end");
        assert!(page.contains(&format!("id=\"{target}\"")), "#{target}");
    }
    assert!(
        page.contains("curl -X PUT http"),
        "an example that can be pasted"
    );
}
