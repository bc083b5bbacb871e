//! Translates what real engines say of their runs into reports of the native
//! API, as a reporter inside those engines would.
//!
//! Pure functions. They repair nothing: times that contradict each other stay.

use serde_json::{Map, Value, json};

/// The reports of an executed Conductor workflow, as Conductor's API returns it.
pub(crate) fn conductor_run(workflow: &Value) -> Vec<Value> {
    // Older versions say `workflowType`, newer ones `workflowName`.
    let name = text(workflow, "workflowName").or_else(|| text(workflow, "workflowType"));
    let name = name.unwrap_or("workflow");
    let integration = text(workflow, "correlationId").unwrap_or(name);
    let trigger = if text(workflow, "parentWorkflowId").is_some() {
        "sub_workflow"
    } else if text(workflow, "event").is_some() {
        "event"
    } else {
        "api"
    };
    let tasks: Vec<&Value> = list(workflow, "tasks").collect();
    let steps = tasks.iter().map(|task| conductor_step(task, &tasks));
    let log = tasks.iter().flat_map(|task| conductor_log(task));
    let mut run = json!({
        "type": "run",
        "key": workflow["workflowId"],
        "integration": {
            "key": integration,
            "flow": { "key": name, "name": name, "status": "published" },
        },
        "status": conductor_status(text(workflow, "status")),
        "trigger": {
            "app": text(workflow, "ownerApp").unwrap_or("conductor"),
            "name": name,
            "type": trigger,
        },
        "started_at": workflow["startTime"],
        "steps": steps.collect::<Vec<_>>(),
        "log": log.collect::<Vec<_>>(),
    });
    put_time(&mut run, "finished_at", &workflow["endTime"]);
    put_text(&mut run, "error", text(workflow, "reasonForIncompletion"));
    vec![run]
}

fn conductor_step(task: &Value, all: &[&Value]) -> Value {
    let call = &task["inputData"]["http_request"];
    let mut step = json!({
        "key": task["taskId"],
        "position": task["seq"],
        "name": task["referenceTaskName"],
        "app": conductor_app(task),
        "status": conductor_status(text(task, "status")),
        "attempt": task["retryCount"].as_u64().unwrap_or(0) + 1,
    });
    put_time(&mut step, "started_at", &task["startTime"]);
    put_time(&mut step, "finished_at", &task["endTime"]);
    put_text(&mut step, "error", text(task, "reasonForIncompletion"));
    if let Some(fork) = all.iter().find(|other| forks(other, task)) {
        step["parent"] = fork["taskId"].clone();
    }
    if call.is_object() {
        step["request"] = json!({
            "method": call["method"],
            "url": call["uri"],
            "headers": call.get("headers").unwrap_or(&json!({})),
        });
        if let Some(body) = call.get("body") {
            step["request"]["body"] = body.clone();
        }
        let answer = &task["outputData"]["response"];
        if answer.is_object() {
            step["response"] = json!({
                "status": answer["statusCode"],
                "headers": answer["headers"],
                "body": answer["body"],
            });
        }
    } else {
        // No HTTP: what went in is the request's body, what came out the object.
        step["request"] = json!({ "body": task["inputData"] });
        step["object"] = task["outputData"].clone();
    }
    step
}

/// The host that an HTTP task calls, or the kind of task.
fn conductor_app(task: &Value) -> String {
    let call = &task["inputData"]["http_request"];
    let host = text(call, "uri")
        .and_then(|uri| uri.split_once("://"))
        .and_then(|(_, rest)| rest.split(['/', '?', ':']).next());
    let app = host.or_else(|| text(call, "vipAddress"));
    app.or_else(|| text(task, "taskType"))
        .unwrap_or("conductor")
        .to_owned()
}

/// Whether `fork` started `task` as one of its branches.
fn forks(fork: &Value, task: &Value) -> bool {
    let name = &task["referenceTaskName"];
    text(fork, "taskType") == Some("FORK")
        && list(&fork["inputData"], "forkedTasks").any(|forked| forked == name)
}

/// A task's log lines. Their own times are text without a zone, so they take the task's end.
fn conductor_log(task: &Value) -> impl Iterator<Item = Value> {
    list(task, "logs").zip(1..).map(|(line, number)| {
        let key = format!("{}-{number}", text(task, "taskId").unwrap_or("task"));
        json!({
            "key": key,
            "step": task["taskId"],
            "logged_at": task["endTime"],
            "level": "info",
            "message": line,
        })
    })
}

