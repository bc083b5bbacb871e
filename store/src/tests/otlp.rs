//! Traces whose spans come in any order, over any requests, once or twice.

use domain::{
    Key, LastRun, Status,
    access::{Bounds, Reporter},
    otlp::{self, Format, Signal},
    report::Rejection,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    database::{Database, for_all},
    dump::{assert_sums_hold, told},
    people::{NOW, Person, rules},
};
use crate::{Prepared, Store};

/// Nanoseconds of 2026-11-12T09:14:03.250Z.
const THEN: i64 = 1_794_474_843_250_000_000;

/// A span or log record as it is sent, with the service that sends it.
#[derive(Debug, Clone)]
struct Item {
    is_log: bool,
    resource: Value,
    item: Value,
}

#[derive(Debug, Clone)]
struct SpanPlan {
    /// Its parent is one of those before it.
    parent: usize,
    service: usize,
    /// An integration that it names by itself.
    named: Option<usize>,
    code: i64,
    network_code: Option<u16>,
    events: usize,
    has_ended: bool,
    is_logged: bool,
}

fn span_plan() -> impl Strategy<Value = SpanPlan> {
    (
        any::<usize>(),
        0..3_usize,
        prop_oneof![4 => Just(None), 1 => option::of(0..2_usize)],
        0..3_i64,
        option::of(select(vec![200_u16, 404, 500])),
        0..3_usize,
        prop_oneof![5 => Just(true), 1 => Just(false)],
        any::<bool>(),
    )
        .prop_map(
            |(parent, service, named, code, network_code, events, has_ended, is_logged)| SpanPlan {
                parent,
                service,
                named,
                code,
                network_code,
                events,
                has_ended,
                is_logged,
            },
        )
}

fn attributes(pairs: &[(&str, String)]) -> Value {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| json!({"key": name, "value": {"stringValue": value}}))
        .collect()
}

fn items(traces: &[Vec<SpanPlan>]) -> Vec<Item> {
    let mut items = Vec::new();
    for (trace, spans) in (1..).zip(traces) {
        for (place, plan) in spans.iter().enumerate() {
            items.extend(item(trace, place, plan));
        }
    }
    items
}

fn item(trace: usize, place: usize, plan: &SpanPlan) -> Vec<Item> {
    let resource = attributes(&[("service.name", format!("service-{}", plan.service))]);
    let id = |place: usize| format!("{:016x}", place + 1);
    let (trace, begun) = (format!("{trace:032x}"), THEN + place as i64 * 5_000_000);
    let mut own = vec![("server.address", format!("host-{}.test", plan.service))];
    own.extend(
        plan.named
            .map(|named| ("integration.key", format!("named-{named}"))),
    );
    own.extend(
        plan.network_code
            .map(|code| ("http.response.status_code", code.to_string())),
    );
    if place == 0 {
        own.push(("user.id", "u1".to_owned()));
    }
    let events: Vec<_> = (0..plan.events)
        .map(|n| json!({"timeUnixNano": begun + n as i64, "name": if n == 1 { "exception" } else { "event" },
            "attributes": attributes(&[("exception.type", format!("E{place}"))])}))
        .collect();
    let span = json!({
        "traceId": trace, "spanId": id(place), "name": format!("span {place}"), "kind": place % 5 + 1,
        "parentSpanId": if place == 0 { String::new() } else { id(plan.parent % place) },
        "startTimeUnixNano": begun.to_string(),
        "endTimeUnixNano": if plan.has_ended { begun + 90_000_000 } else { 0 },
        "attributes": attributes(&own), "events": events, "status": {"code": plan.code, "message": "m"},
    });
    let record = json!({"traceId": trace, "spanId": id(place), "timeUnixNano": begun, "severityNumber": 13,
        "body": {"stringValue": format!("line {place}")}});
    let mut items = vec![Item {
        is_log: false,
        resource: resource.clone(),
        item: span,
    }];
    if plan.is_logged {
        items.push(Item {
            is_log: true,
            resource,
            item: record,
        });
    }
    items
}

