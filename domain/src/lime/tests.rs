use super::*;
use crate::report::{Report, read};

fn into<'i>(keys: &'i [Key; 3], labels: &'i Labels) -> Into<'i> {
    let [integration, run, entry] = keys;
    let now = Timestamp::from_ms(1_794_474_843_250);
    Into {
        integration,
        run,
        entry,
        labels,
        now,
    }
}

fn keys() -> [Key; 3] {
    ["erp", "batch_1", "log_1"].map(|key| Key::new(key).expect("a key"))
}

fn value(report: Result<String, Rejection>, labels: &Labels) -> Value {
    let text = report.expect("a report");
    Report::parse_with(&text, None, labels).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn lm_48_a_batch_is_running_and_empty_unless_more_is_said() {
    let (keys, labels) = (keys(), Labels::default());
    let batch =
        read::<NewBatch>(r#"{"integration_key": "erp", "batch_text": "", "error_msg": null}"#);
    let report = value(batch.expect("a call").report(into(&keys, &labels)), &labels);
    assert_eq!(
        report,
        json!({"type": "run", "key": "batch_1", "integration": "erp", "status": "running", "started_at": "2026-11-12T09:14:03.250Z"})
    );
}

#[test]
fn lm_55_an_update_is_an_end_with_zeros_unless_more_is_said() {
    let (keys, labels) = (keys(), Labels::default());
    let report = |json: &str| {
        let update = read::<BatchUpdate>(json).expect("a call");
        value(update.report(into(&keys, &labels)), &labels)
    };
    let plain = report(r#"{"integration_monitor_batch": "batch_1"}"#);
    assert_eq!(
        plain,
        json!({"type": "run", "key": "batch_1", "status": "ok", "created_count": 0, "updated_count": 0, "deleted_count": 0,
            "finished_at": "2026-11-12T09:14:03.250Z"})
    );
    let told = report(
        r#"{"integration_monitor_batch": {"key": "batch_1", "logstatus": "running"}, "batch_status": "donewitherror", "no_created": 3,
            "error_msg": "two were refused", "endtime": "2026-11-12T09:20:00.000Z"}"#,
    );
    assert_eq!(
        (&told["status"], &told["created_count"]),
        (&json!("warning"), &json!(3))
    );
    assert_eq!(
        (&told["error"], &told["finished_at"]),
        (
            &json!("two were refused"),
            &json!("2026-11-12T09:20:00.000Z")
        )
    );
    let still = report(r#"{"integration_monitor_batch": "batch_1", "batch_status": "running"}"#);
    assert_eq!(still.get("finished_at"), None);
}

#[test]
fn lm_30_the_words_of_a_log_become_levels() {
    let (keys, labels) = (
        keys(),
        Labels::parse("half done = warning").expect("a list"),
    );
    for (word, level) in [
        ("ok", "info"),
        ("running", "info"),
        ("error", "error"),
        ("donewitherror", "warning"),
        ("Half Done", "warning"),
    ] {
        let log =
            json!({"integration_monitor_batch": "batch_1", "log_status": word, "message": "m"});
        let log = read::<NewLog>(&log.to_string()).expect("a call");
        let entry = value(log.report("ok", into(&keys, &labels)), &labels);
        assert_eq!(
            (&entry["level"], &entry["label"]),
            (&json!(level), &json!(word))
        );
    }
}

#[test]
fn an_entry_shows_its_first_text_and_keeps_the_others() {
    let (keys, labels) = (keys(), Labels::default());
    let log = read::<NewLog>(
        r#"{"integration_monitor": {"integration_key": "erp", "name": "ERP"}, "integration_key": "other", "integration_id": "4711",
            "log_text": "order refused", "error_msg": "no such article", "message": "{\"article\": 9}"}"#,
    );
    let log = log.expect("a call");
    assert_eq!((log.monitor(), log.batch()), (Some("erp"), None));
    let report = value(log.report("error", into(&keys, &labels)), &labels);
    let entry = &report["log"][0];
    assert_eq!(
        (&report["status"], &report["error"]),
        (&json!("failed"), &json!("no such article"))
    );
    assert_eq!(
        (&entry["message"], &entry["reference"]),
        (&json!("order refused"), &json!("4711"))
    );
    assert_eq!(
        entry["description"],
        json!("no such article\n\n{\"article\": 9}")
    );
}

#[test]
fn a_status_that_means_nothing_names_the_field_and_the_words() {
    let (keys, labels) = (
        keys(),
        Labels::parse("half done = warning").expect("a list"),
    );
    let batch = read::<NewBatch>(r#"{"integration_key": "erp", "batch_status": "skipped"}"#);
    let bad = batch
        .expect("a call")
        .report(into(&keys, &labels))
        .expect_err("no status");
    assert_eq!(
        (bad.path.as_str(), bad.code.as_str()),
        ("batch_status", "invalid_field")
    );
    assert_eq!(
        bad.rule,
        "`skipped` is not one of ok, running, error, donewitherror, half done"
    );
    let unknown = read::<NewLog>(r#"{"logtext": "x"}"#).expect_err("a misspelt field");
    assert_eq!(unknown.code, "unknown_field");
    let long = json!({"error_msg": "x".repeat(65_537)}).to_string();
    assert_eq!(
        read::<NewBatch>(&long).expect_err("too long").path,
        "error_msg"
    );
}
