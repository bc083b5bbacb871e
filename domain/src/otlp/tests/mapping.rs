use super::*;

fn text<const MAX: usize>(text: Option<crate::report::Name>) -> Option<String> {
    text.map(|text| text.0)
}

fn app(step: &StepReport) -> Option<&str> {
    match step.app.as_ref()? {
        Reference::Key(key) => Some(key.as_str()),
        Reference::Whole(_) => None,
    }
}

#[test]
fn a_trace_is_a_run_and_a_span_a_step() {
    let root = json!({"parentSpanId": "", "kind": 2, "name": "POST /orders"});
    let run = run(
        &json!({"service.name": "shop"}),
        span(&json!({"http.request.method": "POST"}), &root),
    );
    assert_eq!(
        run.key.as_ref().map(Key::as_str),
        Some(&*TRACE.to_lowercase())
    );
    let trigger = run.trigger.clone().expect("a trigger");
    let words = [trigger.app, trigger.name, trigger.kind].map(text::<0>);
    assert_eq!(
        words.map(Option::unwrap),
        ["shop", "POST /orders", "webhook"]
    );
    assert_eq!(
        run.started_at.expect("a start").to_rfc3339(),
        "2018-12-13T14:51:00.000Z"
    );
    assert_eq!(
        run.finished_at.expect("an end").to_rfc3339(),
        "2018-12-13T14:51:01.500Z"
    );
    assert_eq!(run.status, None, "what its steps are");
    let step = &run.steps[0];
    assert_eq!(
        step.key.as_ref().map(Key::as_str),
        Some(&*SPAN.to_lowercase())
    );
    assert_eq!(
        (step.parent.as_ref(), step.finished_at),
        (None, run.finished_at)
    );
}

#[test]
fn only_the_root_tells_when_a_run_begins_and_ends() {
    let child = run(&json!({}), span(&json!({}), &json!({})));
    assert_eq!(child.status, Some(Status::Running));
    assert!(child.started_at.is_none() && child.finished_at.is_none() && child.trigger.is_none());
    assert_eq!(
        child.steps[0].parent.as_ref().map(Key::as_str),
        Some("eee19b7ec3c1b173")
    );
    // All zeros is what none is in places that cannot be empty.
    let root = run(
        &json!({}),
        span(&json!({}), &json!({"parentSpanId": "0".repeat(16)})),
    );
    assert!(root.finished_at.is_some());
    let open = json!({"parentSpanId": "", "endTimeUnixNano": "0"});
    let open = run(&json!({}), span(&json!({}), &open));
    assert_eq!(
        (open.status, open.steps[0].status),
        (Some(Status::Running), Some(Status::Running))
    );
}

#[test]
fn how_a_span_went_is_its_status_else_its_code() {
    for (kind, code, status, expected) in [
        (3, None, 0, None),
        (3, None, 1, Some(Status::Ok)),
        (3, None, 2, Some(Status::Failed)),
        (3, Some(500), 1, Some(Status::Ok)),
        // The store reads it from the code.
        (3, Some(404), 0, None),
        // A client's mistake is no failure of the server.
        (2, Some(404), 0, Some(Status::Ok)),
        (2, Some(503), 0, None),
        (3, None, 7, None),
    ] {
        let own = code.map_or_else(
            || json!({}),
            |code: u16| json!({"http.response.status_code": code}),
        );
        let step = step(&own, &json!({"kind": kind, "status": {"code": status}}));
        assert_eq!(
            (step.status, step.network_code),
            (expected, code),
            "{kind} {code:?} {status}"
        );
    }
    let root = |code: i64| {
        run(
            &json!({}),
            span(
                &json!({}),
                &json!({"parentSpanId": "", "status": {"code": code}}),
            ),
        )
    };
    assert_eq!(
        [0, 1, 2].map(|code| root(code).status),
        [None, Some(Status::Ok), Some(Status::Failed)]
    );
}

