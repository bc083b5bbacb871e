//! What a cause does to the steps of a run.

use domain::{LogLevel, Status};

use super::{
    bad_answer::{Bad, bad, invalid},
    catalogue::Flow,
    cause::Cause,
    item::{Body, Headers, Response, Step},
    people::escape,
    script::{Scene, Script},
};

/// How a run ended, and what its log says of that.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) status: Status,
    pub(super) error: Option<String>,
    /// Level, step, message.
    pub(super) log: Option<(LogLevel, usize, String)>,
}

impl Verdict {
    fn ok() -> Self {
        Self {
            status: Status::Ok,
            error: None,
            log: None,
        }
    }
}

/// Lets `cause` happen.
pub(super) fn happen(cause: Cause, scene: &mut Scene<'_>, script: &mut Script) -> Verdict {
    match cause {
        Cause::Healthy => Verdict::ok(),
        Cause::Retried => retried(scene, script),
        Cause::Running => {
            cut(script, Status::Running);
            Verdict {
                status: Status::Running,
                ..Verdict::ok()
            }
        }
        Cause::Interrupted => {
            cut(script, Status::Interrupted);
            let message = "Technical: the worker was stopped for a deployment while this step ran";
            Verdict {
                status: Status::Interrupted,
                error: Some(message.to_owned()),
                log: Some((LogLevel::Warning, script.write, message.to_owned())),
            }
        }
        Cause::Unassigned => unassigned(script),
        Cause::Unmapped => {
            let (field, value) = ("shipping_method", "click_and_collect");
            change(script, field, value);
            let rule = format!("no mapping for field `{field}` with value `{value}`");
            fail(scene, script, script.map, "Mapping", rule)
        }
        _ => answered(cause, scene, script),
    }
}

/// A step gets a bad answer, or none.
fn answered(cause: Cause, scene: &mut Scene<'_>, script: &mut Script) -> Verdict {
    let target = scene.seat.flow.target();
    let hit = match cause {
        Cause::TokenExpired | Cause::PermissionLost => calls_of(script, target.key),
        Cause::Outage => calls_of(script, "norrland-erp"),
        Cause::MiddleFailed { .. } => script.steps.iter().position(|s| s.key == "look_up_company"),
        _ => Some(script.write),
    };
    let Some(hit) = hit else { return Verdict::ok() };
    if cause == Cause::Invalid {
        let (field, value, _) = invalid(scene.seat.flow);
        change(script, field, value);
    }
    let Bad {
        status,
        headers,
        body,
        said,
        class,
    } = bad(cause, scene);
    let step = &mut script.steps[hit];
    step.object.clear();
    step.attempt = Some(1);
    match status {
        Some(status) => {
            let id = step.response.as_ref().map_or_else(String::new, request_id);
            let mut all: Headers = vec![("Server", "nginx".to_owned())];
            all.extend(headers);
            all.push(("X-Request-Id", id));
            step.response = Some(Response {
                status,
                headers: all,
                body: Some(body),
            });
        }
        None => step.response = None,
    }
    match cause {
        Cause::TimedOut => step.took_ms = scene.random.between(40_000, 60_000),
        Cause::Outage => step.took_ms = scene.random.between(20, 90),
        Cause::RateLimited | Cause::Reset => {
            // It was tried three times, and waited for in between.
            step.attempt = Some(3);
            step.took_ms += scene.random.between(8_000, 16_000);
        }
        _ => {}
    }
    if let Cause::MiddleFailed { warning } = cause {
        step.status = Some(Status::Failed);
        step.error = Some(said.clone());
        let message = format!("{class}: {said}; the step is optional, the run went on");
        return Verdict {
            status: if warning {
                Status::Warning
            } else {
                Status::Failed
            },
            error: (!warning).then(|| message.clone()),
            log: Some((
                if warning {
                    LogLevel::Warning
                } else {
                    LogLevel::Error
                },
                hit,
                message,
            )),
        };
    }
    fail(scene, script, hit, class, said)
}

