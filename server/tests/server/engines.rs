//! What real engines said becomes reports that the native API takes.

#[path = "../support/engines.rs"]
mod translate;

use domain::{
    Status,
    redact::{Names, Redactor, Rules},
    report::{Reference, Report, RunReport, StepReport},
};
use serde_json::Value;

const COMPLETED: &str = include_str!("../data/conductor/completed.json");
const FORK: &str = include_str!("../data/conductor/dynamic-fork-one-failed.json");
const FAILED_JOB: &str = include_str!(
    "../data/github-actions/workflow_job.completed.failure.with-organization.payload.json"
);
const GOOD_JOB: &str = include_str!(
    "../data/github-actions/workflow_job.completed.success.with-organization.payload.json"
);

fn value(json: &str) -> Value {
    serde_json::from_str(json).expect("test data is JSON")
}

fn run(report: &Value) -> RunReport {
    match Report::parse(&report.to_string(), None) {
        Ok(Report::Run(run)) => *run,
        other => panic!("{other:?}\n{report:#}"),
    }
}

fn names(steps: &[StepReport], status: Status) -> Vec<&str> {
    let of_status = steps.iter().filter(|step| step.status == Some(status));
    of_status
        .map(|step| step.name.as_ref().map_or("", |name| name.0.as_str()))
        .collect()
}

#[test]
fn a_conductor_workflow_is_one_run_with_its_http_call() {
    let [report] = translate::conductor_run(&value(COMPLETED))
        .try_into()
        .expect("one report");
    let run = run(&report);
    assert_eq!(run.status, Some(Status::Ok));
    assert_eq!(
        run.key.expect("a key").as_str(),
        "1be75865-00a1-4e2b-95c0-573c444d98d7"
    );
    let Some(Reference::Whole(integration)) = run.integration else {
        panic!("a whole integration")
    };
    assert_eq!(integration.key.expect("a key").as_str(), "1547430586940");
    assert_eq!(run.steps.len(), 15);
    let positions: Vec<_> = run.steps.iter().filter_map(|step| step.position).collect();
    assert_eq!(positions, (1..=15).collect::<Vec<_>>());
    let http = &run.steps[3];
    let payload = http.payload(&Redactor::new(&rules()));
    let request = payload.request.expect("a request");
    assert_eq!(request.method.as_deref(), Some("GET"));
    assert_eq!(
        request.url.as_deref(),
        Some("/wfe_perf/workflow/_search?q=status:RUNNING&size=0&devint")
    );
    let response = payload.response.expect("a response");
    assert_eq!(response.status, Some(200));
    assert_eq!(response.headers.0.len(), 2);
    let body = value(&String::from_utf8(response.body.expect("a body").bytes).expect("text"));
    assert_eq!(body["_shards"]["successful"], 6);
    assert!(
        run.steps[0]
            .object
            .as_ref()
            .is_some_and(|object| object.0.len() > 2)
    );
    assert!(run.log.len() > 10);
}

#[test]
fn a_task_that_ends_before_it_starts_is_told_as_it_is() {
    let run = run(&translate::conductor_run(&value(COMPLETED))[0]);
    let skewed = |step: &&StepReport| step.finished_at < step.started_at;
    let skewed: Vec<_> = run.steps.iter().filter(skewed).collect();
    assert_eq!(skewed.len(), 2);
    assert_eq!(
        skewed[0].name.as_ref().expect("a name").0,
        "oddEvenDecision"
    );
}

#[test]
fn a_failed_branch_of_a_fork_says_why() {
    let run = run(&translate::conductor_run(&value(FORK))[0]);
    assert_eq!(run.status, Some(Status::Failed));
    assert_eq!(
        names(&run.steps, Status::Failed),
        ["second_task", "join_dynamic"]
    );
    let failed = &run.steps[2];
    let error = &failed.error.as_ref().expect("an error").0;
    assert!(error.starts_with("Empty 'scriptExpression'"), "{error}");
    let asked = failed
        .payload(&Redactor::new(&rules()))
        .request
        .expect("a request")
        .body
        .expect("a body");
    assert_eq!(
        value(&String::from_utf8(asked.bytes).expect("text"))["scriptExpression"],
        Value::Null
    );
    for branch in &run.steps[1..4] {
        assert_eq!(branch.parent, run.steps[0].key);
    }
    assert_eq!(run.steps[4].parent, None);
}

