//! `GET /api`: the contract as a page.
//!
//! It reads `openapi.json` and nothing else, so that page and contract cannot differ.

use std::sync::LazyLock;

use app::still::{self, Field, Group, Held, Operation, ReferencePage, Thing};
use axum::{extract::State, response::Response};
use serde_json::{Map, Value};

use super::OPENAPI;
use crate::{
    asking::{Asking, still},
    state::AppState,
};

/// Answers that mean the same wherever they are given; told once.
const COMMON: [&str; 7] = ["400", "401", "403", "405", "413", "415", "500"];

static PAGE: LazyLock<ReferencePage> = LazyLock::new(|| {
    // A test reads it; here it cannot be otherwise.
    let contract: Value = serde_json::from_str(OPENAPI).unwrap_or_default();
    read(&contract)
});

/// `GET /api`
pub(crate) async fn page(State(state): State<AppState>, asking: Asking) -> Response {
    let mut shown = PAGE.clone();
    let operations = shown
        .groups
        .iter_mut()
        .flat_map(|group| &mut group.operations);
    for example in operations.filter_map(|operation| operation.example.as_mut()) {
        *example = example.replace(ORIGIN, &state.origin.0);
    }
    still(still::reference(asking.frame(&state), shown))
}

/// Stands for the address of this server.
const ORIGIN: &str = "{origin}";

fn read(contract: &Value) -> ReferencePage {
    let paths = members(&contract["paths"]);
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = members(methods).into_iter();
        methods.map(move |(method, told)| {
            (
                text(&told["tags"][0]),
                operation(contract, path, &method, told),
            )
        })
    });
    let operations: Vec<(String, Operation)> = operations.collect();
    let groups = items(&contract["tags"]).iter().map(|tag| {
        let name = text(&tag["name"]);
        let own = operations.iter().filter(|(group, _)| *group == name);
        Group {
            operations: own.map(|(_, operation)| operation.clone()).collect(),
            name,
        }
    });
    let put_run = &contract["paths"]["/api/v1/runs/{key}"]["put"]["responses"];
    let common = COMMON.iter().chain(&["429", "503"]);
    ReferencePage {
        about: text(&contract["info"]["description"]),
        groups: groups.collect(),
        common: common
            .map(|status| ((*status).to_owned(), text(&put_run[status]["description"])))
            .collect(),
        things: members(&contract["components"]["schemas"])
            .into_iter()
            .map(|(name, told)| thing(name, told))
            .collect(),
    }
}

fn operation(contract: &Value, path: &str, method: &str, told: &Value) -> Operation {
    let security = items(&told["security"]).iter();
    let parameters = items(&told["parameters"]).iter().map(|parameter| Field {
        name: text(&parameter["name"]),
        kind: kind(&parameter["schema"]),
        required: parameter["required"] == true,
        about: some(&parameter["description"])
            .unwrap_or_else(|| text(&parameter["schema"]["description"])),
    });
    let bodies = members(&told["requestBody"]["content"]);
    let answers = members(&told["responses"]).into_iter();
    let put_run = &contract["paths"]["/api/v1/runs/{key}"]["put"]["responses"];
    let own = answers.filter(|(status, answer)| {
        answer["description"] != put_run[status]["description"] || status.starts_with('2')
    });
    let mut answers: Vec<_> = own
        .map(|(status, answer)| {
            let content = members(&answer["content"]).into_iter().next();
            let held = content.map(|(_, content)| held(&content["schema"]));
            let held = held.or_else(|| {
                status
                    .starts_with('2')
                    .then(|| Held::Words("nothing".to_owned()))
            });
            (status, text(&answer["description"]), held)
        })
        .collect();
    answers.sort_by(|a, b| a.0.cmp(&b.0));
    let method = method.to_uppercase();
    Operation {
        id: text(&told["operationId"]),
        example: example(contract, path, &method, &bodies),
        method,
        path: path.to_owned(),
        summary: text(&told["summary"]),
        about: some(&told["description"]),
        scopes: security.flat_map(members).map(|(scope, _)| scope).collect(),
        parameters: parameters.collect(),
        bodies: bodies
            .iter()
            .map(|(media, content)| (media.clone(), held(&content["schema"])))
            .collect(),
        answers,
    }
}