/// The step fails, and with it the run; what would have come after it does not happen.
fn fail(scene: &Scene<'_>, script: &mut Script, hit: usize, class: &str, said: String) -> Verdict {
    let step = &mut script.steps[hit];
    step.status = Some(Status::Failed);
    step.error = Some(said.clone());
    let message = format!("{class}: {said}, at step “{}”", step.name);
    if scene.seat.flow.tells_skipped() {
        for step in &mut script.steps[hit + 1..] {
            *step = Step {
                key: step.key,
                name: step.name,
                app: step.app,
                status: Some(Status::Skipped),
                ..Step::default()
            };
        }
    } else {
        script.steps.truncate(hit + 1);
    }
    (script.created, script.updated, script.summary) = (0, 0, None);
    Verdict {
        status: Status::Failed,
        error: Some(message.clone()),
        log: Some((LogLevel::Error, hit, message)),
    }
}

/// The step that writes has begun and has no end.
fn cut(script: &mut Script, status: Status) {
    script.steps.truncate(script.write + 1);
    let step = &mut script.steps[script.write];
    (step.status, step.response) = (Some(status), None);
    step.object.clear();
    (script.created, script.updated, script.summary) = (0, 0, None);
}

fn retried(scene: &mut Scene<'_>, script: &mut Script) -> Verdict {
    let limited = scene.seat.flow == Flow::Leads;
    let (attempt, wait_s) = (scene.random.between(2, 3), scene.random.between(2, 20));
    let step = &mut script.steps[script.write];
    step.attempt = Some(attempt as u32);
    step.took_ms += wait_s * 1_000;
    let reason = if limited {
        "429 Too Many Requests"
    } else {
        "502 Bad Gateway"
    };
    let message = format!(
        "External: {} answered {reason}; attempt {attempt} after {wait_s} s went well",
        scene.seat.flow.target().name,
    );
    Verdict {
        log: Some((LogLevel::Warning, script.write, message)),
        ..Verdict::ok()
    }
}

/// Gives `field` another value wherever it occurs, so that who reads the payloads finds it.
fn change(script: &mut Script, field: &str, value: &str) {
    let (json, form) = (format!("\"{field}\":\""), format!("&{field}="));
    for step in &mut script.steps {
        for pair in &mut step.object {
            if pair.0 == field {
                pair.1 = value.to_owned();
            }
        }
        let asked = step.request.as_mut().and_then(|it| it.body.as_mut());
        let answered = step.response.as_mut().and_then(|it| it.body.as_mut());
        for body in asked.into_iter().chain(answered) {
            match body {
                Body::Json(text) => replace_after(text, &json, '"', value),
                Body::Text(text) => replace_after(text, &form, '&', &escape(value)),
                Body::Base64(_) => {}
            }
        }
    }
}

/// Replaces what stands between `before` and the next `end`.
fn replace_after(text: &mut String, before: &str, end: char, value: &str) {
    if let Some(at) = text.find(before) {
        let from = at + before.len();
        let to = text[from..].find(end).map_or(text.len(), |to| from + to);
        text.replace_range(from..to, value);
    }
}

/// The ticket is there, but nobody owns it.
fn unassigned(script: &mut Script) -> Verdict {
    let said = "the assignee “platform-team” is not known to Deskpine; the ticket has no owner";
    let step = &mut script.steps[script.write];
    if let Some(Response {
        body: Some(Body::Json(text)),
        ..
    }) = &mut step.response
    {
        *text = text.replace(
            r#""warnings":[]"#,
            r#""warnings":[{"code":"unknown_assignee","value":"platform-team"}]"#,
        );
    }
    step.status = Some(Status::Warning);
    step.error = Some(said.to_owned());
    Verdict {
        status: Status::Warning,
        error: None,
        log: Some((
            LogLevel::Warning,
            script.write,
            format!("Configuration: {said}"),
        )),
    }
}

/// The first call of an app behind the trigger.
fn calls_of(script: &Script, app: &str) -> Option<usize> {
    let calls = |step: &Step| step.app == app && step.request.is_some();
    (1..script.steps.len()).find(|index| calls(&script.steps[*index]))
}

fn request_id(response: &Response) -> String {
    let header = response
        .headers
        .iter()
        .find(|(name, _)| *name == "X-Request-Id");
    header.map_or_else(String::new, |(_, value)| value.clone())
}