#[test]
fn a_failed_github_job_is_told_three_times_and_fails_in_the_middle() {
    let reports = translate::github_job(&value(FAILED_JOB));
    let runs: Vec<_> = reports.iter().map(run).collect();
    let statuses: Vec<_> = runs.iter().filter_map(|run| run.status).collect();
    assert_eq!(statuses, [Status::Queued, Status::Running, Status::Failed]);
    assert!(runs.iter().all(|run| run.key == runs[0].key));
    let steps = &runs[2].steps;
    assert_eq!(names(steps, Status::Failed), ["Run yarn run format-check"]);
    let failed = steps
        .iter()
        .position(|step| step.status == Some(Status::Failed));
    let failed = failed.expect("a failed step");
    assert_eq!(steps[failed].key.as_ref().expect("a key").as_str(), "8");
    assert!(
        steps[failed]
            .payload(&Redactor::new(&rules()))
            .response
            .expect("a response")
            .body
            .is_some()
    );
    assert_eq!(
        names(&steps[failed..], Status::Ok),
        ["Post Run actions/checkout@v2", "Complete job"]
    );
    assert_eq!(names(steps, Status::Skipped).len(), 2);
}

#[test]
fn a_good_github_job_has_no_failed_step() {
    let reports = translate::github_job(&value(GOOD_JOB));
    let run = run(reports.last().expect("a report"));
    assert_eq!(run.status, Some(Status::Ok));
    assert_eq!(names(&run.steps, Status::Ok).len(), 8);
}

/// As its engine would: one batch, then the pages that a person opens.
#[tokio::test]
async fn a_failed_job_leads_to_its_failing_step_in_the_middle() {
    let server = crate::support::Server::start().await;
    let answer = server
        .batch(&translate::github_job(&value(FAILED_JOB)))
        .await;
    assert_eq!(
        answer.json()["rejected"],
        serde_json::json!([]),
        "{}",
        answer.text()
    );
    let key = run(translate::github_job(&value(FAILED_JOB))
        .last()
        .expect("a report"))
    .key
    .expect("a key");
    let read = server
        .read(&app::route::run("main", key.as_str()).replace("/main/", "/api/v1/"))
        .await
        .json();
    assert_eq!(read["run"]["status"], "failed");
    let statuses: Vec<_> = read["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| {
            (
                step["name"].as_str().expect("a name"),
                step["status"].as_str().expect("a status"),
            )
        })
        .collect();
    let failed = statuses
        .iter()
        .position(|(_, status)| *status == "failed")
        .expect("a failed step");
    assert_eq!(statuses[failed].0, "Run yarn run format-check");
    assert!(
        statuses[failed + 1..]
            .iter()
            .any(|(_, status)| *status == "ok"),
        "steps went on after it"
    );
    let page = server
        .get(&app::route::run("main", key.as_str()))
        .await
        .text();
    assert!(page.contains("Run yarn run format-check"));
}

#[tokio::test]
async fn an_executed_workflow_shows_its_http_call() {
    let server = crate::support::Server::start().await;
    let reports = translate::conductor_run(&value(COMPLETED));
    assert_eq!(
        server.batch(&reports).await.json()["rejected"],
        serde_json::json!([])
    );
    let report = run(reports.last().expect("a report"));
    let key = report.key.expect("a key");
    let http = report
        .steps
        .iter()
        .find(|step| step.response.is_some())
        .expect("an HTTP call");
    let step = http.key.as_ref().expect("a key");
    let page = server
        .get(&app::route::step("main", key.as_str(), step.as_str()))
        .await;
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("took"),
        "the body of the search is shown"
    );
}

fn rules() -> Rules {
    Rules::new([7; 32], Names::default())
}