#[test]
fn old_and_new_names_of_a_call_are_read_and_the_stable_one_wins() {
    let old = json!({
        "http.method": "PUT", "http.url": "https://crm.test/old", "http.status_code": 201,
        "net.peer.name": "old.test", "http.request.header.content_type": ["text/old"],
        "http.request.header.x_trace": ["t"], "http.response.header.retry_after": ["7"],
    });
    let step_old = step(&old, &json!({}));
    let request = step_old.request.clone().expect("a request");
    assert_eq!(text::<0>(request.method).as_deref(), Some("PUT"));
    assert_eq!(request.url.expect("a URL").0, "https://crm.test/old");
    assert_eq!(
        request.headers.0,
        [
            ("content-type".into(), "text/old".into()),
            ("x-trace".into(), "t".into())
        ]
    );
    let response = step_old.response.clone().expect("a response");
    assert_eq!(
        (response.status, response.headers.0),
        (Some(201), vec![("retry-after".into(), "7".into())])
    );
    assert_eq!(app(&step_old), Some("old.test"));

    let mut both = old.clone();
    for (name, value) in [
        ("http.request.method", json!("POST")),
        ("url.full", json!("https://crm.test/new")),
        ("http.response.status_code", json!("429")),
        ("server.address", json!("new.test")),
        (
            "http.request.header.content-type",
            json!(["text/new", "again"]),
        ),
        ("http.request.resend_count", json!(2)),
    ] {
        both[name] = value;
    }
    let step_both = step(&both, &json!({}));
    let request = step_both.request.clone().expect("a request");
    assert_eq!(text::<0>(request.method).as_deref(), Some("POST"));
    assert_eq!(request.url.expect("a URL").0, "https://crm.test/new");
    let names: Vec<_> = request
        .headers
        .0
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    assert_eq!(
        names,
        [
            "content-type: text/new",
            "content-type: again",
            "x-trace: t"
        ]
    );
    assert_eq!(
        (step_both.network_code, step_both.attempt, app(&step_both)),
        (Some(429), Some(3), Some("new.test"))
    );
}

#[test]
fn an_address_is_put_together_where_only_its_parts_were_sent() {
    for (own, expected) in [
        (
            json!({"url.scheme": "https", "server.address": "shop.test", "server.port": 443, "url.path": "/a", "url.query": "b=c"}),
            "https://shop.test/a?b=c",
        ),
        (
            json!({"url.scheme": "http", "server.address": "shop.test", "server.port": 8080, "url.path": "/a"}),
            "http://shop.test:8080/a",
        ),
        (
            json!({"http.scheme": "http", "http.host": "shop.test:81", "net.host.port": 81, "http.target": "/a?b=c"}),
            "http://shop.test:81/a?b=c",
        ),
        (json!({"http.target": "/a"}), "/a"),
    ] {
        let url = step(&own, &json!({})).request.expect("a request").url;
        assert_eq!(url.expect("a URL").0, expected);
    }
}

#[test]
fn what_a_span_talks_to_is_its_app() {
    for (own, kind, expected) in [
        (json!({"server.address": "crm.test"}), 3, "crm.test"),
        (
            json!({"http.url": "https://user@crm.test:8443/x?y"}),
            3,
            "crm.test",
        ),
        (json!({"http.url": "http://[::1]:80/"}), 3, "[::1]"),
        (json!({"http.url": "http://[::1]/"}), 3, "[::1]"),
        (json!({"http.url": "https://shop.test/x"}), 2, "shop"),
        (json!({"http.url": "nonsense"}), 3, "shop"),
        (json!({"server.address": " a\nb "}), 3, "a b"),
        (json!({}), 1, "shop"),
    ] {
        let step = step(&own, &json!({"kind": kind}));
        assert_eq!(app(&step), Some(expected), "{own}");
    }
    let long = step(&json!({"server.address": "é".repeat(200)}), &json!({}));
    assert_eq!(app(&long).map(|key| key.chars().count()), Some(128));
}

