//! Whatever comes: no panic, no more than the limits, no matter how it is cut.

use proptest::{collection::vec, prelude::*};

use super::{encode, *};

/// A request with something of everything.
fn rich() -> Value {
    let own = json!({
        "http.request.method": "GET", "url.full": "https://crm.test/a", "http.response.status_code": 500,
        "http.request.header.accept": ["a", "b"], "integration.key": "acme", "flow.key": "f",
        "map": {"kvlistValue": {"values": [{"key": "k", "value": {"arrayValue": {"values": [{"intValue": "1"}]}}}]}},
    });
    let events = json!([{"timeUnixNano": "1", "name": "exception", "attributes": attributes(&json!({"exception.type": "E"}))}]);
    let root = span(
        &own,
        &json!({"parentSpanId": "", "events": events, "status": {"code": 2, "message": "m"}}),
    );
    request(
        &json!({"service.name": "shop"}),
        &[root, span(&json!({}), &json!({}))],
    )
}

fn check(bytes: &[u8]) {
    for (signal, format) in [
        (Signal::Traces, Format::Protobuf),
        (Signal::Traces, Format::Json),
        (Signal::Logs, Format::Protobuf),
        (Signal::Logs, Format::Json),
    ] {
        let Ok(taken) = read(bytes, signal, format, &Bounds::default()) else {
            continue;
        };
        assert!(taken.items.len() <= limit::BATCH_ITEMS);
        let mut entries = 0;
        for item in &taken.items {
            match item {
                Ok(Report::Run(run)) => {
                    entries += run.log.len();
                    assert!(run.key.is_some() && run.steps.len() <= 1);
                    assert!(
                        run.log
                            .iter()
                            .all(|entry| entry.key.is_some() && entry.message.is_some())
                    );
                }
                Ok(other) => panic!("{other:?}"),
                Err(rejection) => assert!(!rejection.rule.is_empty() && rejection.rule.len() < 300),
            }
        }
        assert!(entries <= limit::OTLP_ENTRIES.max(taken.items.len()));
    }
}

/// Bytes cut, doubled and changed.
fn change(bytes: &mut Vec<u8>, (what, place, with): (u8, usize, u8)) {
    let place = place % bytes.len().max(1);
    match what % 5 {
        0 if place < bytes.len() => bytes[place] = with,
        1 => bytes.truncate(place),
        2 => bytes.insert(place, with),
        3 if place < bytes.len() => _ = bytes.remove(place),
        _ => {
            let part = bytes[place..bytes.len().min(place + usize::from(with))].to_vec();
            bytes.splice(place..place, part);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..400)) {
        check(&bytes);
        // As a span, where they get further.
        check(&encode::bytes(1, &encode::bytes(2, &encode::bytes(2, &bytes))));
    }

    #[test]
    fn what_exporters_send_is_read_or_refused_when_it_is_broken(
        changes in vec((any::<u8>(), any::<usize>(), any::<u8>()), 1..6)
    ) {
        let rich = rich();
        let record = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [{"traceId": TRACE, "spanId": SPAN,
            "timeUnixNano": "7", "severityNumber": 9, "body": {"stringValue": "b"}, "attributes": attributes(&json!({"a": 1}))}]}]}]});
        for mut bytes in [
            encode::traces(&rich), rich.to_string().into_bytes(), encode::logs(&record), record.to_string().into_bytes(),
        ] {
            for one in &changes {
                change(&mut bytes, *one);
            }
            check(&bytes);
        }
    }
}

#[test]
fn values_inside_values_end_somewhere() {
    for (levels, is_fine) in [
        (limit::OTLP_DEPTH, true),
        (limit::OTLP_DEPTH + 1, false),
        (100_000, false),
    ] {
        let mut any = encode::any(&json!({"intValue": "1"}));
        for _ in 0..levels {
            // Built from the inside, as lengths come first; 100,000 levels would take as long as they are deep.
            any = encode::bytes(5, &encode::bytes(1, &any));
            if any.len() > 100_000 {
                break;
            }
        }
        let pair = [encode::bytes(1, b"a"), encode::bytes(2, &any)].concat();
        let span = [
            encode::span(&span(&json!({}), &json!({}))),
            encode::bytes(9, &pair),
        ]
        .concat();
        let request = encode::bytes(1, &encode::bytes(2, &encode::bytes(2, &span)));
        let taken = take(&request, Format::Protobuf).expect("readable");
        assert_eq!(taken.items[0].is_ok(), is_fine, "{levels}");
    }
}

#[test]
fn few_bytes_that_stand_for_many_values_are_refused() {
    // Two bytes on the wire each: eight million values would be half a gigabyte.
    let many = encode::bytes(5, &[10, 0].repeat(1_000_000));
    let pair = [encode::bytes(1, b"a"), encode::bytes(2, &many)].concat();
    let span = [
        encode::span(&span(&json!({}), &json!({}))),
        encode::bytes(9, &pair),
    ]
    .concat();
    let taken = take(
        &encode::bytes(1, &encode::bytes(2, &encode::bytes(2, &span))),
        Format::Protobuf,
    );
    let taken = taken.expect("readable");
    assert_eq!(
        taken.items[0].as_ref().expect_err("refused").code,
        "too_many"
    );
    // Empty spans, of which a request has at most so many.
    let spans = encode::bytes(1, &encode::bytes(2, &[18, 0].repeat(1_000_000)));
    assert!(matches!(
        take(&spans, Format::Protobuf),
        Err(Unreadable::TooMany { .. })
    ));
    // Empty attributes and events beyond those that are kept.
    let span = [[74, 0].repeat(500_000), [90, 0].repeat(500_000)].concat();
    let taken = take(
        &encode::bytes(1, &encode::bytes(2, &encode::bytes(2, &span))),
        Format::Protobuf,
    );
    assert!(taken.expect("readable").items[0].is_err());
}
