use super::*;
use crate::redact::{Names, Redactor, Rules};

fn rules() -> Rules {
    Rules::new([7; 32], Names::default())
}
use crate::limit;

fn rejection(json: &str) -> (String, String, String) {
    let rejection = Report::parse(json, None).expect_err(json);
    (rejection.path, rejection.code, rejection.rule)
}

fn step(json: &str) -> StepReport {
    let text = format!("{{\"type\":\"step\",\"run\":\"r\",\"key\":\"s\",{json}}}");
    match Report::parse(&text, None).unwrap_or_else(|error| panic!("{text}: {error:?}")) {
        Report::Step(step) => *step,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_wrong_is_named_by_its_path() {
    let cases = [
        (r#"{"key":"a"}"#, "type", "missing_field"),
        (r#"{"type":"rum"}"#, "type", "invalid_field"),
        (r#"{"type":"app"}"#, "key", "missing_field"),
        (
            r#"{"type":"run","key":"r","stauts":"ok"}"#,
            "stauts",
            "unknown_field",
        ),
        (
            r#"{"type":"run","key":"r","status":"success"}"#,
            "status",
            "invalid_field",
        ),
        (
            r#"{"type":"run","key":"r","status":"skipped"}"#,
            "status",
            "invalid_field",
        ),
        (r#"{"type":"run","status":"ok"}"#, "key", "missing_field"),
        (
            r#"{"type":"run","key":"r","steps":[{"key":"a"},{"key":"b","started_at":"noon"}]}"#,
            "steps[1].started_at",
            "invalid_field",
        ),
        (
            r#"{"type":"run","key":"r","integration":{"key":"i","flow":{"name":"x"}}}"#,
            "integration.flow",
            "missing_field",
        ),
        (
            r#"{"type":"run","key":"r","integration":{"key":"i","flow":{"key":"f","status":"live"}}}"#,
            "integration.flow.status",
            "invalid_field",
        ),
        (
            r#"{"type":"run","key":"r","steps":[{"key":"a","run":"other"}]}"#,
            "steps[0].run",
            "invalid_field",
        ),
        (r#"{"type":"step","key":"s"}"#, "run", "missing_field"),
        (r#"{"type":"step","run":"r"}"#, "key", "missing_field"),
        (
            r#"{"type":"log","run":"r","message":"x"}"#,
            "key",
            "missing_field",
        ),
        (
            r#"{"type":"log","run":"r","key":"1"}"#,
            "message",
            "missing_field",
        ),
        (
            r#"{"type":"app","key":"a","documentation_url":"javascript:alert(1)"}"#,
            "documentation_url",
            "invalid_field",
        ),
        (
            r#"{"type":"step","run":"r","key":"s","response":{"status":70000}}"#,
            "response.status",
            "invalid_field",
        ),
        (
            r#"{"type":"step","run":"r","key":"s","request":{"body":"a","body_base64":"YQ=="}}"#,
            "request.body_base64",
            "invalid_field",
        ),
        (
            r#"{"type":"step","run":"r","key":"s","request":{"body_base64":"*"}}"#,
            "request.body_base64",
            "invalid_field",
        ),
        (r#"{"type":"app","key":"a b "}"#, "key", "invalid_field"),
        (r#"{"type":"app""#, "", "not_json"),
        ("", "", "not_json"),
        (r#"{"type":"app","key":"a"} x"#, "", "not_json"),
    ];
    for (json, path, code) in cases {
        let (was_path, was_code, rule) = rejection(json);
        assert_eq!(
            (was_path.as_str(), was_code.as_str()),
            (path, code),
            "{json}: {rule}"
        );
        assert!(
            !rule.is_empty() && (code == "not_json" || !rule.contains(" at line ")),
            "{rule}"
        );
    }
}

#[test]
fn a_list_is_no_object_whose_fields_have_no_names() {
    let whole = |path: &str| (path.to_owned(), "invalid_field".to_owned());
    for (json, path) in [
        ("[]", ""),
        (r#"["run","r"]"#, ""),
        (r#"{"type":"run","key":"r","trigger":["Shop"]}"#, "trigger"),
        (
            r#"{"type":"run","key":"r","steps":[[null,"s"]]}"#,
            "steps[0]",
        ),
        (r#"{"type":"run","key":"r","log":[[]]}"#, "log[0]"),
        (
            r#"{"type":"step","run":"r","key":"s","request":["GET"]}"#,
            "request",
        ),
        (
            r#"{"type":"step","run":"r","key":"s","response":[200]}"#,
            "response",
        ),
    ] {
        let (at, code, rule) = rejection(json);
        assert_eq!((at, code), whole(path), "{json}");
        assert!(rule.contains("expected an object"), "{rule}");
    }
    assert!(Report::parse(r#"{"type":"run","key":"r","trigger":null}"#, None).is_ok());
}

#[test]
fn an_unknown_field_is_told_the_known_ones() {
    let (_, _, rule) = rejection(r#"{"type":"app","key":"a","nam":"x"}"#);
    assert!(rule.contains("`nam`") && rule.contains("`name`"), "{rule}");
}

#[test]
fn text_over_its_limit_is_refused_with_both_numbers() {
    let long = "x".repeat(limit::NAME_CHARS + 1);
    let (path, code, rule) = rejection(&format!(r#"{{"type":"app","key":"a","name":"{long}"}}"#));
    assert_eq!((path.as_str(), code.as_str()), ("name", "invalid_field"));
    assert_eq!(rule, "at most 1024 characters, this has 1025");
    let fits = "é".repeat(limit::NAME_CHARS);
    assert!(
        Report::parse(
            &format!(r#"{{"type":"app","key":"a","name":"{fits}"}}"#),
            None
        )
        .is_ok()
    );
}

#[test]
fn nesting_is_bounded_without_recursion() {
    let deep = |levels: usize| {
        let body = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        format!(r#"{{"type":"step","run":"r","key":"s","response":{{"body":{body}}}}}"#)
    };
    assert!(Report::parse(&deep(limit::JSON_DEPTH - 2), None).is_ok());
    assert_eq!(rejection(&deep(limit::JSON_DEPTH - 1)).1, "too_deep");
    assert_eq!(rejection(&deep(1_000_000)).1, "too_deep");
    assert_eq!(nesting(br#"{"a":"[[[\"[","b":[1]}"#), 2);
}

#[test]
fn bodies_keep_the_very_text_that_was_sent() {
    let body = |json: &str| {
        step(&format!("\"response\":{json}"))
            .payload(&Redactor::new(&rules()))
            .response
            .expect("a response")
            .body
    };
    let bytes = |json: &str| body(json).map(|body| body.bytes);
    assert_eq!(
        bytes(r#"{"body":{"b":1e400,  "b":123456789012345678901234567890}}"#).as_deref(),
        Some(br#"{"b":1e400,  "b":123456789012345678901234567890}"#.as_slice())
    );
    assert_eq!(
        bytes(r#"{"body":"a\u0000\n"}"#).as_deref(),
        Some(b"a\0\n".as_slice())
    );
    assert_eq!(
        bytes(r#"{"body_base64":"/wD+"}"#).as_deref(),
        Some([255, 0, 254].as_slice())
    );
    assert_eq!(bytes(r#"{"body":""}"#).as_deref(), Some(b"".as_slice()));
    assert_eq!(body(r#"{"body":null}"#), None);
    assert_eq!(body("{}"), None);
}

#[test]
fn headers_may_repeat_in_any_of_three_forms() {
    let headers = |json: &str| {
        step(&format!("\"response\":{{\"headers\":{json}}}"))
            .payload(&Redactor::new(&rules()))
            .response
            .expect("a response")
            .headers
            .0
    };
    let twice = [
        ("a".to_owned(), "1".to_owned()),
        ("a".to_owned(), "2".to_owned()),
    ];
    assert_eq!(headers(r#"[["a","1"],["a","2"]]"#), twice);
    assert_eq!(headers(r#"{"a":["1","2"]}"#), twice);
    assert_eq!(
        headers(r#"{"a":"1","Authorization":"Basic eA=="}"#)[1].1,
        "Basic [redacted:basic]"
    );
    assert_eq!(headers("{}"), []);
}

#[test]
fn the_same_report_makes_the_same_key() {
    let key = |json| match Report::parse(json, None).expect(json) {
        Report::Run(run) => run.key,
        Report::Log(entry) => entry.key,
        other => panic!("{other:?}"),
    };
    let run = r#"{"type":"run","integration":"i","started_at":"2026-11-12T09:14:03Z"}"#;
    let later =
        r#"{"type":"run","integration":"i","started_at":"2026-11-12T09:14:04Z","status":"ok"}"#;
    assert_eq!(key(run), key(run));
    assert_ne!(key(run), key(later));
    let entry = r#"{"type":"log","run":"r","logged_at":1,"message":"x"}"#;
    assert_eq!(key(entry), key(entry));
}

#[test]
fn steps_without_a_place_take_the_one_in_the_list() {
    let json = r#"{"type":"run","key":"r","steps":[{"name":"a"},{"name":"b"},{"key":"k","position":7},{"key":"j"}]}"#;
    let Report::Run(run) = Report::parse(json, None).expect(json) else {
        panic!("a run")
    };
    let places: Vec<_> = run
        .steps
        .iter()
        .map(|s| (s.key.clone().expect("made").to_string(), s.position))
        .collect();
    assert_eq!(
        places,
        [
            ("1".to_owned(), Some(1)),
            ("2".to_owned(), Some(2)),
            ("k".to_owned(), Some(7)),
            ("j".to_owned(), Some(4))
        ]
    );
}

#[test]
fn the_address_and_the_body_must_agree() {
    let target = Target {
        kind: Kind::Step,
        key: Key::new("s").expect("key"),
        run: Key::new("r").ok(),
    };
    let code = |json| {
        Report::parse(json, Some(&target))
            .map(|_| ())
            .map_err(|r| (r.path, r.code))
    };
    assert_eq!(code(r#"{"status":"ok"}"#), Ok(()));
    assert_eq!(code(r#"{"type":"step","key":"s","run":"r"}"#), Ok(()));
    assert_eq!(
        code(r#"{"key":"t"}"#),
        Err(("key".into(), "other_than_address".into()))
    );
    assert_eq!(
        code(r#"{"run":"t"}"#),
        Err(("run".into(), "other_than_address".into()))
    );
    assert_eq!(
        code(r#"{"type":"run"}"#),
        Err(("type".into(), "other_than_address".into()))
    );
}

#[test]
fn a_nul_in_text_becomes_visible() {
    let entry = r#"{"type":"log","run":"r","key":"1","message":"a\u0000b"}"#;
    let Report::Log(entry) = Report::parse(entry, None).expect("a log entry") else {
        panic!("a log entry")
    };
    assert_eq!(entry.message.expect("a message").0, "a\u{2400}b");
}