#[test]
fn bodies_and_the_object_come_in_attributes_of_their_own() {
    let own = json!({
        "http.request.body.content": "theirs", "integration.request.body": "{\"ours\": 1e400}",
        "http.response.body.content": {"bytesValue": "/wA="},
        "integration.object": "{\"id\": 1e400, \"name\":\"x\"}",
    });
    let told = step(&own, &json!({}));
    assert_eq!(
        told.request.expect("a request").body.expect("a body").0,
        b"{\"ours\": 1e400}"
    );
    assert_eq!(
        told.response.expect("a response").body.expect("a body").0,
        b"\xff\0"
    );
    assert_eq!(
        told.object.expect("an object").0,
        [
            ("id".into(), "1e400".into()),
            ("name".into(), "\"x\"".into())
        ]
    );
    let odd = step(&json!({"integration.object": "no JSON"}), &json!({}));
    assert_eq!(
        odd.object.expect("an object").0,
        [("value".to_owned(), "\"no JSON\"".to_owned())]
    );
    let big = "x".repeat(limit::OBJECT_BYTES);
    let map = json!({"kvlistValue": {"values": [{"key": "a", "value": {"intValue": 1}}, {"key": "b", "value": {"stringValue": big}}]}});
    let kept = step(&json!({"integration.object": map}), &json!({}));
    assert_eq!(
        kept.object.expect("an object").0,
        [("a".to_owned(), "1".to_owned())]
    );
    let plain = step(&json!({"thread.id": 1}), &json!({}));
    assert!(plain.request.is_none() && plain.response.is_none() && plain.object.is_none());
}

fn exception(own: &Value) -> Value {
    json!({"name": "exception", "timeUnixNano": "1544712661000000000", "attributes": attributes(own)})
}

#[test]
fn an_exception_is_the_error_of_its_step_with_its_stack() {
    let own = json!({"exception.type": "KeyError", "exception.message": "'id'", "exception.stacktrace": "at line 7", "order": 5});
    let more = json!({"parentSpanId": "", "status": {"code": 2, "message": "told"}, "events": [{"name": "begun"}, exception(&own)]});
    let run = run(&json!({}), span(&json!({}), &more));
    assert_eq!(
        run.error.as_ref().map(|error| &*error.0),
        Some("KeyError: 'id'")
    );
    let step = &run.steps[0];
    assert_eq!(
        step.error.as_ref().map(|error| &*error.0),
        Some("KeyError: 'id'\n\nat line 7")
    );
    let entries: Vec<_> = run.log.iter().map(shown).collect();
    let of = SPAN.to_lowercase();
    assert_eq!(
        entries,
        [
            format!("{of}-0 info begun | "),
            format!("{of}-1 error KeyError: 'id' | at line 7\n\norder: 5"),
        ]
    );
    assert!(
        run.log
            .iter()
            .all(|entry| entry.step == step.key && entry.run == run.key)
    );
    // Without a moment of its own an event is told of when its span began.
    assert_eq!(run.log[0].logged_at, step.started_at);
}

fn shown(entry: &LogReport) -> String {
    let key = entry.key.as_ref().expect("a key");
    let level = entry.level.unwrap_or(LogLevel::Info);
    let of = |text: &Option<crate::report::Text>| text.clone().unwrap_or_default().0;
    format!(
        "{key} {level} {} | {}",
        of(&entry.message),
        of(&entry.description)
    )
}

#[test]
fn only_a_span_that_failed_has_an_error() {
    let handled = json!({"events": [exception(&json!({"exception.message": "m"}))]});
    assert!(step(&json!({}), &handled).error.is_none());
    let error = |own: &Value, code: i64, message: &str| {
        let step = step(own, &json!({"status": {"code": code, "message": message}}));
        step.error.map(|error| error.0)
    };
    assert_eq!(error(&json!({}), 2, "refused").as_deref(), Some("refused"));
    assert_eq!(
        error(&json!({"error.type": "timeout"}), 2, " ").as_deref(),
        Some("timeout")
    );
    assert_eq!(
        error(&json!({"http.status_code": 500}), 0, "m").as_deref(),
        Some("m")
    );
    assert_eq!(error(&json!({}), 2, ""), None);
    assert_eq!(error(&json!({"error.type": "t"}), 1, "m"), None);
    assert_eq!(error(&json!({"error.type": "t"}), 0, "m"), None);
}

#[test]
fn as_many_events_are_kept_as_there_is_room_for() {
    let events: Vec<_> = (0..limit::OTLP_ATTRIBUTES + 5)
        .map(|n| json!({"name": format!("e{n}")}))
        .collect();
    let one = span(&json!({}), &json!({"events": events}));
    let taken = take_json(&request(&json!({}), &vec![one; 200]));
    let entries: usize = taken.items.iter().map(|item| run_of(item).log.len()).sum();
    assert_eq!(entries, limit::OTLP_ENTRIES);
    assert_eq!(taken.items.len(), 200);
    assert!(
        taken.notes[0].starts_with("2200 attributes or events"),
        "{:?}",
        taken.notes
    );
}