/// Words of tasks and of workflows.
fn conductor_status(word: Option<&str>) -> &'static str {
    match word {
        Some("COMPLETED") => "ok",
        Some("COMPLETED_WITH_ERRORS") => "warning",
        Some("FAILED" | "FAILED_WITH_TERMINAL_ERROR" | "TIMED_OUT") => "failed",
        Some("CANCELED" | "TERMINATED") => "interrupted",
        Some("SKIPPED") => "skipped",
        Some("SCHEDULED") => "queued",
        _ => "running",
    }
}

/// The reports of a `workflow_job` webhook of GitHub.
///
/// A webhook of a completed job comes after those of the queued and the started
/// one, so their reports come first: the same run, told three times.
pub(crate) fn github_job(webhook: &Value) -> Vec<Value> {
    let job = &webhook["workflow_job"];
    let repository = text(&webhook["repository"], "full_name").unwrap_or("unknown/unknown");
    let workflow = text(job, "workflow_name").unwrap_or("workflow");
    let run = json!({
        "type": "run",
        "key": format!("{repository}/{}/{}", job["id"], job["run_attempt"]),
        "integration": {
            "key": repository,
            "name": repository,
            "flow": { "key": workflow, "name": workflow, "status": "published" },
            "app": { "key": "github-actions", "name": "GitHub Actions", "documentation_url": "https://docs.github.com/actions" },
        },
        "trigger": { "app": "GitHub Actions", "name": job["name"], "type": "webhook" },
    });
    let stages: &[&str] = match text(job, "status") {
        Some("completed") => &["queued", "running", "completed"],
        Some("in_progress") => &["queued", "running"],
        _ => &["queued"],
    };
    stages
        .iter()
        .map(|stage| github_stage(run.clone(), job, stage))
        .collect()
}

/// The run as its webhook of that stage would tell it.
fn github_stage(mut run: Value, job: &Value, stage: &str) -> Value {
    match stage {
        "queued" => run["status"] = "queued".into(),
        "running" => {
            run["status"] = "running".into();
            put_time(&mut run, "started_at", &job["started_at"]);
            if text(job, "status") == Some("in_progress") {
                run["steps"] = list(job, "steps").map(github_step).collect();
            }
        }
        _ => {
            let conclusion = text(job, "conclusion");
            // A run cannot be skipped: a job that was passed over went well.
            let status = match github_status(conclusion) {
                "skipped" => "ok",
                status => status,
            };
            run["status"] = status.into();
            put_time(&mut run, "started_at", &job["started_at"]);
            put_time(&mut run, "finished_at", &job["completed_at"]);
            run["steps"] = list(job, "steps").map(github_step).collect();
            if status == "failed" {
                let failed = list(job, "steps").find(|step| step["conclusion"] == "failure");
                let name = failed.and_then(|step| text(step, "name"));
                run["error"] = format!("failed at step “{}”", name.unwrap_or("?")).into();
            }
        }
    }
    run
}

fn github_step(step: &Value) -> Value {
    let status = match text(step, "status") {
        Some("completed") => github_status(text(step, "conclusion")),
        Some("in_progress") => "running",
        _ => "queued",
    };
    let mut report = json!({
        "key": step["number"].to_string(),
        "position": step["number"],
        "name": step["name"],
        "app": "github-actions",
        "status": status,
        // A job's step makes no call. What GitHub says of it is the only answer there is.
        "response": {
            "headers": { "Content-Type": "application/json" },
            "body": step,
        },
    });
    put_time(&mut report, "started_at", &step["started_at"]);
    put_time(&mut report, "finished_at", &step["completed_at"]);
    if status == "failed" {
        put_text(&mut report, "error", Some("concluded with failure"));
    }
    report
}

fn github_status(conclusion: Option<&str>) -> &'static str {
    match conclusion {
        Some("failure" | "timed_out" | "startup_failure") => "failed",
        Some("cancelled" | "stale") => "interrupted",
        Some("action_required") => "warning",
        Some("skipped") => "skipped",
        _ => "ok",
    }
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str().filter(|text| !text.is_empty())
}

fn list<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value
        .get(field)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// Engines write `null` or 0 for "not yet".
fn put_time(report: &mut Value, field: &str, time: &Value) {
    if time.is_string() || time.as_i64().is_some_and(|ms| ms > 0) {
        members(report).insert(field.to_owned(), time.clone());
    }
}

fn put_text(report: &mut Value, field: &str, text: Option<&str>) {
    if let Some(text) = text {
        members(report).insert(field.to_owned(), text.into());
    }
}

fn members(report: &mut Value) -> &mut Map<String, Value> {
    report.as_object_mut().expect("reports are objects")
}
