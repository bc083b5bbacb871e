//! Shows the originals of what was redacted in a step, to whoever may see them and says why.
//!
//! 1. The page names the run, the step and the parts, and asks for a reason.
//! 2. The reason is checked, and loses secrets as everything that is kept does.
//! 3. It is written into the record. Where that fails nothing is shown.
//! 4. Only then are the originals part of an answer, which nobody may keep.

use std::io::Read as _;

use app::still::{self, RevealPage, RevealedBody, RevealedPart};
use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Body, Key, Payload, WorkspaceId,
    audit::{ORIGINALS_REVEAL, Outcome, checked_reason},
    limit,
    payload::Section,
    redact::Redactor,
};
use serde::Deserialize;
use store::Opened;

use crate::{
    asking::{Asking, still},
    problem::{Problem, found},
    state::AppState,
};

/// What a path names: workspace, run, step.
type Names = (String, String, String);

/// A step and its originals.
struct Found {
    id: WorkspaceId,
    workspace: String,
    run: Key,
    step: Key,
    title: String,
    opened: Opened,
}

/// `GET /{workspace}/runs/{run}/steps/{step}/reveal`
pub(crate) async fn ask(
    State(state): State<AppState>,
    Path(names): Path<Names>,
    asking: Asking,
) -> Result<Response, Problem> {
    let found = look(&state, names).await?;
    Ok(asked(&state, &asking, &found, None))
}

/// Why somebody asks.
#[derive(Deserialize)]
pub(crate) struct ReasonForm {
    #[serde(default)]
    reason: String,
}

/// `POST /{workspace}/runs/{run}/steps/{step}/reveal`
pub(crate) async fn show(
    State(state): State<AppState>,
    Path(names): Path<Names>,
    asking: Asking,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Problem> {
    let found = look(&state, names).await?;
    if found.opened.payload == Payload::default() {
        return Ok(asked(&state, &asking, &found, None));
    }
    let reason = match checked_reason(&form.reason) {
        Ok(reason) => reason,
        Err(rule) => {
            let problem = Some((rule.to_owned(), form.reason));
            return Ok(asked(&state, &asking, &found, problem));
        }
    };
    // Whoever pastes the secret itself would have it in the record for good.
    let reason = match state.store.reading(found.id).await? {
        Some(reading) => Redactor::new(&reading.rules).text(reason),
        None => return Err(Problem::internal()),
    };
    let on_record = OnRecord::write(&state, &asking, &found, &reason).await?;
    let page = RevealPage {
        shown: parts(&found.opened.payload, &on_record),
        ..found.page()
    };
    let frame = asking.frame_at(&state, &found.workspace);
    Ok(apart(StatusCode::OK, still(still::reveal(frame, page))))
}

/// That a look is in the record: the parts are made for nobody who does not have one.
struct OnRecord(());

impl OnRecord {
    async fn write(
        state: &AppState,
        asking: &Asking,
        found: &Found,
        reason: &str,
    ) -> Result<Self, Problem> {
        let about = format!("run {}, step {}: {reason}", found.run, found.step);
        let line = (ORIGINALS_REVEAL, about.as_str(), Outcome::Allowed);
        asking.record(state, &[found.id], line).await?;
        Ok(Self(()))
    }
}

async fn look(state: &AppState, (workspace, run, step): Names) -> Result<Found, Problem> {
    let (id, store) = (state.workspace(&workspace).await?, &state.store);
    let run = found(store.run(id, &run).await?, "run")?;
    let step = found(store.step(id, run.id, &step).await?, "step in this run")?;
    let sealed = store.sealed(id, step.id).await?;
    let opened = match &state.secrets_keys {
        Some(keys) => {
            let names = (run.key.as_str(), step.key.as_str());
            Opened::new(keys, id, names, sealed)
        }
        None => Opened::without_keys(&sealed),
    };
    for (section, why) in &opened.shut {
        tracing::warn!(section = section.as_str(), why = %why, "originals stay shut");
    }
    Ok(Found {
        id,
        workspace,
        title: step.name.unwrap_or_else(|| step.key.to_string()),
        run: run.key,
        step: step.key,
        opened,
    })
}

impl Found {
    /// What its page says before anything is shown.
    fn page(&self) -> RevealPage {
        let shut = self.opened.shut.iter();
        RevealPage {
            workspace: self.workspace.clone(),
            run: self.run.to_string(),
            step: self.step.to_string(),
            title: self.title.clone(),
            parts: named(&self.opened.payload),
            shut: shut
                .map(|(section, why)| (*section, why.to_string()))
                .collect(),
            ..RevealPage::default()
        }
    }
}

/// The question, or why there is none. With a problem comes what was typed.
fn asked(
    state: &AppState,
    asking: &Asking,
    found: &Found,
    problem: Option<(String, String)>,
) -> Response {
    let nothing = found.opened == Opened::default();
    let status = match (&problem, nothing) {
        (_, true) => StatusCode::NOT_FOUND,
        (Some(_), _) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, _) => StatusCode::OK,
    };
    let (problem, reason) = problem.unzip();
    let page = RevealPage {
        problem,
        reason: reason.unwrap_or_default(),
        ..found.page()
    };
    let frame = asking.frame_at(state, &found.workspace);
    apart(status, still(still::reveal(frame, page)))
}

