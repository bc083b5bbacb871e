use super::{
    encode::{self, bytes, varint_field},
    *,
};

/// A request with these spans, each written as it is.
fn raw(spans: &[Vec<u8>]) -> Vec<u8> {
    let spans: Vec<u8> = spans.iter().flat_map(|span| bytes(2, span)).collect();
    bytes(1, &bytes(2, &spans))
}

fn good() -> Vec<u8> {
    encode::span(&span(&json!({}), &json!({})))
}

#[test]
fn both_formats_say_the_same() {
    let own = json!({
        "text": "t", "yes": true, "number": -7, "list": ["a", "b"], "half": {"doubleValue": 0.5},
        "map": {"kvlistValue": {"values": [{"key": "k", "value": {"intValue": "1"}}]}},
        "http.request.method": "GET", "http.response.status_code": 404,
        "http.request.header.accept": ["a/b"], "integration.key": "acme",
        "integration.object": {"kvlistValue": {"values": [{"key": "id", "value": {"intValue": "9223372036854775807"}}]}},
    });
    let more = json!({
        "events": [{"timeUnixNano": "1544712660500000000", "name": "exception",
            "attributes": attributes(&json!({"exception.type": "E", "exception.message": "m", "exception.stacktrace": "s"}))}],
        "status": {"code": 2, "message": "bad"},
    });
    let request = request(
        &json!({"service.name": "shop"}),
        &[
            span(&own, &more),
            span(&json!({}), &json!({"parentSpanId": ""})),
        ],
    );
    let from_json = take_json(&request);
    let from_protobuf = take(&encode::traces(&request), Format::Protobuf).expect("readable");
    assert_eq!(format!("{from_json:?}"), format!("{from_protobuf:?}"));
    assert_eq!(from_json.items.len(), 2);
    assert!(from_json.items.iter().all(Result::is_ok), "{from_json:?}");
}

#[test]
fn one_bad_span_does_not_cost_the_others() {
    let id = |field: u8, length: usize| bytes(field, &vec![7; length]);
    let bad = [
        Vec::new(),
        vec![0xff],
        [id(1, 15), id(2, 8)].concat(),
        [bytes(1, &[0; 16]), id(2, 8)].concat(),
        [id(1, 16), id(2, 7)].concat(),
        [id(1, 16), id(2, 8), id(4, 3)].concat(),
        // The trace id as a number: a field of another type is one that is not known.
        [varint_field(1, 7), id(2, 8)].concat(),
        // An attribute that ends too early.
        [id(1, 16), id(2, 8), bytes(9, &[10, 5, b'a'])].concat(),
    ];
    for span in bad {
        let taken =
            take(&raw(&[good(), span.clone(), good()]), Format::Protobuf).expect("readable");
        let fine: Vec<_> = taken.items.iter().map(Result::is_ok).collect();
        assert_eq!(fine, [true, false, true], "{span:?}");
    }
}

#[test]
fn what_cannot_be_cut_into_spans_is_unreadable() {
    let whole = raw(&[good()]);
    for bytes in [&whole[..whole.len() - 1], b"\xff", b"{}", b"<html>"] {
        let answer = take(bytes, Format::Protobuf);
        assert!(
            matches!(answer, Err(Unreadable::Malformed(_))),
            "{answer:?}"
        );
    }
    let nothing = take(b"", Format::Protobuf).expect("an empty request is one");
    assert!(nothing.items.is_empty() && nothing.notes.is_empty());
}

#[test]
fn fields_that_are_not_known_and_text_that_is_no_utf8_do_no_harm() {
    let unknown = [
        varint_field(100, 1),
        bytes(101, b"\xff"),
        bytes(13, &bytes(1, &[7; 16])),
    ];
    // Packed flags, a link, a name of other bytes, a kind that nobody knows.
    let odd = [
        good(),
        unknown.concat(),
        bytes(5, b"caf\xe9"),
        varint_field(6, 99),
    ]
    .concat();
    let request = [raw(&[odd]), varint_field(9, 9)].concat();
    let taken = take(&request, Format::Protobuf).expect("readable");
    let name = run_of(&taken.items[0]).steps[0]
        .name
        .clone()
        .expect("a name");
    assert_eq!(name.0, "caf\u{fffd}");
}

#[test]
fn a_resource_may_stand_behind_its_spans_and_be_broken() {
    let service = encode::any(&json!({"stringValue": "shop"}));
    let pair = [bytes(1, b"service.name"), bytes(2, &service)].concat();
    let spans = bytes(2, &bytes(2, &good()));
    for (resource, service) in [
        (bytes(1, &pair), Some("shop")),
        // An attribute that cannot be read is done without.
        (
            [bytes(1, &[0xff, 0xff]), bytes(1, &pair)].concat(),
            Some("shop"),
        ),
        (bytes(1, &[10, 200]), None),
    ] {
        let group = [spans.clone(), bytes(1, &resource)].concat();
        let taken = take(&bytes(1, &group), Format::Protobuf).expect("readable");
        let app = run_of(&taken.items[0]).steps[0].app.clone();
        let app = app.map(|app| match app {
            Reference::Key(key) => key.to_string(),
            Reference::Whole(whole) => panic!("{whole:?}"),
        });
        assert_eq!(app.as_deref(), service);
    }
    let group = [spans, bytes(1, &[10, 200])].concat();
    let answer = take(&bytes(1, &group), Format::Protobuf);
    assert!(
        matches!(answer, Err(Unreadable::Malformed(_))),
        "{answer:?}"
    );
}

#[test]
fn numbers_of_64_bits_keep_their_ends() {
    let object = |number: i64| {
        let own = json!({"integration.object": {"kvlistValue": {"values": [
            {"key": "n", "value": {"intValue": number.to_string()}}]}}});
        let request = request(&json!({}), &[span(&own, &json!({}))]);
        let taken = take(&encode::traces(&request), Format::Protobuf).expect("readable");
        run_of(&taken.items[0]).steps[0]
            .object
            .clone()
            .expect("an object")
            .0
    };
    for number in [i64::MIN, -1, 0, i64::MAX] {
        assert_eq!(object(number), [("n".to_owned(), number.to_string())]);
    }
    // The last nanosecond that 64 bits hold is in the year 2554.
    let late = [good(), vec![8 << 3 | 1], vec![0xff; 8]].concat();
    let taken = take(&raw(&[late]), Format::Protobuf).expect("readable");
    let end = run_of(&taken.items[0]).steps[0]
        .finished_at
        .expect("an end");
    assert_eq!(end.to_rfc3339(), "2554-07-21T23:34:33.709Z");
}
