//! The rules of comparing, by example and by property.

#[path = "largest.rs"]
mod largest;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::{Body, Headers, limit::BODY_BYTES};

fn bodies(then: impl Into<Vec<u8>>, now: impl Into<Vec<u8>>) -> Group {
    let body = |bytes: Vec<u8>| Some(Body::new(bytes, true));
    let (then, now) = (body(then.into()), body(now.into()));
    body::compare([&then, &now], [None, None]).expect("a group")
}

/// `path: then -> now` of each difference, the usual ones in brackets.
fn told(group: &Group) -> Vec<String> {
    let line = |d: &Difference| format!("{}: {} -> {}", d.path, d.then, d.now);
    let usual = group.usual.iter().map(|d| format!("({})", line(d)));
    group.differences.iter().map(line).chain(usual).collect()
}

#[test]
fn members_are_compared_by_name_in_any_order() {
    let group = bodies(
        r#"{"b": 1, "a": {"x": "é", "gone": [1, {"y": 2}]}, "same": [1,2]}"#,
        r#"{"a": {"new": null, "x": "\u00e9"}, "b": "1", "same": [ 1, 2 ]}"#,
    );
    assert_eq!(
        told(&group),
        [
            "a.new:  -> null",
            "a.gone: [1, {\"y\": 2}] -> ",
            "b: 1 -> \"1\""
        ]
    );
    assert_eq!(group.equal, 3);
}

#[test]
fn moments_and_ids_are_set_apart_and_a_missing_one_is_not() {
    let group = bodies(
        r#"{"id": 7, "created": "2026-11-12T09:14:03Z", "account_id": "a1", "code": "OK"}"#,
        r#"{"id": 8, "created": "2026-11-13T09:14:03Z", "account_id": null, "code": "NO"}"#,
    );
    assert_eq!(
        told(&group),
        [
            "account_id: \"a1\" -> null",
            "code: \"OK\" -> \"NO\"",
            "(id: 7 -> 8)",
            "(created: \"2026-11-12T09:14:03Z\" -> \"2026-11-13T09:14:03Z\")",
        ]
    );
}

#[test]
fn items_are_known_by_an_id_of_theirs_or_by_what_is_the_same() {
    let group = bodies(
        r#"[{"sku": "A", "n": 1}, {"sku": "B", "n": 2}, {"sku": "C", "n": 3}]"#,
        r#"[{"sku": "C", "n": 3}, {"sku": "D", "n": 4}, {"sku": "A", "n": 9}]"#,
    );
    assert_eq!(
        told(&group),
        [
            "[sku=D]:  -> {\"sku\": \"D\", \"n\": 4}",
            "[sku=A].n: 1 -> 9",
            "[sku=B]: {\"sku\": \"B\", \"n\": 2} -> ",
        ]
    );
    let group = bodies("[1, 2, 3]", "[0, 1, 2, 3]");
    assert_eq!(told(&group), ["[0]:  -> 0"]);
}

#[test]
fn odd_json_is_compared_as_it_was_sent() {
    let group = bodies(
        r#"{"a":1,"a":1e400,"n":100000000000000000000000000001}"#,
        r#"{"a":1,"a":1e401,"n":100000000000000000000000000002}"#,
    );
    assert_eq!(
        told(&group),
        [
            "a (no. 2): 1e400 -> 1e401",
            "(n: 100000000000000000000000000001 -> 100000000000000000000000000002)",
        ]
    );
    let deep = |leaf: &str| format!("{}{leaf}{}", "[".repeat(500), "]".repeat(500));
    let group = bodies(deep("1"), deep("2"));
    assert_eq!(group.count(), 1);
    assert!(group.differences[0].path.starts_with("[0][0]"));
}

#[test]
fn redacted_on_both_sides_is_not_known_to_be_equal() {
    let group = bodies(
        r#"{"user": {"token": "[redacted]"}, "a": 1}"#,
        r#"{"user": {"token": "[redacted]"}, "a": 2}"#,
    );
    assert_eq!(
        (told(&group), &group.redacted[..]),
        (vec!["a: 1 -> 2".to_owned()], &["user.token".to_owned()][..])
    );
    let headers = |date: &str| {
        Headers(vec![
            ("Authorization".into(), "Bearer [redacted]".into()),
            ("DATE".into(), date.into()),
        ])
    };
    let group = message::headers(&headers("today"), &headers("tomorrow"));
    assert_eq!((group.count(), group.usual_count(), group.equal), (0, 1, 1));
    assert_eq!(group.redacted, ["Authorization"]);
}

