//! Eight reporters of every kind, who report until they are told to stop, and the audit afterwards.
//!
//! Here is what they send; each remembers what was acknowledged.

mod audit;
mod http;
mod reporting;

use domain::{
    Key, Timestamp,
    payload::hex,
    ping::{Ping, Signal},
};
use serde_json::{Value, json};

pub(crate) use self::{
    audit::{audit, check_copy},
    http::{Came, Request, Target, lasting_address, send},
    reporting::{Reported, Reporting},
};
use crate::wire;

const STEPS: i64 = 3;
/// Runs of one batch.
const BATCH: u64 = 3;
/// So much of a body must come back.
const FILLER: usize = 1_500;

/// How reports are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feed {
    Put,
    Batch,
    Protobuf,
    Json,
    Ping,
    /// Our own program, which keeps what it has to say in a spool.
    Iv,
}

/// The key of the integration that a reporter reports of.
fn integration(client: usize) -> String {
    format!("client{client}")
}

fn run_of(client: usize, number: u64) -> String {
    format!("client{client}-{number}")
}

fn trace_of(client: usize, number: u64) -> [u8; 16] {
    (u128::from(number) << 32 | (client as u128 + 1)).to_be_bytes()
}

fn body_of(run: &str) -> Value {
    json!({"run": run, "filler": "x".repeat(FILLER)})
}

fn native(client: usize, run: &str) -> Value {
    let step = |position: i64| json!({"position": position, "status": "ok", "response": {"status": 200, "body": body_of(run)}});
    json!({
        "type": "run", "key": run, "integration": {"key": integration(client), "flow": {"key": "flow"}},
        "status": "ok", "started_at": "2026-11-12T09:14:00Z", "finished_at": "2026-11-12T09:14:01Z",
        "steps": (1..=STEPS).map(step).collect::<Vec<_>>(),
    })
}

/// Everything that the report numbered `number` takes, in its order, and the runs that it makes.
pub(crate) fn report(
    feed: Feed,
    client: usize,
    number: u64,
    target: &Target,
) -> (Vec<Request>, Vec<String>) {
    let trace = trace_of(client, number);
    let named = hex(&trace);
    match feed {
        Feed::Put => {
            let run = run_of(client, number);
            let put = Request::put(
                format!("/api/v1/runs/{run}"),
                native(client, &run).to_string(),
            );
            (vec![put], vec![run])
        }
        Feed::Batch => {
            let runs = (0..BATCH).map(|part| run_of(client, number * BATCH + part));
            let runs: Vec<_> = runs.collect();
            let items: Vec<_> = runs
                .iter()
                .map(|run| native(client, run).to_string())
                .collect();
            // Both of its forms in turn.
            let (kind, body) = match number % 2 {
                0 => ("application/json", format!("[{}]", items.join(","))),
                _ => ("application/x-ndjson", items.join("\n")),
            };
            (
                vec![Request::post("/api/v1/batch".to_owned(), kind, body.into())],
                runs,
            )
        }
        Feed::Protobuf => {
            let body = body_of(&named).to_string();
            let body = wire::spans(&integration(client), &trace, STEPS as u8, &body);
            (
                vec![Request::post(
                    "/v1/traces".to_owned(),
                    "application/x-protobuf",
                    body,
                )],
                vec![named],
            )
        }
        Feed::Json => {
            let body = spans(client, &named).to_string();
            (
                vec![Request::post(
                    "/v1/traces".to_owned(),
                    "application/json",
                    body.into(),
                )],
                vec![named],
            )
        }
        Feed::Ping => {
            let address = format!("/ping/{}/{}", target.ping, integration(client));
            let rid = format!(
                "{}-{}-{}-{}-{}",
                &named[..8],
                &named[8..12],
                &named[12..16],
                &named[16..20],
                &named[20..]
            );
            let start = format!("{address}/start?rid={rid}&create=1");
            let pings = [(start, "begun"), (format!("{address}?rid={rid}"), "done")];
            let pings = pings.map(|(path, said)| Request::post(path, "text/plain", said.into()));
            (pings.into(), vec![pinged(client, &rid)])
        }
        Feed::Iv => (Vec::new(), vec![run_of(client, number)]),
    }
}

/// The key of the run that pings with this ID make.
fn pinged(client: usize, rid: &str) -> String {
    let ping = Ping {
        signal: Signal::Start,
        run_id: Some(rid),
        body: "",
        cut: false,
        nonce: [0; 16],
    };
    let owner = Key::new(integration(client)).expect("a key");
    let report: Value =
        serde_json::from_str(&ping.report(&owner, None, Timestamp::default())).expect("JSON");
    report["key"].as_str().expect("a key").to_owned()
}

fn spans(client: usize, trace: &str) -> Value {
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let span = |place: i64| {
        let mut span = json!({
            "traceId": trace, "spanId": format!("{place:016x}"), "name": format!("span {place}"),
            "startTimeUnixNano": "1794474843250000000", "endTimeUnixNano": "1794474844250000000",
            "status": {"code": 1}, "attributes": [text("integration.response.body", &body_of(trace).to_string())],
        });
        if place > 1 {
            span["parentSpanId"] = "0000000000000001".into();
        }
        span
    };
    json!({"resourceSpans": [{
        "resource": {"attributes": [text("integration.key", &integration(client)), text("flow.key", "flow")]},
        "scopeSpans": [{"spans": (1..=STEPS).map(span).collect::<Vec<_>>()}],
    }]})
}
