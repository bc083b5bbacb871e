use proptest::{prelude::*, sample::subsequence};

use super::*;
use crate::{
    Integration, IntegrationId, LastRun, Run, Status, Step, StepId,
    labels::Labels,
    report::{Report, RunReport, StepReport, Target},
};

const NOW: Timestamp = Timestamp::from_ms(1_794_474_843_250);

fn key(text: &str) -> Key {
    Key::new(text).expect("a key")
}

fn run_report(json: &str) -> RunReport {
    let target = Target {
        kind: crate::report::Kind::Run,
        key: key("r"),
        run: None,
    };
    let labels = Labels::parse("half done = warning\nalmost = warning\non hold = queued");
    match Report::parse_with(json, Some(&target), &labels.expect("a list")).expect(json) {
        Report::Run(report) => *report,
        other => panic!("{other:?}"),
    }
}

fn step_report(json: &str) -> StepReport {
    run_report(&format!("{{\"steps\":[{json}]}}"))
        .steps
        .remove(0)
}

fn new_run() -> Run {
    Run::placeholder(RunId(1), WorkspaceId(1), IntegrationId(1), key("r"), NOW)
}

/// What a reader sees of a run after these reports, in this order.
fn run_after(reports: &[&str]) -> Run {
    let mut run = new_run();
    let mut steps: Vec<Step> = Vec::new();
    for report in reports {
        let report = run_report(report);
        run.merge(&report);
        for news in &report.steps {
            let step_key = news.key.clone().expect("checked");
            let place = steps
                .iter()
                .position(|step| step.key == step_key)
                .unwrap_or_else(|| {
                    steps.push(Step::placeholder(
                        StepId(9),
                        WorkspaceId(1),
                        RunId(1),
                        step_key,
                    ));
                    steps.len() - 1
                });
            steps[place].merge(news);
        }
    }
    let mut facts: Vec<_> = steps.iter().map(Step::facts).collect();
    run.settle(&mut facts);
    run
}

const REPORTS: [&str; 7] = [
    r#"{"status":"queued","trigger":{"app":"Shop","type":"webhook"}}"#,
    r#"{"status":"running","started_at":"2026-11-12T09:14:03Z","summary":"under way"}"#,
    r#"{"steps":[{"key":"a","position":1,"name":"Get","status":"running","started_at":"2026-11-12T09:14:03Z"}]}"#,
    r#"{"steps":[{"key":"a","position":1,"status":"ok","network_code":200,"finished_at":"2026-11-12T09:14:04Z"}]}"#,
    r#"{"steps":[{"key":"b","position":2,"status":"failed","network_code":401,"error":"expired"},{"key":"c","position":3,"status":"skipped"}]}"#,
    r#"{"steps":[{"key":"d","position":4,"status":"ok","network_code":204}]}"#,
    r#"{"status":"failed","finished_at":"2026-11-12T09:14:07Z","summary":"a token expired","created_count":3}"#,
];

proptest! {
    #[test]
    fn any_order_and_any_repetition_end_in_the_same_state(
        order in Just(REPORTS.to_vec()).prop_shuffle(),
        again in subsequence(REPORTS.to_vec(), 0..REPORTS.len()),
    ) {
        let once = run_after(&REPORTS);
        let mixed: Vec<_> = order.into_iter().chain(again).collect();
        prop_assert_eq!(run_after(&mixed), once);
    }
}

