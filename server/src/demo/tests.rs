use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use domain::{
    IntegrationStatus, Status,
    redact::{Names, Redactor, Rules},
    report::{Reference, Report, RunReport, StepReport},
};

use super::*;

/// A Thursday morning.
fn now() -> Timestamp {
    Timestamp::parse("2026-11-12T09:14:03.250Z").expect("a moment")
}

/// Moments at which a month of hours could be cut awkwardly.
fn moments() -> [Timestamp; 4] {
    [
        "2026-11-12T09:14:03.250Z",
        "2026-11-15T23:59:59.999Z",
        "2027-01-01T00:00:00Z",
        "2024-03-09T14:02:00Z",
    ]
    .map(|text| Timestamp::parse(text).expect("a moment"))
}

fn parse(item: &str) -> Report {
    Report::parse(item, None).unwrap_or_else(|rejection| panic!("{rejection:?}\n{item}"))
}

fn small() -> &'static [Report] {
    &SAMPLES[0].1
}

/// The small sample at each of the moments; read once, as that takes a debug build a second.
static SAMPLES: LazyLock<[(Timestamp, Vec<Report>); 4]> =
    LazyLock::new(|| moments().map(|now| (now, small_at(now))));

fn small_at(now: Timestamp) -> Vec<Report> {
    items(now, Scale::Small).map(|item| parse(&item)).collect()
}

fn runs(reports: &[Report]) -> Vec<&RunReport> {
    let mut runs = Vec::new();
    for report in reports {
        if let Report::Run(run) = report {
            runs.push(&**run);
        }
    }
    runs
}

fn key<T>(reference: Option<&Reference<T>>) -> &str {
    match reference {
        Some(Reference::Key(key)) => key.as_str(),
        _ => panic!("a key was expected"),
    }
}

fn failed(run: &RunReport) -> Option<&StepReport> {
    run.steps
        .iter()
        .find(|step| step.status == Some(Status::Failed))
}

/// The code and the error of the failed step.
fn cause_of(run: &RunReport) -> Option<(Option<u16>, &str)> {
    let step = failed(run)?;
    let code = step.response.as_ref().and_then(|response| response.status);
    Some((code, step.error.as_ref().map_or("", |text| text.0.as_str())))
}

#[test]
fn there_are_as_many_items_as_promised_and_each_key_once() {
    let reports = small();
    assert_eq!(reports.len(), total(Scale::Small));
    let mut keys = HashSet::new();
    let mut count = HashMap::new();
    for report in reports {
        let (kind, key) = match report {
            Report::App(it) => ("app", &it.key),
            Report::Flow(it) => ("flow", &it.key),
            Report::Integration(it) => ("integration", &it.key),
            Report::Run(it) => ("run", &it.key),
            other => panic!("{other:?}"),
        };
        assert!(keys.insert((kind, key.clone())), "{key:?} twice");
        *count.entry(kind).or_insert(0) += 1;
    }
    assert!(count["flow"] >= 7 && count["app"] >= 6, "{count:?}");
    assert_eq!((count["integration"], count["run"]), (60, 1_500));
}

#[test]
fn the_full_sample_has_its_size_and_its_share_of_each_cause() {
    let mut runs = Runs::new(now(), Scale::Full);
    let mut integrations: HashSet<_> = runs.seats.iter().map(|seat| seat.key.clone()).collect();
    assert!(integrations.len() >= 2_000 && integrations.len() == runs.seats.len());
    let mut causes = HashMap::new();
    let mut count = 0;
    // Only decided, not written: that takes a debug build too long.
    while let Some(run) = runs.draw() {
        count += 1;
        integrations.remove(&runs.seats[run.seat].key);
        *causes.entry(run.cause).or_insert(0) += 1;
    }
    assert_eq!(count, 100_000);
    let idle = integrations.len();
    assert!((20..200).contains(&idle), "{idle} never ran");
    let good = [
        Cause::Healthy,
        Cause::Retried,
        Cause::Unassigned,
        Cause::Interrupted,
        Cause::Running,
        Cause::MiddleFailed { warning: true },
    ];
    let failed = count - good.iter().map(|cause| causes[cause]).sum::<usize>();
    assert!((2_500..3_500).contains(&failed), "{failed}: {causes:?}");
    assert!((10..15).contains(&causes[&Cause::Interrupted]));
    assert_eq!((causes.len(), causes[&Cause::Running]), (17, RUNNING));
}

#[test]
fn the_same_moment_gives_the_same_items() {
    assert!(items(now(), Scale::Small).eq(items(now(), Scale::Small)));
    let later = now().plus_ms(86_400_000);
    assert!(items(now(), Scale::Small).ne(items(later, Scale::Small)));
}

