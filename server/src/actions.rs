//! What the forms of the pages do, and the addresses that only lead on.
//!
//! A form is answered with the page that it came from; `?did=` there tells what was done. The
//! status of an integration changes the way that everybody's reports change it.

use app::route;
use axum::{
    Form,
    extract::{Path, Query, State},
    response::Redirect,
};
use domain::{
    IntegrationStatus, labels::Labels, logs::LogsLink, percent::push_encoded, redact::names,
};
use serde::Deserialize;
use store::SecretNames;

use crate::{
    api::batch::take_items,
    problem::{Problem, found},
    state::AppState,
};

/// A wanted status, and the page to go back to.
#[derive(Debug, Deserialize)]
pub(crate) struct StatusForm {
    status: String,
    #[serde(default)]
    back: String,
}

/// `POST /{workspace}/integrations/{integration}/status`: disables, enables or deletes.
pub(crate) async fn set_status(
    State(state): State<AppState>,
    Path((workspace, integration)): Path<(String, String)>,
    Form(form): Form<StatusForm>,
) -> Result<Redirect, Problem> {
    use IntegrationStatus::{Deleted, Disabled, Enabled};
    let status = match form.status.parse() {
        Ok(status @ (Disabled | Enabled | Deleted)) => status,
        _ => {
            return Err(Problem::new(
                axum::http::StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_field",
                "status: is one of disabled, enabled, deleted",
            ));
        }
    };
    let id = state.workspace(&workspace).await?;
    let store = &state.store;
    let known = found(store.integration(id, &integration).await?, "integration")?;
    let report =
        serde_json::json!({"type": "integration", "key": known.key, "status": status.as_str()});
    let now = state.clock.now();
    let taken = take_items(store, id, now, vec![report.to_string()]).await;
    let did = match taken {
        Ok(_) => status.as_str(),
        // Somebody deleted it in the meantime, which is final.
        Err(problem) if problem.is_conflict() => "refused",
        Err(problem) => return Err(problem),
    };
    let home = route::integration(&workspace, &integration);
    let back = own_page(&form.back).unwrap_or(home);
    Ok(Redirect::to(&told(&back, did, &integration)))
}

/// What the form of the logs link holds.
#[derive(Debug, Deserialize)]
pub(crate) struct LogsForm {
    #[serde(default)]
    url: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    margin: String,
}

/// `POST /{workspace}/settings/logs`: sets the link to the logs, or goes back to the form with what was typed.
pub(crate) async fn set_logs(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    Form(form): Form<LogsForm>,
) -> Result<Redirect, Problem> {
    let id = state.workspace(&workspace).await?;
    let mut page = route::settings(&workspace);
    match LogsLink::parse(&form.url, &form.label, &form.margin) {
        Ok(logs) => {
            let now = state.clock.now();
            state.store.set_logs(id, logs, now).await?;
            page.push_str("?did=saved");
        }
        Err(_) => {
            // It goes into an address, which browsers and proxies keep short.
            let [url, label, margin] = [&form.url, &form.label, &form.margin]
                .map(|value| value.chars().take(2_100).collect::<String>());
            again(
                &mut page,
                &[("url", &url), ("label", &label), ("margin", &margin)],
            );
        }
    }
    Ok(Redirect::to(&page))
}

/// The form again, with what was typed into it.
fn again(page: &mut String, fields: &[(&str, &str)]) {
    for (index, (name, value)) in fields.iter().enumerate() {
        page.push(if index == 0 { '?' } else { '&' });
        page.push_str(name);
        page.push('=');
        push_encoded(page, value);
    }
}

/// A workspace's own words for statuses.
#[derive(Debug, Deserialize)]
pub(crate) struct LabelsForm {
    #[serde(default)]
    labels: String,
}

/// `POST /{workspace}/settings/labels`: sets the words, or goes back to the form with what was typed.
pub(crate) async fn set_labels(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    Form(form): Form<LabelsForm>,
) -> Result<Redirect, Problem> {
    let id = state.workspace(&workspace).await?;
    let mut page = route::settings(&workspace);
    match Labels::parse(&form.labels) {
        Ok(labels) => {
            let now = state.clock.now();
            state.store.set_labels(id, &labels, now).await?;
            page.push_str("?did=saved");
        }
        Err(_) => {
            let all = [("bad", "labels"), ("labels", &form.labels)];
            let short = form.labels.len() <= TYPED_BYTES;
            again(&mut page, if short { &all } else { &all[..1] });
            page.push_str("#labels");
        }
    }
    Ok(Redirect::to(&page))
}

