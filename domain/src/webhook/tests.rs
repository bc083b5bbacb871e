//! By the specification's own vector, and what is refused.

use super::*;

/// The example of the specification and of its libraries.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const SECONDS: i64 = 1_614_265_330;
const BODY: &[u8] = br#"{"test": 2432232314}"#;
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const THEN: Timestamp = Timestamp::from_ms(SECONDS * 1_000);

fn read<'h>(id: &'h str, timestamp: &'h str, signature: &'h str) -> Result<Signed<'h>, Refused> {
    Signed::read(|name| match name {
        "webhook-id" => Some(id),
        "webhook-timestamp" => Some(timestamp),
        "webhook-signature" => Some(signature),
        _ => None,
    })
}

fn check(signature: &str, body: &[u8], now: Timestamp) -> Result<(), Refused> {
    let secret = Secret::parse(SECRET).expect("a secret");
    read(ID, "1614265330", signature)?.check(&[secret], body, now)
}

#[test]
fn the_example_of_the_specification_is_genuine() {
    assert_eq!(check(SIGNATURE, BODY, THEN), Ok(()));
    // Among others: an older secret's, a public key's, and what is none at all.
    for signature in [
        format!("v1,{} {SIGNATURE}", STANDARD.encode([7; 32])),
        format!("v1a,{} v2 v1, , {SIGNATURE}", STANDARD.encode([7; 64])),
        format!("{SIGNATURE} v1,x"),
    ] {
        assert_eq!(check(&signature, BODY, THEN), Ok(()), "{signature}");
    }
    let old = Secret::new([7; 32]);
    let signed = read(ID, "1614265330", SIGNATURE).expect("headers");
    let secret = Secret::parse(SECRET).expect("a secret");
    assert_eq!(signed.check(&[old.clone(), secret], BODY, THEN), Ok(()));
    assert_eq!(signed.check(&[old], BODY, THEN), Err(Refused::Forged));
    assert_eq!(signed.check(&[], BODY, THEN), Err(Refused::Forged));
}

#[test]
fn whatever_of_an_event_was_changed_it_is_forged() {
    let secret = [Secret::parse(SECRET).expect("a secret")];
    for (id, timestamp, signature, body) in [
        ("msg_other", "1614265330", SIGNATURE, BODY),
        (ID, "1614265331", SIGNATURE, BODY),
        (
            ID,
            "1614265330",
            SIGNATURE,
            br#"{"test": 2432232315}"#.as_slice(),
        ),
        (ID, "1614265330", SIGNATURE, b"".as_slice()),
        (ID, "1614265330", &SIGNATURE[3..], BODY),
        (ID, "1614265330", &SIGNATURE.replace("v1,", "v1a,"), BODY),
        (ID, "1614265330", &SIGNATURE[..20], BODY),
        (ID, "1614265330", &SIGNATURE.replace('E', "e"), BODY),
    ] {
        let signed = read(id, timestamp, signature).expect("headers");
        let refused = signed.check(&secret, body, THEN);
        assert_eq!(
            refused,
            Err(Refused::Forged),
            "{id} {timestamp} {signature}"
        );
    }
    // A dot that moves from one part into the next signs the same bytes; the moment is then none.
    let moved = read("msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330", "1", SIGNATURE).expect("headers");
    assert!(moved.check(&secret, BODY, THEN).is_err());
}

#[test]
fn an_event_is_of_now_by_five_minutes_either_way() {
    for (late, answer) in [
        (0, Ok(())),
        (TOLERANCE_MS, Ok(())),
        (-TOLERANCE_MS, Ok(())),
        (TOLERANCE_MS + 1, Err(Refused::Untimely("old"))),
        (-TOLERANCE_MS - 1, Err(Refused::Untimely("ahead"))),
    ] {
        let checked = check(SIGNATURE, BODY, THEN.plus_ms(late));
        assert_eq!(checked, answer, "{late}");
    }
    for timestamp in ["-9223372036854775", "9223372036854775"] {
        let signed = read(ID, timestamp, SIGNATURE).expect("a number");
        assert!(signed.check(&[], BODY, THEN).is_err());
    }
}