#[test]
fn fingerprints_tell_the_same_secret_from_another() {
    let token = |digest: &str| format!("[redacted:token:~32:{digest}]");
    let body = |kept: &str, changed: &str| {
        format!(
            r#"{{"kept": "{}", "changed": "{}", "pin": "[redacted:pin]", "a": 1}}"#,
            token(kept),
            token(changed)
        )
    };
    let group = bodies(body("00000001", "00000002"), body("00000001", "00000003"));
    assert_eq!(group.same_secret, ["kept"]);
    assert_eq!(group.other_secret, ["changed"]);
    assert_eq!(group.redacted, ["pin"]);
    assert_eq!((group.count(), group.equal), (1, 3));
    // What an earlier version kept says nothing of equality, and is no change.
    let group = bodies(
        r#"{"a": 1, "t": "[redacted]"}"#,
        format!(r#"{{"a": 2, "t": "{}"}}"#, token("00000001")),
    );
    assert_eq!(
        (group.count(), &group.redacted[..]),
        (1, &["t".to_owned()][..])
    );
    let header = |value: String| Headers(vec![("Authorization".into(), format!("Bearer {value}"))]);
    let group = message::headers(&header(token("00000001")), &header(token("00000002")));
    assert_eq!(
        (group.count(), &group.other_secret[..]),
        (1, &["Authorization".to_owned()][..])
    );
}

#[test]
fn a_body_that_was_not_kept_is_compared_with_nothing() {
    let kept = Some(Body::new(b"{}".to_vec(), false));
    let group = body::compare([&Some(Body::unchecked()), &kept], [None, None]).expect("a group");
    assert_eq!((group.count(), group.equal), (0, 0));
    assert!(group.notes[0].contains("could not be checked for secrets"));
}

#[test]
fn a_url_is_compared_by_its_parts() {
    let mut found = Found::default();
    message::urls(
        &mut found,
        Some("https://api.test/v1/orders/17?limit=10&page=1&since_id=5"),
        Some("https://api2.test:8443/v1/orders/18?limit=20&since_id=6&debug"),
    );
    assert_eq!(
        told(&found.group("")),
        [
            "server: https://api.test -> https://api2.test:8443",
            "parameter limit: 10 -> 20",
            "parameter debug:  -> ",
            "parameter page: 1 -> ",
            "(path: /v1/orders/17 -> /v1/orders/18)",
            "(parameter since_id: 5 -> 6)",
        ]
    );
}

#[test]
fn text_is_compared_by_line_and_markup_by_element() {
    let group = bodies("a\nb\nc\n", "a\nx\nb\nd\n");
    assert_eq!(told(&group), ["line 2:  -> x", "line 4: c -> d"]);
    let group = bodies("<a><b>1</b><c/></a>", "<a><b>2</b><c/></a>");
    assert_eq!(told(&group), ["line 2: <b>1</b> -> <b>2</b>"]);
    let group = bodies("a\r\nb", "a\nb");
    assert_eq!(
        group.notes,
        ["They differ only in the ends of their lines."]
    );
}

#[test]
fn another_kind_of_body_and_bytes_are_told_as_what_they_are() {
    let group = bodies("{\"a\":1}", "<html><p>Bad gateway</p>");
    assert_eq!(group.notes, ["Then it was JSON, now it is XML."]);
    assert_eq!(
        told(&group),
        ["body: {\"a\":1} -> <html><p>Bad gateway</p>"]
    );
    let group = bodies(b"\0\x01\x02".as_slice(), b"\0\x01\x03".as_slice());
    assert!(
        group.differences[0]
            .then
            .starts_with("3 bytes, SHA-256 ae4b")
    );
    let group = bodies("{\"a\":", "{\"a\":1}");
    assert!(group.notes[0].contains("no valid JSON") && group.count() == 1);
}

#[test]
fn a_section_that_one_side_lacks_is_told_as_missing() {
    let now = Payload {
        response: Some(Response::default()),
        ..Payload::default()
    };
    let parts = payloads(&Payload::default(), &now);
    assert_eq!(parts.len(), 1);
    assert_eq!(
        (parts[0].missing, parts[0].count()),
        (Some(Missing::Then), 1)
    );
}

#[test]
fn bodies_that_differ_behind_what_was_kept_are_not_called_equal() {
    let long = |end: &str| "x".repeat(BODY_BYTES) + end;
    let group = bodies(long("y"), long("z"));
    assert_eq!((group.count(), group.equal), (1, 0));
    assert!(
        group
            .notes
            .iter()
            .any(|note| note.ends_with("the whole bodies are not."))
    );
    let group = bodies(long("y"), long("y"));
    assert_eq!((group.count(), group.equal), (0, 1));
}

/// How long each takes is told by `cargo bench -p domain --bench diff`.
#[test]
fn the_largest_bodies_come_to_an_end() {
    for (name, then, now) in largest::cases(BODY_BYTES) {
        assert!(bodies(then, now).count() > 0, "{name}");
    }
}

/// All values of JSON without lists, by path.
fn leaves(value: &Value) -> BTreeMap<Vec<String>, String> {
    fn walk(value: &Value, path: &mut Vec<String>, all: &mut BTreeMap<Vec<String>, String>) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                for (name, value) in members {
                    path.push(name.clone());
                    walk(value, path, all);
                    path.pop();
                }
            }
            leaf => _ = all.insert(path.clone(), leaf.to_string()),
        }
    }
    let mut all = BTreeMap::new();
    walk(value, &mut Vec::new(), &mut all);
    all
}

