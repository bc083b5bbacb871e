use super::{encode, *};

fn record(more: &Value) -> Value {
    let mut record = json!({
        "timeUnixNano": "1544712660300000001", "traceId": TRACE, "spanId": SPAN,
        "severityNumber": 9, "body": {"stringValue": "3 contacts updated"},
    });
    for (name, value) in more.as_object().expect("an object") {
        record[name] = value.clone();
    }
    record
}

fn request(records: &[Value]) -> Value {
    json!({"resourceLogs": [{"resource": {"attributes": attributes(&json!({"service.name": "shop"}))},
        "scopeLogs": [{"logRecords": records}]}]})
}

fn taken(request: &Value, format: Format) -> Taken {
    let bytes = match format {
        Format::Json => request.to_string().into_bytes(),
        Format::Protobuf => encode::logs(request),
    };
    read(&bytes, Signal::Logs, format, &Bounds::default()).expect("readable")
}

fn entry(more: &Value) -> LogReport {
    run_of(&taken(&request(&[record(more)]), Format::Json).items[0]).log[0].clone()
}

#[test]
fn the_example_of_the_specification_is_read_the_same_in_both_formats() {
    let example: Value =
        serde_json::from_str(include_str!("../../../testdata/otlp/logs.json")).expect("JSON");
    let from_json = taken(&example, Format::Json);
    assert_eq!(
        format!("{from_json:?}"),
        format!("{:?}", taken(&example, Format::Protobuf))
    );
    insta::assert_debug_snapshot!(from_json.items);
}

#[test]
fn a_severity_is_a_level() {
    let levels = [
        (1, "debug"),
        (8, "debug"),
        (9, "info"),
        (12, "info"),
        (13, "warning"),
        (16, "warning"),
        (17, "error"),
        (24, "error"),
        (99, "error"),
    ];
    for (severity, level) in levels {
        assert_eq!(
            entry(&json!({"severityNumber": severity}))
                .level
                .expect("a level")
                .as_str(),
            level
        );
    }
    for (severity, level) in [
        ("SEVERITY_NUMBER_WARN3", "warning"),
        ("SEVERITY_NUMBER_FATAL", "error"),
        ("SEVERITY_NUMBER_UNSPECIFIED", "info"),
    ] {
        assert_eq!(
            entry(&json!({"severityNumber": severity}))
                .level
                .expect("a level")
                .as_str(),
            level
        );
    }
    for (text, level) in [
        ("WARN", "warning"),
        ("Error", "error"),
        ("CRITICAL", "error"),
        ("", "info"),
        ("odd", "info"),
    ] {
        let entry = entry(&json!({"severityNumber": null, "severityText": text}));
        assert_eq!(entry.level.expect("a level").as_str(), level);
    }
}

#[test]
fn a_body_is_the_message_whatever_it_is() {
    let message = |more: Value| entry(&more).message.expect("a message").0;
    assert_eq!(message(json!({})), "3 contacts updated");
    let map =
        json!({"body": {"kvlistValue": {"values": [{"key": "n", "value": {"intValue": 3}}]}}});
    assert_eq!(message(map), r#"{"n":3}"#);
    assert_eq!(
        message(json!({"body": null, "eventName": "order.done"})),
        "order.done"
    );
    let thrown = attributes(&json!({"exception.message": "no id"}));
    assert_eq!(message(json!({"body": {}, "attributes": thrown})), "no id");
    assert_eq!(message(json!({"body": {"stringValue": " "}})), "(empty)");
}

#[test]
fn the_same_record_is_the_same_entry_and_no_other_is() {
    let key = |more: Value| entry(&more).key.expect("a key");
    let same = key(json!({}));
    assert_eq!(key(json!({})), same);
    for other in [
        json!({"timeUnixNano": "1544712660300000002"}),
        json!({"spanId": "EEE19B7EC3C1B175"}),
        json!({"severityNumber": 17}),
        json!({"body": {"stringValue": "4"}}),
        json!({"attributes": attributes(&json!({"a": 1}))}),
    ] {
        assert_ne!(key(other.clone()), same, "{other}");
    }
    // A record that was only observed has that moment.
    let observed =
        entry(&json!({"timeUnixNano": "0", "observedTimeUnixNano": "1544712660300000001"}));
    assert_eq!(
        (
            observed.key,
            observed.logged_at.map(crate::Timestamp::as_ms)
        ),
        (Some(same), Some(1_544_712_660_300))
    );
}

#[test]
fn a_record_of_no_trace_is_of_no_run() {
    for format in [Format::Json, Format::Protobuf] {
        let request = request(&[
            record(&json!({"traceId": ""})),
            record(&json!({})),
            record(&json!({"traceId": "0".repeat(32)})),
        ]);
        let taken = taken(&request, format);
        let fine: Vec<_> = taken.items.iter().map(Result::is_ok).collect();
        assert_eq!(fine, [false, true, false]);
        assert_eq!(
            taken.items[0].as_ref().expect_err("refused").path,
            "traceId"
        );
    }
    let free = entry(&json!({"spanId": ""}));
    assert_eq!(free.step, None);
}

#[test]
fn a_secret_leaves_a_record_and_its_key() {
    use crate::redact::{Names, Redactor, Rules};
    let rules = Rules::new([7; 32], Names::default());
    let kept = |secret: &str| {
        let own = attributes(&json!({"password": secret, "n": 1}));
        let body = json!({"stringValue": format!("sent with Authorization: Bearer {secret}")});
        let mut taken = taken(
            &request(&[record(&json!({"attributes": own, "body": body}))]),
            Format::Json,
        );
        let mut report = taken.items.remove(0).expect("a report");
        report.redact(&Redactor::new(&rules));
        let Report::Run(run) = report else {
            panic!("{report:?}")
        };
        (run.log[0].clone(), format!("{run:?}"))
    };
    let (entry, all) = kept("hunter2hunter2hunter2");
    assert!(!all.contains("hunter2"), "{all}");
    assert!(entry.description.expect("lines").0.contains("n: 1"));
    // Two short secrets leave the same behind, and so have the same key.
    assert_eq!(kept("abcdefg").0.key, kept("hijklmn").0.key);
}
