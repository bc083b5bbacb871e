//! Random histories of several runs, and the orders in which their reports arrive.

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::people::{MINUTE, at};

/// A report of a history.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) item: Value,
    /// Descriptions hold by their last word, so those of one thing keep their order.
    in_series: bool,
}

/// A history, each report once and in its order, and one way in which it arrives.
#[derive(Debug, Clone)]
pub(super) struct History {
    pub(super) told: Vec<Value>,
    pub(super) batches: Vec<Vec<Value>>,
}

#[derive(Debug, Clone)]
struct RunPlan {
    owner: usize,
    start: Option<i64>,
    /// A second word on its start, this much before the first.
    earlier: Option<i64>,
    end: Option<&'static str>,
    steps: Vec<StepPlan>,
    log_entries: usize,
    /// Whether one more report tells all of it at once.
    whole: bool,
}

#[derive(Debug, Clone)]
struct StepPlan {
    status: Option<&'static str>,
    code: Option<u16>,
    started: bool,
    payload: bool,
}

/// Histories over four integrations: one described apart, one described inside its runs, one that
/// moves from flow to flow, one of which only the key is known.
pub(super) fn histories() -> impl Strategy<Value = History> {
    let end = select(vec!["enabled", "paused", "deleted"]);
    (vec(run_plan(), 1..6), end)
        .prop_map(|(runs, end)| tell(&runs, end))
        .prop_flat_map(|told| {
            let (count, last) = (told.len(), told.len() - 1);
            (
                Just(told),
                vec(0..=last, 0..count),
                vec(any::<u16>(), count * 2),
                vec(1..9_usize, 1..20),
            )
        })
        .prop_map(|(told, again, order, sizes)| History {
            batches: arrive(&told, &again, &order, &sizes),
            told: told.into_iter().map(|report| report.item).collect(),
        })
}

fn run_plan() -> impl Strategy<Value = RunPlan> {
    let minutes = 0..4 * 24 * 60_i64;
    (
        0..4_usize,
        option::of(minutes.clone()),
        option::of(minutes),
        option::of(select(vec!["ok", "failed", "warning", "interrupted"])),
        vec(step_plan(), 0..4),
        0..3_usize,
        any::<bool>(),
    )
        .prop_map(|(owner, start, earlier, end, steps, log_entries, whole)| {
            // Of a run without any moment the arrival decides when it began.
            let timed = start.is_some() || end.is_some();
            RunPlan {
                owner,
                start: start.or((!timed).then_some(7)),
                earlier,
                end,
                steps,
                log_entries,
                whole,
            }
        })
}

fn step_plan() -> impl Strategy<Value = StepPlan> {
    let statuses = select(vec!["ok", "ok", "failed", "warning", "skipped", "running"]);
    let codes = select(vec![200_u16, 204, 401, 429, 500]);
    (
        option::of(statuses),
        option::of(codes),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(status, code, started, payload)| StepPlan {
            status,
            code,
            started,
            payload,
        })
}

fn tell(runs: &[RunPlan], end: &str) -> Vec<Told> {
    let crm = json!({"key": "crm", "name": "CRM", "contact": "help@crm.test"});
    let mut told = vec![
        json!({"type": "flow", "key": "f0", "name": "Sync", "group": "g", "created_at": at(0)}),
        json!({"type": "integration", "key": "i0", "flow": "f0", "user_id": "u0", "app": crm, "created_at": at(5)}),
        json!({"type": "integration", "key": "i1", "user_auth": "one@acme.test"}),
        json!({"type": "log", "run": "stray", "key": "1", "logged_at": at(0), "message": "whose am I?"}),
    ];
    for (number, run) in runs.iter().enumerate() {
        told.extend(tell_run(&format!("r{number}"), run));
    }
    let moves = [
        json!({"type": "integration", "key": "i2", "flow": "f0", "status": "paused", "status_reason": "billing"}),
        json!({"type": "integration", "key": "i2", "flow": {"key": "f2", "name": "Moved"}, "name": "Two"}),
        json!({"type": "integration", "key": "i2", "status": end}),
    ];
    let plain = told.into_iter().map(|item| (item, false));
    let all = plain.chain(moves.into_iter().map(|item| (item, true)));
    all.map(|(item, in_series)| Told { item, in_series })
        .collect()
}