#[test]
fn items_hold_no_line_break() {
    assert!(items(now(), Scale::Small).all(|item| !item.contains(['\n', '\r'])));
}

#[test]
fn runs_come_oldest_first_within_thirty_days_and_none_is_in_the_future() {
    for (now, reports) in SAMPLES.iter() {
        check_times(*now, reports);
    }
}

fn check_times(now: Timestamp, reports: &[Report]) {
    let runs = runs(reports);
    assert!(
        runs.windows(2)
            .all(|pair| pair[0].started_at <= pair[1].started_at)
    );
    for run in runs {
        let started_at = run.started_at.expect("a start");
        assert!(started_at >= now.plus_ms(-timetable::SPAN_MS));
        let steps = run.steps.iter();
        let ends = steps.flat_map(|step| [step.started_at, step.finished_at]);
        let last = ends.flatten().chain(run.finished_at).max().expect("a time");
        assert!(last <= now, "{:?} ends {last}", run.key);
        assert!((3..=6).contains(&run.steps.len()) || run.status != Some(Status::Ok));
    }
}

#[test]
fn runs_belong_to_integrations_that_exist_and_could_run() {
    let reports = small();
    let mut statuses = HashSet::new();
    let mut known = HashMap::new();
    for report in reports {
        if let Report::Integration(it) = report {
            statuses.insert(it.status);
            known.insert(it.key.as_ref().expect("a key").as_str(), it);
        }
    }
    for status in IntegrationStatus::ALL {
        assert!(statuses.contains(&Some(*status)), "{status} is missing");
    }
    let mut ran = HashSet::new();
    for run in runs(reports) {
        let integration = known[key(run.integration.as_ref())];
        assert!(run.started_at >= integration.created_at);
        assert_ne!(integration.status, Some(IntegrationStatus::Initializing));
        assert_ne!(
            integration.status,
            Some(IntegrationStatus::FailedToInitialize)
        );
        ran.insert(key(run.integration.as_ref()));
    }
    let idle = |it: &&&domain::report::IntegrationReport| {
        let key = it.key.as_ref().map_or("", |key| key.as_str());
        it.status == Some(IntegrationStatus::Enabled) && !ran.contains(key)
    };
    assert!(
        known.values().filter(idle).count() > 0,
        "an enabled one hasn't run"
    );
}

#[test]
fn each_cause_can_be_found() {
    for (_, reports) in SAMPLES.iter() {
        find_each_cause(reports);
    }
}

fn find_each_cause(reports: &[Report]) {
    let runs = runs(reports);
    let with = |code: u16| {
        let of = move |run: &&&RunReport| cause_of(run).is_some_and(|(it, _)| it == Some(code));
        runs.iter().filter(of).count()
    };
    for code in [401, 403, 404, 422, 429, 500, 502, 503, 504] {
        assert!(with(code) > 0, "no failure with {code}");
    }
    let saying = |text: &str| {
        let says = |run: &&&RunReport| cause_of(run).is_some_and(|(_, said)| said.contains(text));
        runs.iter().filter(says).count()
    };
    assert!(saying("no mapping for field `shipping_method`") > 0);
    assert!(saying("without an answer") > 0);
    let status = |status| runs.iter().filter(|run| run.status == Some(status)).count();
    assert_eq!(status(Status::Running), RUNNING);
    assert!(status(Status::Interrupted) > 0 && status(Status::Warning) > 0);
    let failed = status(Status::Failed);
    assert!((30..90).contains(&failed), "{failed} of 1,500 failed");
    let retried = |run: &&&RunReport| {
        run.status == Some(Status::Ok) && run.steps.iter().any(|step| step.attempt > Some(1))
    };
    assert!(runs.iter().filter(retried).count() > 0);
    for run in &runs {
        if run.status == Some(Status::Failed) {
            let log = run.log.first().expect("a failed run has a log");
            let message = &log.message.as_ref().expect("a message").0;
            let class = message.split(':').next();
            assert!(
                matches!(
                    class,
                    Some("External" | "Mapping" | "Configuration" | "Technical")
                ),
                "{message}"
            );
            assert!(log.logged_at.is_some() && log.step.is_some());
        }
    }
}

#[test]
fn the_expired_token_fails_every_run_of_one_integration_from_then_on() {
    let reports = small();
    let expired = |run: &&&RunReport| cause_of(run).is_some_and(|(code, _)| code == Some(401));
    let runs = runs(reports);
    let first = runs.iter().find(expired).expect("an expired token");
    let integration = key(first.integration.as_ref());
    let after: Vec<_> = runs
        .iter()
        .filter(|run| {
            key(run.integration.as_ref()) == integration && run.started_at >= first.started_at
        })
        .filter(|run| run.status == Some(Status::Failed) || run.status == Some(Status::Ok))
        .collect();
    assert!(after.len() > 2, "only {} runs since", after.len());
    assert!(after.iter().all(expired));
    assert!(
        runs.iter()
            .filter(expired)
            .all(|run| key(run.integration.as_ref()) == integration)
    );
}

