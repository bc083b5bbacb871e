//! `/api/v3/…`: OneVizion's log API, in the three forms that it has had, so that a program written
//! for it only changes the address.
//!
//! The answers that its clients read are theirs; problems are ours. It knows nothing beyond the
//! log of a run and how a program is to log: whatever else that API has is not here.

use axum::{
    Json,
    body::Body,
    extract::{FromRequestParts, Path, RawQuery, State},
    http::{HeaderMap, HeaderName, StatusCode, header, request::Parts},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    IntegrationStatus, Key, LogLevel,
    access::Scope,
    file::FileReport,
    multipart,
    onevizion::{self, Place, level_name},
    report::Rejection,
};
use serde::Serialize;

use super::{
    body::{self, Encoding},
    files,
    intake::{self, Form},
    key::{self, Ingest},
    query::Asked,
};
use crate::{
    clock,
    problem::{Challenge, Problem, found},
    state::AppState,
};

/// By what a client says that this is its second attempt. OneVizion's own say nothing.
const ATTEMPT: HeaderName = HeaderName::from_static("idempotency-key");

/// A caller that may report, by a key that stands where OneVizion's clients put theirs: it is the
/// password of a user, or the secret behind `Bearer ACCESS:`. The other half means nothing.
#[derive(Debug, Clone)]
pub(crate) struct Client(Ingest);

impl FromRequestParts<AppState> for Client {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let secret = secret(&parts.headers);
        let found = key::living(state, secret.as_deref(), Scope::Ingest).await;
        let key = found.map_err(|problem| problem.with_challenge(Challenge::BasicOrBearer))?;
        state.door.reports.admit(&key.id)?;
        Ok(Self(Ingest(key)))
    }
}

fn secret(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, shown) = value.split_once(' ')?;
    let shown = shown.trim();
    let pair = match scheme.to_ascii_lowercase().as_str() {
        "basic" => String::from_utf8(STANDARD.decode(shown).ok()?).ok()?,
        "bearer" => shown.to_owned(),
        _ => return None,
    };
    // No key of ours holds a colon, and a user's name holds none by the rules of `Basic`.
    let secret = pair.split_once(':').map(|(_, secret)| secret.to_owned());
    Some(secret.unwrap_or(pair))
}

/// The entry is stored.
#[derive(Debug, Serialize)]
pub(crate) struct Added {
    log_id: Key,
    /// Where people see it.
    page: String,
}

/// `POST …/runs/{run}/logs`: an entry in the log of a run, whether it runs or has ended.
pub(crate) async fn add(
    State(state): State<AppState>,
    Client(ingest): Client,
    Path(run): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Added>, Problem> {
    let (place, added) = place(&state, &ingest, &run, &headers).await?;
    intake::take(&state, &ingest, &headers, body, Form::Entry(place)).await?;
    Ok(Json(added))
}

/// Where a new entry goes, and what is answered when it is there.
async fn place(
    state: &AppState,
    ingest: &Ingest,
    run: &str,
    headers: &HeaderMap,
) -> Result<(Place, Added), Problem> {
    // An entry makes no run here: a number that was mistyped would go on unseen.
    let run = found(
        state.store.run(ingest.0.workspace_id, run).await?,
        "run of this process ID",
    )?;
    let attempt = headers.get(ATTEMPT).map(|value| value.as_bytes());
    let attempt = attempt.filter(|attempt| !attempt.is_empty());
    let nonce = clock::random().map_err(|_| intake::failed())?;
    let entry = onevizion::entry_key(attempt, nonce).map_err(|_| intake::failed())?;
    let page = app::route::run(ingest.0.workspace_key.as_str(), run.key.as_str());
    let place = Place {
        run: run.key,
        entry: entry.clone(),
        once: attempt.is_some(),
        at: state.clock.now(),
    };
    let added = Added {
        log_id: entry,
        page: format!("{}{page}", state.origin.0),
    };
    Ok((place, added))
}

/// `POST …/logs/{run}/logs/file?log_level=Info`: an entry that carries a file, which is the part
/// `file` of a form.
///
/// The file comes first: where the entry is not taken then, it is with the run all the same, and
/// an attempt that says that it is the second one puts right what is missing.
pub(crate) async fn add_file(
    State(state): State<AppState>,
    Client(ingest): Client,
    Path(run): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Added>, Problem> {
    let refused =
        |path: &str, code: &str, rule: &str| Problem::refused(Rejection::new(path, code, rule));
    let level = Asked::new(query).text("log_level");
    let level = onevizion::level(level.as_deref().unwrap_or_default());
    let level = level.map_err(|rule| refused("log_level", "invalid_field", &rule))?;
    let (place, added) = place(&state, &ingest, &run, &headers).await?;
    let mut held = state.door.budget.hold();
    let encoding = Encoding::of(&headers)?;
    let bytes = body::read(body, &mut held).await?;
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let taken = tokio::task::spawn_blocking(move || {
        let bytes = encoding.decode(bytes, &mut held)?;
        let (parts, whole) = multipart::parts(&bytes, &content_type).ok_or_else(no_form)?;
        let mut files = parts.into_iter();
        let file = files.find(|part| part.name.as_deref() == Some("file") && whole);
        let file = file.ok_or_else(|| {
            refused(
                "file",
                "missing_field",
                "a part of this name is needed, in a form that is whole",
            )
        })?;
        let name = file.filename.as_deref().unwrap_or_default();
        let keys = (
            place.run.clone(),
            place.entry.clone(),
            Some(place.entry.clone()),
        );
        let report = FileReport::new(keys, name, file.content_type());
        let report =
            report.map_err(|rejection| refused("file", "invalid_field", &rejection.rule))?;
        held.grow(file.bytes.len())?;
        Ok::<_, Problem>((place, report, file.bytes.to_vec(), held))
    });
    let (place, report, bytes, held) = taken.await.map_err(|_| intake::failed())??;
    let entry = place.of_file(level, &report.name);
    files::keep(&state, &ingest, report, (bytes, Encoding::Identity, held)).await?;
    intake::report(&state, &ingest, vec![entry]).await?;
    Ok(Json(added))
}

fn no_form() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unknown_type",
        "a file is the part `file` of a form: multipart/form-data, with its boundary",
    )
}

/// What a program that logs wants to know of its integration.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    name: String,
    description: Option<String>,
    enabled: bool,
    /// Entries below it are not wanted. There is no setting that drops any, so all are.
    log_level: &'static str,
}

/// `GET …/integrations/{key}`.
///
/// It takes a key that reports, which reads nothing else: OneVizion's programs have one password
/// for both, and drop what lies below the level that they are told. So it tells nothing that a
/// run or a customer brought.
pub(crate) async fn integration(
    State(state): State<AppState>,
    Client(Ingest(key)): Client,
    Path(name): Path<String>,
) -> Result<Json<Told>, Problem> {
    let known = state.store.integration(key.workspace_id, &name).await?;
    let known = match known {
        Some(known) if key::covers(&state, &key, &known).await? => Some(known),
        _ => None,
    };
    let known = found(known, "integration")?;
    Ok(Json(Told {
        name: known.name.unwrap_or_else(|| known.key.to_string()),
        description: known.description,
        enabled: !matches!(
            known.status,
            IntegrationStatus::Disabled | IntegrationStatus::Deleted
        ),
        log_level: level_name(LogLevel::Debug),
    }))
}
