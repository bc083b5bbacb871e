use super::*;

fn taken(json: &str) -> Taken {
    take(json.as_bytes(), Format::Json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

/// A request with one span of this text.
fn wrapped(span: &str) -> String {
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}"#)
}

/// A span with these members more.
fn with(members: &str) -> String {
    format!(r#"{{"traceId":"{TRACE}","spanId":"{SPAN}",{members}"x":0}}"#)
}

fn one(members: &str) -> RunReport {
    run_of(&taken(&wrapped(&with(members))).items[0]).clone()
}

/// The value of an attribute, as the entry of an event shows it.
fn shown(value: &str) -> String {
    let event =
        format!(r#""events":[{{"name":"e","attributes":[{{"key":"a","value":{value}}}]}}],"#);
    one(&event).log[0].description.clone().expect("lines").0
}

#[test]
fn the_example_of_the_specification_is_read() {
    let example = taken(include_str!("../../../testdata/otlp/trace.json"));
    insta::assert_debug_snapshot!(example.items);
}

#[test]
fn what_real_exporters_write_is_taken() {
    let ids = |trace: &str, span: &str| format!(r#"{{"traceId":"{trace}","spanId":"{span}"}}"#);
    for span in [
        ids(&TRACE.to_lowercase(), &SPAN.to_lowercase()),
        with(r#""parentSpanId":null,"attributes":null,"events":null,"status":null,"kind":null,"#),
        with(
            r#""parentSpanId":"","droppedAttributesCount":0,"flags":257,"links":[{"traceId":7}],"#,
        ),
        with(r#""startTimeUnixNano":1544712660000000000,"endTimeUnixNano":"1544712661000000000","#),
        with(r#""startTimeUnixNano":1544712660000000000.0,"endTimeUnixNano":1.544712661e18,"#),
        with(r#""kind":"SPAN_KIND_SERVER","status":{"code":"STATUS_CODE_ERROR"},"#),
        with(r#""kind":"3","status":{},"#),
        with(r#""name":"first","name":"second","#),
        with(r#""attributes":[{"key":"a"},{"key":"b","value":null},{"key":"c","value":{}},{}],"#),
        with(
            r#""attributes":[{"key":"a","value":{"arrayValue":{}}},{"key":"b","value":{"arrayValue":null}}],"#,
        ),
        with(r#""attributes":[{"key":"a","value":{"kvlistValue":{"values":null}}}],"#),
        with(
            r#""attributes":[{"key":"a","value":{"doubleValue":"NaN"}},{"key":"b","value":{"newValue":1}}],"#,
        ),
    ] {
        let taken = taken(&wrapped(&span));
        assert!(taken.items[0].is_ok(), "{span}: {:?}", taken.items[0]);
    }
    assert_eq!(
        one(r#""name":"first","name":"second","#).steps[0]
            .name
            .clone()
            .expect("a name")
            .0,
        "second"
    );
    let run = one(
        r#""kind":"SPAN_KIND_SERVER","status":{"code":"STATUS_CODE_ERROR"},"endTimeUnixNano":1,"#,
    );
    assert_eq!(run.status, Some(Status::Failed));
}

#[test]
fn values_are_shown_as_they_were_sent() {
    for (value, expected) in [
        (r#"{"stringValue":"t"}"#, "a: t"),
        (r#"{"boolValue":true}"#, "a: true"),
        (
            r#"{"intValue":"9223372036854775807"}"#,
            "a: 9223372036854775807",
        ),
        (
            r#"{"intValue":-9223372036854775808}"#,
            "a: -9223372036854775808",
        ),
        (
            r#"{"intValue":"9223372036854775808"}"#,
            "a: 9223372036854775808",
        ),
        (r#"{"doubleValue":637.704}"#, "a: 637.704"),
        (r#"{"doubleValue":"NaN"}"#, "a: \"NaN\""),
        (r#"{"doubleValue":"-Infinity"}"#, "a: \"-inf\""),
        (r#"{"bytesValue":"/wA="}"#, "a: /wA="),
        (
            r#"{"arrayValue":{"values":[{"stringValue":"x"},{"intValue":1},{}]}}"#,
            r#"a: ["x",1,null]"#,
        ),
        (r#"{"arrayValue":{}}"#, "a: []"),
        (
            r#"{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":false}}]}}"#,
            r#"a: {"k":false}"#,
        ),
        (r#"{"stringValue":null,"intValue":7}"#, "a: 7"),
        ("null", "a: "),
        ("{}", "a: "),
    ] {
        assert_eq!(shown(value), expected, "{value}");
    }
}

#[test]
fn one_bad_span_does_not_cost_the_others() {
    let good = with("");
    let deep = format!(
        r#""attributes":[{{"key":"a","value":{}{}}}],"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    let many = format!(r#""attributes":[{}{{}}],"#, "{},".repeat(70_000));
    for (bad, path, code) in [
        ("null".to_owned(), "", "invalid_field"),
        ("7".to_owned(), "", "invalid_field"),
        ("{}".to_owned(), "traceId", "invalid_field"),
        (
            format!(r#"{{"trace_id":"{TRACE}","span_id":"{SPAN}"}}"#),
            "traceId",
            "invalid_field",
        ),
        (
            format!(r#"{{"traceId":"{TRACE}"}}"#),
            "spanId",
            "invalid_field",
        ),
        (
            format!(r#"{{"traceId":"zz{}","spanId":"{SPAN}"}}"#, &TRACE[2..]),
            "traceId",
            "invalid_field",
        ),
        (
            format!(r#"{{"traceId":"{}","spanId":"{SPAN}"}}"#, "0".repeat(32)),
            "traceId",
            "invalid_field",
        ),
        (
            format!(r#"{{"traceId":"{TRACE}","spanId":"{}"}}"#, &SPAN[1..]),
            "spanId",
            "invalid_field",
        ),
        (
            format!(r#"{{"traceId":"W47/95gDgQPSabYzgT/GDA==","spanId":"{SPAN}"}}"#),
            "traceId",
            "invalid_field",
        ),
        (
            with(r#""parentSpanId":"xyz","#),
            "parentSpanId",
            "invalid_field",
        ),
        (
            with(r#""kind":"SPAN_KIND_OTHER","#),
            "kind",
            "invalid_field",
        ),
        (
            with(r#""startTimeUnixNano":"noon","#),
            "startTimeUnixNano",
            "invalid_field",
        ),
        (
            with(r#""startTimeUnixNano":-1,"#),
            "startTimeUnixNano",
            "invalid_field",
        ),
        (
            with(r#""startTimeUnixNano":"18446744073709551616","#),
            "startTimeUnixNano",
            "invalid_field",
        ),
        (
            with(r#""attributes":{"a":1},"#),
            "attributes",
            "invalid_field",
        ),
        (with(r#""name":1e400,"#), "", "not_json"),
        (with(r#""name":"\ud800","#), "", "not_json"),
        (with(&deep), "", "too_deep"),
        (with(&many), "attributes", "too_many"),
    ] {
        let taken = taken(&wrapped(&format!("{good},{bad},{good}")));
        let short = &bad[..bad.len().min(200)];
        assert_eq!(taken.items.len(), 3, "{short}");
        assert!(taken.items[0].is_ok() && taken.items[2].is_ok(), "{short}");
        let rejection = taken.items[1].as_ref().expect_err(short);
        assert_eq!(
            (rejection.path.as_str(), rejection.code.as_str()),
            (path, code),
            "{short}"
        );
        assert!(
            !rejection.rule.contains("noon") && rejection.rule.len() < 200,
            "{rejection:?}"
        );
    }
}

#[test]
fn what_cannot_be_cut_into_spans_is_unreadable() {
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    for json in [
        "",
        "[]",
        "null",
        "7",
        "{",
        "<html>",
        r#"{"resourceSpans":7}"#,
        r#"{"resourceSpans":[7]}"#,
        "\u{0}",
        deep.as_str(),
    ] {
        let short = &json[..json.len().min(40)];
        let error = take(json.as_bytes(), Format::Json).expect_err(short);
        assert!(
            matches!(&error, Unreadable::Malformed(said) if said.len() < 80),
            "{short}: {error}"
        );
    }
    assert!(take(b"{\"resourceSpans\":[],\"a\":\"\xff\"}", Format::Json).is_err());
    for json in [
        "{}",
        "\u{feff}{}",
        r#"{"resourceSpans":null}"#,
        r#"{"resourceSpans":[{}]}"#,
        r#"{"resourceSpans":[{"resource":null,"scopeSpans":[{"scope":7,"spans":[]},null]}]}"#,
    ] {
        assert!(taken(json).items.is_empty(), "{json}");
    }
}

#[test]
fn keys_with_underscores_are_counted_and_said() {
    for (json, name) in [
        (r#"{"resource_spans":[]}"#, "resource_spans"),
        (r#"{"resourceSpans":[{"scope_spans":[]}]}"#, "scope_spans"),
    ] {
        let taken = taken(json);
        assert!(taken.items.is_empty());
        assert!(
            matches!(taken.notes.as_slice(), [note] if note.contains(name)),
            "{:?}",
            taken.notes
        );
    }
}

#[test]
fn more_spans_than_a_batch_has_are_too_many() {
    let spans = |count: usize| wrapped(&format!("{}7", "7,".repeat(count - 1)));
    assert_eq!(
        taken(&spans(limit::BATCH_ITEMS)).items.len(),
        limit::BATCH_ITEMS
    );
    let many = take(spans(limit::BATCH_ITEMS + 1).as_bytes(), Format::Json);
    assert!(matches!(many, Err(Unreadable::TooMany { .. })), "{many:?}");
    let two = format!(
        r#"{{"resourceSpans":[{0},{0}]}}"#,
        r#"{"scopeSpans":[{"spans":["#.to_owned() + &"7,".repeat(6_000) + r#"7]}]}"#
    );
    assert!(matches!(
        take(two.as_bytes(), Format::Json),
        Err(Unreadable::TooMany { .. })
    ));
}

#[test]
fn what_is_left_out_is_said() {
    let many: String = (0..300).map(|n| format!(r#"{{"key":"a{n}"}},"#)).collect();
    let attributes = format!(r#""attributes":[{}],"#, many.trim_end_matches(','));
    let taken = taken(&wrapped(&with(&attributes)));
    assert!(taken.items[0].is_ok());
    assert!(
        taken.notes[0].starts_with("44 attributes"),
        "{:?}",
        taken.notes
    );
}