#[test]
fn a_header_that_is_missing_or_makes_no_sense_is_named() {
    for (id, timestamp, signature, refused) in [
        ("", "1", "v1,x", Refused::Missing("webhook-id")),
        ("m", " ", "v1,x", Refused::Missing("webhook-timestamp")),
        ("m", "1", "", Refused::Missing("webhook-signature")),
        ("m", "soon", "v1,x", Refused::Malformed("webhook-timestamp")),
        ("m", "1.5", "v1,x", Refused::Malformed("webhook-timestamp")),
        (
            "m",
            "9223372036854775807",
            "v1,x",
            Refused::Malformed("webhook-timestamp"),
        ),
        (
            &"m".repeat(257),
            "1",
            "v1,x",
            Refused::Malformed("webhook-id"),
        ),
    ] {
        assert_eq!(read(id, timestamp, signature), Err(refused));
    }
    assert_eq!(Signed::read(|_| None), Err(Refused::Missing("webhook-id")));
}

#[test]
fn a_secret_is_written_as_senders_write_it_and_never_printed() {
    let secret = Secret::new([0xA7; 32]);
    assert_eq!(Secret::parse(&secret.text()), Ok(secret.clone()));
    assert_eq!(
        Secret::parse(&format!(" {} ", secret.text())),
        Ok(secret.clone())
    );
    assert_eq!(format!("{secret:?}"), "Secret");
    for text in [
        "",
        "whsec_",
        "whsec_short",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_!!KQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        &format!("whsec_{}", STANDARD.encode([1; 23])),
        &format!("whsec_{}", STANDARD.encode([1; 65])),
    ] {
        assert_eq!(Secret::parse(text), Err(NoSecret), "{text}");
    }
    assert!(Secret::parse(&format!("whsec_{}", STANDARD.encode([1; 64]))).is_ok());
}

#[test]
fn the_same_event_of_the_same_endpoint_is_the_same_run() {
    let key = |id: &str, endpoint: &str| {
        let key = read(id, "1", "v1,x").expect("headers").run_key(endpoint);
        key.expect("a key").to_string()
    };
    assert!(key("msg_1", "a").ends_with("-msg_1"));
    assert_eq!(key("msg_1", "a"), key("msg_1", "a"));
    assert_ne!(key("msg_1", "a"), key("msg_1", "b"));
    assert_ne!(key("msg_1", "a"), key("msg_2", "a"));
    // Too long for a key, and yet told apart.
    let (long, longer) = ("m".repeat(200), "m".repeat(201));
    assert_ne!(key(&long, "a"), key(&longer, "a"));
}

#[test]
fn an_event_becomes_a_run_that_shows_what_came() {
    let key = |text: &str| Key::new(text).expect("a key");
    let (run, integration, step) = (key("r"), key("i"), key("event"));
    let report = |body: &[u8]| {
        let event = Event {
            run: &run,
            integration: &integration,
            step: &step,
            url: "https://runs.example.com/hooks/e",
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body,
        };
        match crate::report::Report::parse(&event.report(THEN), None) {
            Ok(crate::report::Report::Run(report)) => *report,
            other => panic!("{other:?}"),
        }
    };
    let taken = report(br#"{"type": "order.created", "data": {"type": 7}}"#);
    let trigger = taken.trigger.expect("a trigger");
    assert_eq!(trigger.kind.expect("its type").0, "webhook");
    assert_eq!(trigger.name.expect("its name").0, "order.created");
    assert_eq!(
        taken.steps[0].request.as_ref().expect("it").headers.0.len(),
        1
    );
    for body in [
        b"".as_slice(),
        b"\xff\x00",
        b"[]",
        br#"{"type": 7}"#,
        br#"{"type": " "}"#,
        "[".repeat(100_000).as_bytes(),
    ] {
        assert_eq!(report(body).trigger.expect("a trigger").name, None);
    }
}