/// Sends items of one kind as one request.
async fn send(person: &Person, bounds: &Bounds, items: &[Item]) -> Vec<Option<Rejection>> {
    let mut answers = Vec::new();
    for (is_log, signal, names) in [
        (
            false,
            Signal::Traces,
            ["resourceSpans", "scopeSpans", "spans"],
        ),
        (
            true,
            Signal::Logs,
            ["resourceLogs", "scopeLogs", "logRecords"],
        ),
    ] {
        let groups = items.iter().filter(|item| item.is_log == is_log);
        let groups: Vec<_> = groups
            .map(|item| json!({"resource": {"attributes": item.resource}, names[1]: [{names[2]: [item.item]}]}))
            .collect();
        let request = json!({names[0]: groups}).to_string();
        let taken = otlp::read(request.as_bytes(), signal, Format::Json, bounds).expect("readable");
        let reports: Result<Vec<_>, _> = taken.items.into_iter().collect();
        let prepared = Prepared::all(reports.expect("reports"), &rules()).expect("memory");
        let reporter = Reporter {
            workspace: person.workspace,
            bounds: bounds.clone(),
        };
        answers.extend(
            person
                .store
                .ingest(reporter, prepared, NOW)
                .await
                .expect("taken in"),
        );
    }
    answers
}

async fn send_all(person: &Person, items: &[Item]) {
    let answers = send(person, &Bounds::default(), items).await;
    assert!(answers.iter().all(Option::is_none), "{answers:?}");
}

/// The items in another order, some of them twice, in requests of some sizes.
fn arrive(items: &[Item], order: &[u16], sizes: &[usize]) -> Vec<Vec<Item>> {
    let twice = items.iter().chain(items.iter().step_by(2));
    let mut keyed: Vec<_> = twice.zip(order.iter().cycle()).collect();
    keyed.sort_by_key(|(_, key)| **key);
    let mut left = keyed.into_iter().map(|(item, _)| item.clone()).peekable();
    let mut sizes = sizes.iter().cycle();
    let mut requests = Vec::new();
    while left.peek().is_some() {
        let size = *sizes.next().expect("a cycle");
        requests.push(left.by_ref().take(size).collect());
    }
    requests
}

/// The span of a plain trace: a root that has ended and its child.
fn plain(place: usize, service: usize, code: i64) -> Item {
    let plan = SpanPlan {
        parent: 0,
        service,
        named: None,
        code,
        network_code: None,
        events: 0,
        has_ended: true,
        is_logged: false,
    };
    item(1, place, &plan).remove(0)
}

const RUN: &str = "00000000000000000000000000000001";

/// The run and the key of its integration.
async fn run(person: &Person) -> (domain::Run, String) {
    let store = &person.store;
    let run = store
        .run(person.workspace, RUN)
        .await
        .expect("a run")
        .expect("a row");
    let owner = store
        .integration_by_id(person.workspace, run.integration_id)
        .await;
    let owner = owner.expect("its integration").expect("a row");
    (run, owner.key.to_string())
}