#[test]
fn lm_58_an_own_word_stands_beside_the_status_that_it_is_for() {
    let label = |reports: &[&str]| {
        let run = run_after(reports);
        (run.status, run.label)
    };
    let word = |word: &str| Some(word.to_owned());
    let (hold, half) = (r#"{"status":"On hold"}"#, r#"{"status":"half done"}"#);
    assert_eq!(label(&[hold]), (Status::Queued, word("on hold")));
    assert_eq!(label(&[hold, half]), (Status::Warning, word("half done")));
    assert_eq!(label(&[half, hold]), (Status::Warning, word("half done")));
    // Of two words for one status the greater stays, in any order.
    let almost = r#"{"status":"almost"}"#;
    let bare = r#"{"status":"warning"}"#;
    assert_eq!(
        label(&[half, almost, bare]),
        (Status::Warning, word("half done"))
    );
    assert_eq!(
        label(&[bare, almost, half]),
        (Status::Warning, word("half done"))
    );
    // A worse end takes it away, and so do steps of a run that was only queued.
    assert_eq!(
        label(&[half, r#"{"status":"failed"}"#]),
        (Status::Failed, None)
    );
    assert_eq!(label(&[hold, REPORTS[3]]), (Status::Running, None));
}

#[test]
fn a_whole_run_reads_as_it_went() {
    let run = run_after(&REPORTS);
    assert_eq!(run.status, Status::Failed);
    assert_eq!((run.steps, run.tasks, run.failed_steps), (4, 3, 1));
    // IG-56: of the last executed step; the failing one's stands beside it.
    assert_eq!((run.network_code, run.failing_code), (Some(204), Some(401)));
    assert_eq!(run.failing_step, Some(key("b")));
    assert_eq!(run.duration_ms, Some(4_000));
    assert_eq!(run.summary.as_deref(), Some("a token expired"));
}

#[test]
fn where_the_reporter_says_nothing_the_steps_decide() {
    let failed = r#"{"steps":[{"key":"a","status":"failed"}]}"#;
    let warned = r#"{"steps":[{"key":"b","status":"warning"}]}"#;
    let ended = r#"{"finished_at":"2026-11-12T09:14:07Z"}"#;
    assert_eq!(run_after(&[]).status, Status::Running);
    assert_eq!(run_after(&[ended]).status, Status::Ok);
    assert_eq!(run_after(&[warned, ended]).status, Status::Warning);
    assert_eq!(run_after(&[failed, warned]).status, Status::Failed);
    assert_eq!(
        run_after(&[failed, r#"{"status":"ok"}"#]).status,
        Status::Ok
    );
    assert_eq!(
        run_after(&[failed, r#"{"status":"running"}"#]).status,
        Status::Running
    );
}

#[test]
fn an_engine_that_handles_a_failed_step_may_call_its_run_ok() {
    let run = run_after(&[
        r#"{"status":"ok","steps":[{"key":"a","status":"failed","network_code":404}]}"#,
    ]);
    assert_eq!(
        (run.status, run.failed_steps, run.failing_code),
        (Status::Ok, 1, Some(404))
    );
}

#[test]
fn a_start_that_nobody_told_is_the_first_steps_or_else_the_moment_of_hearing() {
    assert_eq!(run_after(&[]).started_at, NOW);
    assert_eq!(
        run_after(&[REPORTS[2]]).started_at.to_rfc3339(),
        "2026-11-12T09:14:03.000Z"
    );
    assert_eq!(
        run_after(&[REPORTS[6]]).started_at.to_rfc3339(),
        "2026-11-12T09:14:07.000Z"
    );
    assert_eq!(run_after(&[REPORTS[6]]).duration_ms, None);
}

#[test]
fn a_start_far_in_the_future_is_told_and_not_believed() {
    let hours = |hours: i64| NOW.plus_ms(hours * 3_600_000);
    let began = |at: Timestamp| {
        run_after(&[&format!(
            r#"{{"type":"run","key":"r","status":"ok","started_at":"{at}","finished_at":"{at}"}}"#
        )])
    };
    let tomorrow = began(hours(24));
    assert_eq!(
        (tomorrow.started_at, tomorrow.reported_started_at),
        (NOW, Some(hours(24)))
    );
    assert_eq!(tomorrow.clock_ahead_ms(), Some(24 * 3_600_000));
    assert_eq!((tomorrow.duration_ms, tomorrow.is_late()), (Some(0), false));
    for believed in [hours(1), hours(0), hours(-24)] {
        let run = began(believed);
        assert_eq!((run.started_at, run.clock_ahead_ms()), (believed, None));
        assert_eq!(run.is_late(), believed < NOW);
    }
    // Of a run of which only a step was told.
    let step = r#"{"steps":[{"key":"s","status":"ok","started_at":"2026-12-01T00:00:00Z"}]}"#;
    assert_eq!(run_after(&[step]).started_at, NOW);
}

#[test]
fn a_step_without_a_status_is_what_its_answer_says() {
    let status = |json| {
        let mut step = Step::placeholder(StepId(1), WorkspaceId(1), RunId(1), key("a"));
        step.merge(&step_report(json));
        (step.status, step.network_code)
    };
    assert_eq!(
        status(r#"{"key":"a","response":{"status":503}}"#),
        (Status::Failed, Some(503))
    );
    assert_eq!(
        status(r#"{"key":"a","response":{"status":200}}"#),
        (Status::Ok, Some(200))
    );
    assert_eq!(
        status(r#"{"key":"a","started_at":0}"#),
        (Status::Running, None)
    );
}

#[test]
fn the_last_run_is_the_one_that_began_last() {
    let mut integration =
        Integration::placeholder(IntegrationId(1), WorkspaceId(1), FlowId(1), key("i"), NOW);
    let run_at = |name: &str, ms, status| Run {
        key: key(name),
        started_at: NOW.plus_ms(ms),
        status,
        ..new_run()
    };
    assert!(integration.observe(&run_at("b", 10, Status::Failed)));
    assert!(integration.is_faulty());
    assert!(integration.observe(&run_at("a", 5, Status::Ok)));
    assert_eq!(integration.last_run_status, LastRun::Failed);
    // IG-25: its state follows the run's.
    assert!(integration.observe(&run_at("b", 10, Status::Ok)));
    assert_eq!(integration.last_run_status, LastRun::Ok);
    // Now it turns out that it began before the other one.
    assert!(!integration.observe(&run_at("b", 1, Status::Ok)));
}

#[test]
fn a_description_keeps_what_a_later_one_leaves_out() {
    let mut app = App::placeholder(AppId(1), WorkspaceId(1), key("crm"));
    let report = |json| match Report::parse(json, None).expect(json) {
        Report::App(report) => report,
        other => panic!("{other:?}"),
    };
    app.merge(&report(
        r#"{"type":"app","key":"crm","name":"CRM","documentation_url":"https://crm.test/"}"#,
    ));
    app.merge(&report(r#"{"type":"app","key":"crm","name":"The CRM"}"#));
    assert_eq!(app.name.as_deref(), Some("The CRM"));
    assert_eq!(app.documentation_url.as_deref(), Some("https://crm.test/"));
}