/// The names that a workspace adds to those that are secret, and takes from them.
#[derive(Debug, Deserialize)]
pub(crate) struct SecretsForm {
    #[serde(default)]
    extra: String,
    #[serde(default)]
    safe: String,
}

/// An address is kept short by browsers and proxies; a longer form is not sent back in it.
const TYPED_BYTES: usize = 4_000;

/// `POST /{workspace}/settings/secrets`: sets the names, or goes back to the form with what was typed.
pub(crate) async fn set_secrets(
    State(state): State<AppState>,
    Path(workspace): Path<String>,
    Form(form): Form<SecretsForm>,
) -> Result<Redirect, Problem> {
    let id = state.workspace(&workspace).await?;
    let mut page = route::settings(&workspace);
    let checked = names::list(names::EXTRA, &form.extra)
        .and_then(|extra| Ok((extra, names::list(names::SAFE, &form.safe)?)));
    match checked {
        Ok((extra, safe)) => {
            let names = SecretNames {
                extra: extra.join("\n"),
                safe: safe.join("\n"),
            };
            let now = state.clock.now();
            state.store.set_secret_names(id, names, now).await?;
            page.push_str("?did=saved");
        }
        Err(_) => {
            let all = [
                ("bad", "names"),
                ("extra", &form.extra),
                ("safe", &form.safe),
            ];
            let short = form.extra.len() + form.safe.len() <= TYPED_BYTES;
            again(&mut page, if short { &all } else { &all[..1] });
            page.push_str("#secrets");
        }
    }
    Ok(Redirect::to(&page))
}

/// What the form that asks for another run holds.
#[derive(Debug, Deserialize)]
pub(crate) struct CompareForm {
    #[serde(default)]
    with: String,
}

/// `GET /{workspace}/runs/{run}/compare?with=…`: beside the run that was pasted, by ID or link.
pub(crate) async fn compare(
    Path((workspace, run)): Path<(String, String)>,
    Query(form): Query<CompareForm>,
) -> Redirect {
    Redirect::to(&match route::pasted_run(&workspace, &form.with) {
        // Its page says so where there is no such run.
        Some(other) => route::compare(&workspace, &run, &other),
        None => route::run(&workspace, &run),
    })
}

/// `GET /{workspace}/runs/{run}/failing`: the failing step of a run, or the run where none failed.
///
/// It leads on by a redirect, so that a link can be made without knowing the step.
pub(crate) async fn failing(
    State(state): State<AppState>,
    Path((workspace, run)): Path<(String, String)>,
) -> Result<Redirect, Problem> {
    let store = &state.store;
    let scope = store.workspace(&workspace).await?;
    let found = match &scope {
        Some(scope) => store.run(scope.id, &run).await?,
        None => None,
    };
    let step = found.and_then(|found| found.failing_step);
    Ok(Redirect::to(&match step {
        Some(step) => route::step(&workspace, &run, step.as_str()),
        // Its page says so where there is no such run.
        None => route::run(&workspace, &run),
    }))
}

/// A path of this site; what leads elsewhere is not followed.
pub(crate) fn own_page(back: &str) -> Option<String> {
    let own = back.starts_with('/')
        && !back.starts_with("//")
        && back.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    own.then(|| back.to_owned())
}

/// `back` with what was done.
pub(crate) fn told(back: &str, did: &str, key: &str) -> String {
    let (path, query) = back.split_once('?').unwrap_or((back, ""));
    let kept = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("did=") && !pair.starts_with("of="));
    let mut address = format!("{path}?");
    for pair in kept {
        address.push_str(pair);
        address.push('&');
    }
    address.push_str("did=");
    address.push_str(did);
    address.push_str("&of=");
    push_encoded(&mut address, key);
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_to_a_page_of_this_site_only() {
        assert_eq!(
            own_page("/main/flows/f?size=50").as_deref(),
            Some("/main/flows/f?size=50")
        );
        for elsewhere in [
            "",
            "//evil.test",
            "https://evil.test",
            "/\\evil.test",
            "/a\r\nX: y",
            "/é",
        ] {
            assert_eq!(own_page(elsewhere), None, "{elsewhere:?}");
        }
    }

    #[test]
    fn what_was_done_is_told_once_and_the_filter_stays() {
        assert_eq!(
            told("/m/flows/f", "disabled", "i/1"),
            "/m/flows/f?did=disabled&of=i%2F1"
        );
        assert_eq!(
            told(
                "/m/flows/f?size=50&did=enabled&of=x&faulty=1",
                "disabled",
                "i"
            ),
            "/m/flows/f?size=50&faulty=1&did=disabled&of=i"
        );
    }
}