/// A command that sends an example of the contract.
fn example(
    contract: &Value,
    path: &str,
    method: &str,
    bodies: &[(String, &Value)],
) -> Option<String> {
    let (media, content) = bodies.first()?;
    let schema = resolved(contract, &content["schema"]);
    let given = members(&content["examples"]).into_iter().next();
    let given = given.map(|(_, example)| &example["value"]);
    let sent = given.or_else(|| schema["examples"].get(0))?;
    // Its key is in the address already.
    let (mut sent, mut path) = (sent.clone(), path.to_owned());
    if path.contains("{key}") {
        let key = sent.as_object_mut().and_then(|object| object.remove("key"));
        path = path.replace("{key}", key.as_ref().and_then(Value::as_str).unwrap_or("1"));
    }
    let path = path.replace("{run}", "run_1");
    let sent = serde_json::to_string_pretty(&sent)
        .ok()?
        .replace('\'', "'\\''");
    Some(format!(
        "curl -X {method} {ORIGIN}{path} \\\n  -H \"Authorization: Bearer $KEY\" -H \"Content-Type: {media}\" \\\n  -d '{sent}'"
    ))
}

fn thing(name: String, told: &Value) -> Thing {
    let needed = items(&told["required"]);
    let fields = members(&told["properties"]).into_iter();
    let fields = fields.map(|(name, field)| Field {
        kind: kind(field),
        required: needed.iter().any(|needed| *needed == name.as_str()),
        about: text(&field["description"]),
        name,
    });
    let example = told["examples"].get(0);
    Thing {
        fields: fields.collect(),
        name,
        about: some(&told["description"]),
        example: example.and_then(|example| serde_json::to_string_pretty(example).ok()),
    }
}

fn held(schema: &Value) -> Held {
    match reference(schema) {
        Some(name) => Held::Thing(name),
        None => Held::Words(some(&schema["description"]).unwrap_or_else(|| kind(schema))),
    }
}

/// What a schema takes, in words.
fn kind(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return format!("[{name}]");
    }
    let any = ["oneOf", "anyOf"]
        .into_iter()
        .find_map(|name| schema[name].as_array());
    if let Some(any) = any {
        let kinds: Vec<_> = any
            .iter()
            .map(kind)
            .filter(|kind| !kind.is_empty())
            .collect();
        return kinds.join(" or ");
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
        return words.join(", ");
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        other => Vec::from_iter(other.as_str()),
    };
    let named = types.into_iter().filter(|name| *name != "null");
    let named = named.map(|name| match (name, schema["format"].as_str()) {
        ("string", Some("date-time")) => "moment (RFC 3339)".to_owned(),
        ("string", Some("binary")) => "bytes".to_owned(),
        ("string", _) => "text".to_owned(),
        ("integer" | "number", _) => "number".to_owned(),
        ("boolean", _) => "true or false".to_owned(),
        ("array", _) => format!("list of {}", kind(&schema["items"])),
        (other, _) => other.to_owned(),
    });
    let mut told = named.collect::<Vec<_>>().join(" or ");
    for (limit, words) in [("maxLength", "characters"), ("maxItems", "items")] {
        if let Some(most) = schema[limit].as_i64() {
            told.push_str(&format!(
                ", at most {} {words}",
                domain::page::grouped(most)
            ));
        }
    }
    told
}

fn reference(schema: &Value) -> Option<String> {
    let path = schema["$ref"].as_str()?;
    path.rsplit('/').next().map(str::to_owned)
}

fn resolved<'c>(contract: &'c Value, schema: &'c Value) -> &'c Value {
    match reference(schema) {
        Some(name) => &contract["components"]["schemas"][name],
        None => schema,
    }
}

fn members(value: &Value) -> Vec<(String, &Value)> {
    let object = value.as_object().into_iter().flat_map(Map::iter);
    object.map(|(name, value)| (name.clone(), value)).collect()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    some(value).unwrap_or_default()
}

fn some(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