fn any_object() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        (0..3).prop_map(Value::from),
        "[xy]{0,2}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        proptest::collection::vec(("[abc]", inner), 0..5)
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>()))
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        (0..3).prop_map(Value::from),
        "[xy]{0,2}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec(("id|name|[abc]", inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn a_payload_does_not_differ_from_itself(body: Vec<u8>, status: Option<i64>, name: String, value: String, url: String) {
        let headers = Headers(vec![(name.clone(), value.clone()), (name, String::new())]);
        let body = Some(Body::new(body, false));
        let payload = Payload {
            request: Some(Request { method: None, url: Some(url), headers: headers.clone(), body: body.clone() }),
            response: Some(Response { status, headers, body }),
            object: Some(Object(vec![("a".into(), value)])),
        };
        for part in payloads(&payload, &payload) {
            prop_assert_eq!(part.count(), 0);
            prop_assert!(part.groups.iter().all(|group| group.usual_count() == 0));
        }
    }

    /// Every value that differs is told by exactly one difference, at its place or at the branch that it is in; no equal one is.
    #[test]
    fn each_value_that_differs_is_told_once(then in any_object(), now in any_object()) {
        let mut found = Found::default();
        structure::json(&mut found, &then.to_string(), &now.to_string()).expect("JSON");
        let group = found.group("");
        prop_assert_eq!(group.more + group.usual_more, 0);
        let places: Vec<Vec<String>> = group.differences.iter().chain(&group.usual).map(|difference| {
            let path = &difference.path;
            if path == "(all of it)" { vec![] } else { path.split('.').map(str::to_owned).collect() }
        }).collect();
        let (was, is) = (leaves(&then), leaves(&now));
        for path in was.keys().chain(is.keys()) {
            let told = places.iter().filter(|place| path.starts_with(place)).count();
            let differs = was.get(path) != is.get(path);
            prop_assert_eq!(told, usize::from(differs), "{:?} of {} and {}", path, then, now);
        }
        let equal = was.iter().filter(|(path, value)| is.get(*path) == Some(value)).count();
        prop_assert_eq!(group.equal as usize, equal);
    }

    #[test]
    fn differences_are_found_where_and_only_where_json_differs(then in any_json(), now in any_json()) {
        let mut found = Found::default();
        structure::json(&mut found, &then.to_string(), &now.to_string()).expect("JSON");
        let group = found.group("");
        prop_assert_eq!(group.count() + group.usual_count() > 0, then != now);
    }

    #[test]
    fn the_order_of_members_changes_nothing(value in any_json()) {
        fn turned(value: &Value) -> String {
            match value {
                Value::Object(members) => {
                    let members = members.iter().rev().map(|(name, value)| format!("{}:{}", json!(name), turned(value)));
                    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
                }
                Value::Array(items) => format!("[{}]", items.iter().map(turned).collect::<Vec<_>>().join(" ,")),
                leaf => leaf.to_string(),
            }
        }
        let mut found = Found::default();
        structure::json(&mut found, &value.to_string(), &turned(&value)).expect("JSON");
        prop_assert_eq!(found.group("").count(), 0);
    }

    #[test]
    fn no_bytes_make_it_panic(then in r#"[\[\]{}",:0-9a-etrufalsn\\ -]{0,40}"#, now in r#"[\[\]{}",:0-9a-etrufalsn\\ -]{0,40}"#, bytes: Vec<u8>) {
        bodies(then.clone(), now);
        bodies(then, bytes);
    }
}