fn tell_run(key: &str, plan: &RunPlan) -> Vec<Value> {
    let owner = match plan.owner {
        1 => json!({"key": "i1", "user_id": "u1", "flow": {"key": "f1", "name": "Inline"}}),
        other => json!(format!("i{other}")),
    };
    let mut start = object(
        json!({"type": "run", "key": key, "status": "running", "integration": owner,
        "trigger": {"app": "Shop", "type": "webhook"}, "summary": "under way"}),
    );
    start.extend(
        plan.start
            .map(|minute| ("started_at".to_owned(), json!(at(minute * MINUTE)))),
    );
    let mut told = vec![Value::Object(start.clone())];
    if let (Some(minute), Some(earlier)) = (plan.start, plan.earlier) {
        let started_at = at((minute - earlier) * MINUTE);
        told.push(json!({"type": "run", "key": key, "started_at": started_at}));
    }
    let steps: Vec<_> = (1..)
        .zip(&plan.steps)
        .flat_map(|(n, step)| tell_step(n, step))
        .collect();
    let log: Vec<_> = (0..plan.log_entries)
        .map(|n| json!({"logged_at": at(n as i64), "message": format!("line {n}"), "level": "warning"}))
        .collect();
    let apart = |kind: &str, part: &Value| {
        let mut item = object(part.clone());
        item.extend(object(json!({"type": kind, "run": key})));
        Value::Object(item)
    };
    told.extend(steps.iter().map(|step| apart("step", step)));
    told.extend(log.iter().map(|entry| apart("log", entry)));
    if plan.whole {
        let mut whole = start;
        whole.insert("steps".to_owned(), json!(steps));
        whole.insert("log".to_owned(), json!(log));
        told.push(Value::Object(whole));
    }
    if let Some(status) = plan.end {
        told.push(json!({"type": "run", "key": key, "status": status, "finished_at": at(5 * 24 * 60 * MINUTE),
            "summary": "done", "created_count": 3}));
    }
    told
}

/// Its start, its end, and each section of its payload in a report of its own.
fn tell_step(number: i64, plan: &StepPlan) -> Vec<Value> {
    let key = format!("s{number}");
    let mut told = vec![json!({"key": key, "position": number, "status": "running", "app": "crm"})];
    if plan.started {
        told.push(json!({"key": key, "started_at": at(number * MINUTE)}));
    }
    if let Some(status) = plan.status {
        let mut end =
            object(json!({"key": key, "status": status, "name": "Create contact", "attempt": 2}));
        end.extend(
            plan.code
                .map(|code| ("network_code".to_owned(), json!(code))),
        );
        told.push(Value::Object(end));
    }
    if plan.payload {
        told.push(json!({"key": key, "request": {"method": "POST", "url": "https://crm.test/v1", "body": {"n": number}}}));
        told.push(json!({"key": key, "response": {"status": plan.code, "body": "answer"}, "object": {"id": number}}));
    }
    told
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other}"),
    }
}

/// Shuffles the reports and some of them again, and cuts them into batches.
fn arrive(told: &[Told], again: &[usize], order: &[u16], sizes: &[usize]) -> Vec<Vec<Value>> {
    let mut places: Vec<usize> = (0..told.len()).chain(again.iter().copied()).collect();
    let mut keyed: Vec<_> = places.drain(..).zip(order).collect();
    keyed.sort_by_key(|(_, key)| *key);
    let mut places: Vec<_> = keyed.into_iter().map(|(place, _)| place).collect();
    let mut series: Vec<_> = places
        .iter()
        .copied()
        .filter(|n| told[*n].in_series)
        .collect();
    series.sort_unstable();
    let mut series = series.into_iter();
    for place in places.iter_mut().filter(|n| told[**n].in_series) {
        *place = series.next().expect("as many as there were");
    }
    let mut items = places
        .into_iter()
        .map(|place| told[place].item.clone())
        .peekable();
    let mut sizes = sizes.iter().cycle();
    let mut batches = Vec::new();
    while items.peek().is_some() {
        batches.push(
            items
                .by_ref()
                .take(*sizes.next().expect("a cycle"))
                .collect(),
        );
    }
    batches
}