/// Nobody keeps it, and nobody that it leads to learns where its reader came from.
fn apart(status: StatusCode, mut response: Response) -> Response {
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let set = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// Which parts there are, without a word of them.
fn named(payload: &Payload) -> Vec<(Section, Vec<String>)> {
    let count = |number: usize, one: &str| {
        let many = if number == 1 { "" } else { "s" };
        (number > 0).then(|| format!("{number} {one}{many}"))
    };
    let mut named = Vec::new();
    if let Some(request) = &payload.request {
        let parts = [
            request.method.as_ref().map(|_| "method".to_owned()),
            request.url.as_ref().map(|_| "URL".to_owned()),
            count(request.headers.0.len(), "header"),
            request.body.as_ref().map(|_| "body".to_owned()),
        ];
        named.push((Section::Request, parts.into_iter().flatten().collect()));
    }
    if let Some(response) = &payload.response {
        let parts = [
            count(response.headers.0.len(), "header"),
            response.body.as_ref().map(|_| "body".to_owned()),
        ];
        named.push((Section::Response, parts.into_iter().flatten().collect()));
    }
    if let Some(object) = &payload.object {
        let parts = count(object.0.len(), "value");
        named.push((Section::Object, parts.into_iter().collect()));
    }
    named
}

/// The parts as they are shown.
fn parts(payload: &Payload, _: &OnRecord) -> Vec<RevealedPart> {
    let mut parts = Vec::new();
    if let Some(request) = &payload.request {
        let method = request.method.iter().map(|text| ("Method", text));
        let url = request.url.iter().map(|text| ("URL", text));
        parts.push(RevealedPart {
            section: Some(Section::Request),
            lines: method
                .chain(url)
                .map(|(name, text)| (name.to_owned(), text.clone()))
                .collect(),
            pairs: request.headers.0.clone(),
            body: request.body.as_ref().map(readable),
        });
    }
    if let Some(response) = &payload.response {
        parts.push(RevealedPart {
            section: Some(Section::Response),
            lines: Vec::new(),
            pairs: response.headers.0.clone(),
            body: response.body.as_ref().map(readable),
        });
    }
    if let Some(object) = &payload.object {
        parts.push(RevealedPart {
            section: Some(Section::Object),
            lines: Vec::new(),
            pairs: object.0.clone(),
            body: None,
        });
    }
    parts
}

/// A body as text: as it is, unpacked, or in base64.
fn readable(body: &Body) -> RevealedBody {
    let mut notes = Vec::new();
    let text = match std::str::from_utf8(&body.bytes) {
        Ok(text) => text.to_owned(),
        Err(error) if body.cut.is_some() && error.error_len().is_none() => {
            // Cut inside of its last character.
            String::from_utf8_lossy(&body.bytes[..error.valid_up_to()]).into_owned()
        }
        Err(_) => match unpacked(&body.bytes) {
            Some(text) => {
                notes.push("It was sent packed with gzip; this is what was in it.".to_owned());
                text
            }
            None => {
                notes.push("It is no text. These are its bytes in base64.".to_owned());
                STANDARD.encode(&body.bytes)
            }
        },
    };
    if let Some(cut) = &body.cut {
        let (kept, size) = (body.bytes.len(), cut.size_bytes);
        notes.push(format!("The first {kept} of {size} bytes."));
    }
    RevealedBody { text, notes }
}

/// What is in gzip, where it is whole, a text, and no more than a body may have.
fn unpacked(bytes: &[u8]) -> Option<String> {
    let most = limit::BODY_BYTES as u64;
    let mut text = String::new();
    let decoder = flate2::read::MultiGzDecoder::new(bytes);
    let size = decoder.take(most + 1).read_to_string(&mut text).ok()?;
    (size as u64 <= most).then_some(text)
}
