//! `iv step`: a step of a run, with its request and response if there are any.

use std::{path::Path, time::Duration};

use base64::Engine as _;
use domain::redact::Redactor;
use serde_json::{Map, Value, json};

use crate::{args::Step, clock, context::Context, failure::Failure, once, run::read_file};

/// Sends it.
pub(crate) fn send(step: &Step, context: &Context, wait: Duration) -> Result<(), Failure> {
    let mut report = json!({
        "type": "step",
        "run": step.run,
        "key": step.key.as_ref().unwrap_or(&step.name),
        "name": context.without_secrets(&step.name),
        "status": step.status,
    });
    let fields = report
        .as_object_mut()
        .ok_or_else(|| Failure::other("the step is no object"))?;
    if !matches!(step.status.as_str(), "queued" | "running") {
        fields.insert("finished_at".to_owned(), clock::now().as_ms().into());
    } else {
        fields.insert("started_at".to_owned(), clock::now().as_ms().into());
    }
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    put("app", step.app.clone().map(Value::from));
    put("position", step.position.map(Value::from));
    put(
        "error",
        step.error
            .as_deref()
            .map(|text| context.without_secrets(text).into()),
    );
    let mut request = Map::new();
    if let Some(address) = &step.address {
        let redactor = Redactor::new(&context.secrets.rules);
        let address = redactor
            .url(address)
            .unwrap_or_else(|_| domain::redact::NOT_KEPT.to_owned());
        request.insert("url".to_owned(), address.into());
    }
    if let Some(method) = &step.method {
        request.insert("method".to_owned(), method.as_str().into());
    }
    request.extend(
        step.request
            .as_deref()
            .map(|path| body(path, context))
            .transpose()?,
    );
    put("request", (!request.is_empty()).then(|| request.into()));
    let mut response = Map::new();
    if let Some(code) = step.code {
        response.insert("status".to_owned(), code.into());
    }
    response.extend(
        step.response
            .as_deref()
            .map(|path| body(path, context))
            .transpose()?,
    );
    put("response", (!response.is_empty()).then(|| response.into()));
    once::send(
        context,
        &step.run,
        vec![report.to_string().into_bytes()],
        None,
        wait,
    )
}

/// A body without its secrets: as text where it is text.
fn body(path: &Path, context: &Context) -> Result<(String, Value), Failure> {
    let named = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    let bytes = read_file(path).map_err(named)?;
    let kept = Redactor::new(&context.secrets.rules)
        .body(bytes, None)
        .map_err(|error| named(error.to_string()))?;
    Ok(match String::from_utf8(kept.bytes) {
        Ok(text) => ("body".to_owned(), text.into()),
        Err(bytes) => {
            let text = base64::engine::general_purpose::STANDARD.encode(bytes.as_bytes());
            ("body_base64".to_owned(), text.into())
        }
    })
}
