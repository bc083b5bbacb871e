//! What a run of each flow does when nothing goes wrong.

mod contacts;
mod invoices;
mod issues;
mod leads;
mod orders;
mod stock;

use domain::Timestamp;

use super::{
    catalogue::{Access, App, Flow, TOOLS},
    item::{Body, Headers, Request, Response, Step, Trigger},
    random::Random,
    seat::Seat,
};

/// Every invented secret begins with this, so that a test can look for what redaction missed.
pub(super) const NOT_A_SECRET: &str = "demo-not-a-secret-";

/// One run about to be written: who, when, and its own chance.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    pub(super) seat: &'a Seat,
    pub(super) at: Timestamp,
    pub(super) number: usize,
    pub(super) random: Random,
}

/// The steps of a run and what is worth telling of it.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) trigger: Trigger,
    pub(super) steps: Vec<Step>,
    /// Which step maps fields.
    pub(super) map: usize,
    /// Which step writes to the target.
    pub(super) write: usize,
    pub(super) created: u32,
    pub(super) updated: u32,
    pub(super) summary: Option<String>,
}

/// The script of the scene's flow.
pub(super) fn write(scene: &mut Scene<'_>) -> Script {
    match scene.seat.flow {
        Flow::Contacts => contacts::write(scene),
        Flow::Orders => orders::write(scene),
        Flow::Leads => leads::write(scene),
        Flow::Issues => issues::write(scene),
        Flow::Invoices => invoices::write(scene),
        Flow::Stock => stock::write(scene),
    }
}

/// A request and its answer.
type Call = (Request, Response);

impl Scene<'_> {
    /// A number that reads like an ID.
    fn id(&mut self) -> i64 {
        self.random.between(10_000_000, 99_999_999)
    }

    /// A call of `app`'s API as the engine makes it.
    pub(super) fn call(
        &mut self,
        app: &App,
        method: &'static str,
        path: &str,
        body: Option<Body>,
        status: u16,
        answer: Body,
    ) -> Call {
        let request_id = self.random.hex();
        let mut sent: Headers = vec![
            ("Accept", accepts(app).to_owned()),
            (
                "User-Agent",
                "relay/3.8 (+https://relay.example)".to_owned(),
            ),
        ];
        let secret = &request_id[..12];
        match app.access {
            Access::Bearer => {
                sent.push(("Authorization", format!("Bearer {NOT_A_SECRET}{secret}")));
            }
            Access::Basic => sent.push(("Authorization", format!("Basic {NOT_A_SECRET}{secret}"))),
            Access::Header(name) => sent.push((name, format!("{NOT_A_SECRET}{secret}"))),
            Access::None => {}
        }
        if let Some(kind) = body.as_ref().and_then(content_type) {
            sent.push(("Content-Type", kind.to_owned()));
        }
        sent.push(("X-Request-Id", request_id.clone()));
        let request = Request {
            method,
            url: format!("{}{path}", app.api),
            headers: sent,
            body,
        };
        (request, self.answer(app, status, answer, request_id))
    }

    /// An answer of `app`.
    pub(super) fn answer(
        &mut self,
        app: &App,
        status: u16,
        body: Body,
        request_id: String,
    ) -> Response {
        let mut headers: Headers = vec![("Server", "nginx".to_owned())];
        if let Some(kind) = content_type(&body) {
            headers.push(("Content-Type", kind.to_owned()));
        }
        headers.push(("X-Request-Id", request_id));
        if app.key == "mailwren" || app.key == "pipeloom-crm" || app.key == "github" {
            let left = self.random.between(40, 580);
            headers.push(("X-RateLimit-Limit", "600".to_owned()));
            headers.push(("X-RateLimit-Remaining", left.to_string()));
        }
        Response {
            status,
            headers,
            body: Some(body),
        }
    }

    /// What a provider sends to the engine's webhook, and the engine's receipt.
    fn received(&mut self, agent: &str, topic: Headers, body: Body) -> Call {
        let mut headers: Headers = vec![("User-Agent", agent.to_owned())];
        if let Some(kind) = content_type(&body) {
            headers.push(("Content-Type", kind.to_owned()));
        }
        headers.extend(topic);
        let request = Request {
            method: "POST",
            url: format!("https://hooks.relay.example/in/{}", self.seat.key),
            headers,
            body: Some(body),
        };
        let receipt = Body::Json(format!(
            r#"{{"received":true,"delivery":"{}"}}"#,
            self.random.hex()
        ));
        let response = Response {
            status: 202,
            headers: vec![("Content-Type", "application/json".to_owned())],
            body: Some(receipt),
        };
        (request, response)
    }
}

/// A step that calls an app.
fn step(
    key: &'static str,
    name: &'static str,
    app: &'static App,
    call: Call,
    took_ms: i64,
) -> Step {
    Step {
        key,
        name,
        app: app.key,
        request: Some(call.0),
        response: Some(call.1),
        took_ms,
        ..Step::default()
    }
}

/// A step without a call: the engine's own work.
fn own(key: &'static str, name: &'static str, object: Vec<(&'static str, String)>) -> Step {
    Step {
        key,
        name,
        app: TOOLS.key,
        object,
        took_ms: 3,
        ..Step::default()
    }
}

fn accepts(app: &App) -> &'static str {
    if app.key == "norrland-erp" {
        "text/xml, application/json"
    } else {
        "application/json"
    }
}

/// What a body is declared as; an empty one is not declared.
fn content_type(body: &Body) -> Option<&'static str> {
    Some(match body {
        Body::Json(_) => "application/json; charset=utf-8",
        Body::Base64(_) => "application/pdf",
        Body::Text(text) if text.is_empty() => return None,
        Body::Text(text) if text.starts_with("<?xml") => "text/xml; charset=utf-8",
        Body::Text(text) if text.starts_with('<') => "text/html",
        // The bodies of real webhooks travel as text, see `issues`.
        Body::Text(text) if text.starts_with('{') => "application/json",
        Body::Text(_) => "application/x-www-form-urlencoded",
    })
}