#[test]
fn the_outage_hits_every_run_of_the_provider_in_one_hour_and_none_outside() {
    for (now, reports) in SAMPLES.iter() {
        check_outage(timetable::outage(*now), reports);
    }
}

fn check_outage(from: Timestamp, reports: &[Report]) {
    let mut hit = 0;
    for run in runs(reports) {
        let at = run.started_at.expect("a start");
        let within = at >= from && at < from.plus_ms(timetable::HOUR_MS);
        let uses = run
            .steps
            .iter()
            .skip(1)
            .any(|step| key(step.app.as_ref()) == "norrland-erp");
        let down = cause_of(run).is_some_and(|(code, _)| code == Some(503));
        assert_eq!(
            down,
            within && uses && run.status != Some(Status::Interrupted),
            "{:?}",
            run.key
        );
        hit += usize::from(down);
    }
    assert!(hit > 0);
}

#[test]
fn a_step_fails_in_the_middle_and_later_ones_go_well() {
    let reports = small();
    let went_on = |run: &&&RunReport| {
        failed(run).is_some() && run.steps.last().and_then(|step| step.status) == Some(Status::Ok)
    };
    let runs = runs(reports);
    let statuses: HashSet<_> = runs.iter().filter(went_on).map(|run| run.status).collect();
    assert!(statuses.contains(&Some(Status::Failed)), "{statuses:?}");
}

#[test]
fn bodies_are_of_many_kinds() {
    let reports = small();
    let mut kinds = HashSet::new();
    for step in runs(reports).iter().flat_map(|run| &run.steps) {
        let Some(response) = step.payload(&Redactor::new(&rules())).response else {
            continue;
        };
        let Some(body) = response.body else { continue };
        let mut headers = response.headers.0.iter();
        let declared = headers.find(|(name, _)| name == "Content-Type");
        kinds.insert(domain::body::kind(
            &body.bytes,
            declared.map(|(_, value)| value.as_str()),
        ));
    }
    use domain::body::BodyKind::{Binary, Empty, Html, Json, Xml};
    for kind in [Binary, Empty, Html, Json, Xml] {
        assert!(kinds.contains(&kind), "no {kind}");
    }
}

#[test]
fn whole_webhook_bodies_are_kept_as_github_sends_them() {
    let whole = include_str!("bodies/github.issues.opened.payload.json");
    let reports = small();
    let requests = runs(reports)
        .iter()
        .flat_map(|run| &run.steps)
        .filter_map(|step| step.payload(&Redactor::new(&rules())).request)
        .collect::<Vec<_>>();
    let holds = |request: &domain::payload::Request| {
        request
            .body
            .as_ref()
            .is_some_and(|body| body.bytes == whole.as_bytes())
    };
    assert!(requests.iter().any(holds));
}

#[test]
fn redaction_leaves_no_secret() {
    let tokens = [
        "sk_live",
        "ghp_",
        "AKIA",
        "xoxb-",
        "eyJhbGciOi",
        "BEGIN PRIVATE",
    ];
    let mut seen = 0;
    for item in items(now(), Scale::Small) {
        assert!(tokens.iter().all(|token| !item.contains(token)), "{item}");
        seen += usize::from(item.contains(script::NOT_A_SECRET));
        let Report::Run(run) = parse(&item) else {
            continue;
        };
        for step in &run.steps {
            let kept =
                serde_json::to_string(&step.payload(&Redactor::new(&rules()))).expect("json");
            assert!(!kept.contains(script::NOT_A_SECRET), "{kept}");
        }
    }
    assert!(seen > 0, "nothing to redact");
}

#[test]
fn what_a_target_refuses_stands_in_the_request() {
    let reports = small();
    let mut seen = 0;
    for run in runs(reports) {
        let Some((Some(422), _)) = cause_of(run) else {
            continue;
        };
        let payload = failed(run)
            .expect("a failed step")
            .payload(&Redactor::new(&rules()));
        let text = |body: Option<domain::Body>| {
            String::from_utf8(body.expect("a body").bytes).expect("text")
        };
        let asked = text(payload.request.expect("a request").body);
        let answered = text(payload.response.expect("a response").body);
        let value = answered.split(r#""value":""#).nth(1).expect("a value");
        let value = value.split('"').next().expect("an end");
        assert!(
            asked.contains(&people::escape(value)),
            "{asked}\n{answered}"
        );
        seen += 1;
    }
    assert!(seen > 0);
}

fn rules() -> Rules {
    Rules::new([7; 32], Names::default())
}