on_both! {
    async fn spans_in_any_order_and_any_requests_end_in_the_same_rows(store: Store) {
        let cases = std::sync::atomic::AtomicU32::new(0);
        let traces = vec(vec(span_plan(), 1..7), 1..4);
        let all = (traces, vec(any::<u16>(), 64), vec(1..6_usize, 1..8));
        for_all(48, &all, async |(traces, order, sizes)| {
            let case = cases.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let items = items(&traces);
            let in_order = Person::with_workspace(&store, &format!("{case}-in-order")).await;
            let shuffled = Person::with_workspace(&store, &format!("{case}-shuffled")).await;
            send_all(&in_order, &items).await;
            for request in arrive(&items, &order, &sizes) {
                send_all(&shuffled, &request).await;
            }
            let expected = told(&store.pool, in_order.workspace).await;
            let reached = told(&store.pool, shuffled.workspace).await;
            for (table, rows) in &expected {
                assert_eq!(&reached[table], rows, "{table}");
            }
        });
        assert_sums_hold(&store.pool).await;
    }

    async fn a_run_is_under_way_until_its_root_has_ended(store: Store) {
        let owner = Person::owner(&store).await;
        send_all(&owner, &[plain(1, 0, 2)]).await;
        let (open, _) = run(&owner).await;
        assert_eq!((open.status, open.failed_steps, open.finished_at), (Status::Running, 1, None));
        send_all(&owner, &[plain(0, 0, 0)]).await;
        let (ended, _) = run(&owner).await;
        // The root says nothing of how it went: its child failed.
        assert_eq!((ended.status, ended.steps), (Status::Failed, 2));
        assert_eq!(ended.trigger_name.as_deref(), Some("span 0"));
        send_all(&owner, &[plain(2, 0, 1)]).await;
        let (late, _) = run(&owner).await;
        assert_eq!((late.status, late.steps, late.finished_at), (Status::Failed, 3, ended.finished_at));
    }

    async fn the_step_that_failed_is_the_innermost_one(store: Store) {
        let owner = Person::owner(&store).await;
        let mut inner = plain(2, 1, 2);
        inner.item["parentSpanId"] = json!(format!("{:016x}", 2));
        send_all(&owner, &[plain(0, 0, 2), plain(1, 0, 2), inner]).await;
        let (failed, _) = run(&owner).await;
        assert_eq!(failed.failing_step.as_ref().map(Key::as_str), Some(&*format!("{:016x}", 3)));
        assert_eq!(failed.failing_app.as_ref().map(Key::as_str), Some("host-1.test"));
    }

    async fn the_root_decides_whose_run_it_is_and_a_name_before_any_service(store: Store) {
        let owner = Person::owner(&store).await;
        send_all(&owner, &[plain(1, 2, 0)]).await;
        assert_eq!(run(&owner).await.1, "service-2");
        send_all(&owner, &[plain(2, 1, 0)]).await;
        assert_eq!(run(&owner).await.1, "service-1", "of equal words the lesser");
        send_all(&owner, &[plain(0, 2, 0)]).await;
        assert_eq!(run(&owner).await.1, "service-2");
        let mut named = plain(3, 0, 0);
        named.item["attributes"] = attributes(&[("integration.key", "acme".to_owned())]);
        send_all(&owner, &[named.clone()]).await;
        assert_eq!(run(&owner).await.1, "acme");
        let of = |key: &'static str| store.integration(owner.workspace, key);
        let (left, taken) = (of("service-2").await.unwrap().unwrap(), of("acme").await.unwrap().unwrap());
        assert_eq!((left.runs, left.last_run_status, taken.runs), (0, LastRun::None, 1));
        // A reporter of the native API knows; then no span moves the run any more.
        owner.report([json!({"type": "run", "key": RUN, "integration": "native"})]).await;
        send_all(&owner, &[named, plain(0, 2, 0)]).await;
        assert_eq!(run(&owner).await.1, "native");
        let refused = owner.try_report([json!({"type": "run", "key": RUN, "integration": "other"})]).await;
        assert_eq!(refused[0].as_ref().map(|refused| &*refused.code), Some("run_of_other_integration"));
        assert_sums_hold(&store.pool).await;
    }

    async fn a_key_of_one_integration_takes_every_trace_for_its_own(store: Store) {
        let owner = Person::owner(&store).await;
        let mine = Bounds { flow: None, integration: Key::new("mine").ok() };
        let answers = send(&owner, &mine, &[plain(1, 2, 0), plain(0, 1, 0)]).await;
        assert!(answers.iter().all(Option::is_none), "{answers:?}");
        assert_eq!(run(&owner).await.1, "mine");
        let mut other = plain(2, 0, 0);
        other.item["attributes"] = attributes(&[("integration.key", "theirs".to_owned())]);
        let answers = send(&owner, &mine, &[other, plain(3, 0, 0)]).await;
        let codes: Vec<_> = answers.iter().map(|answer| answer.as_ref().map(|refused| &*refused.code)).collect();
        assert_eq!(codes, [Some("beyond_key"), None]);
        assert!(store.integration(owner.workspace, "service-1").await.unwrap().is_none());
        assert_sums_hold(&store.pool).await;
    }

    async fn a_disabled_integration_takes_no_new_trace(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([json!({"type": "integration", "key": "service-0", "status": "disabled"})]).await;
        let mut late = plain(1, 0, 0);
        late.item["startTimeUnixNano"] = json!((NOW.as_ms() + 1) * 1_000_000);
        let answers = send(&owner, &Bounds::default(), &[late]).await;
        assert_eq!(answers[0].as_ref().map(|refused| &*refused.code), Some("integration_disabled"));
        // What began before is its history.
        send_all(&owner, &[plain(1, 0, 0)]).await;
    }
}
