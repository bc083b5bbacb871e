//! Which secrets go, and what stays, by example.

mod properties;

use super::*;
use crate::redact::mark::holds;

fn rules() -> Rules {
    Rules::new([7; 32], Names::default())
}

/// The text without the digests and lengths of its marks.
fn short(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(":~") {
        let end = rest[at..].find(']').map_or(rest.len(), |end| at + end);
        plain.push_str(&rest[..at]);
        rest = &rest[end..];
    }
    plain + rest
}

fn text(of: &str) -> String {
    short(&Redactor::new(&rules()).text(of.to_owned()))
}

fn body(of: &[u8], coding: Option<&str>) -> String {
    let kept = Redactor::new(&rules()).body(of.to_vec(), coding);
    short(&String::from_utf8_lossy(&kept.expect("kept").bytes))
}

fn header(name: &str, value: &str) -> String {
    let kept = Redactor::new(&rules()).header(name, value);
    short(&kept.expect("kept"))
}

#[test]
fn a_mark_tells_kind_length_and_fingerprint() {
    let rules = rules();
    let redactor = Redactor::new(&rules);
    let mark = |kind, secret: &str| redactor.mark(kind, secret.as_bytes());
    let token = mark("token", "abcdefghijklmnopqrstuvwxyz0123456789");
    assert!(
        token.starts_with("[redacted:token:~32:") && token.len() == 29,
        "{token}"
    );
    assert_eq!(token, mark("token", "abcdefghijklmnopqrstuvwxyz0123456789"));
    assert_ne!(token, mark("token", "abcdefghijklmnopqrstuvwxyz0123456780"));
    let other = Rules::new([8; 32], Names::default());
    assert_ne!(
        token,
        Redactor::new(&other).mark("token", b"abcdefghijklmnopqrstuvwxyz0123456789")
    );
    assert!(holds(&token));
}

#[test]
fn what_could_be_guessed_has_no_fingerprint() {
    let rules = rules();
    let redactor = Redactor::new(&rules);
    let mark = |kind, secret: &str| redactor.mark(kind, secret.as_bytes());
    assert_eq!(mark("password", "hunter2"), "[redacted:password]");
    assert_eq!(mark("password", "hunter2hunter2"), "[redacted:password:~8]");
    assert_eq!(mark("pin", "a-long-one-time-code"), "[redacted:pin]");
    assert_eq!(mark("card", "4111111111111111"), "[redacted:card]");
    assert_eq!(
        mark("secret", "12345678901234567890"),
        "[redacted:secret:~16]"
    );
}

#[test]
fn secret_header_fields_lose_their_values() {
    for (name, value, kept) in [
        ("Authorization", "Bearer abc", "Bearer [redacted:bearer]"),
        ("Authorization", "Basic eA==", "Basic [redacted:basic]"),
        ("X-Api-Key", "k v", "[redacted:key]"),
        ("Set-Cookie", "sid=1; Path=/", "[redacted:cookie]"),
        ("Content-Type", "application/json", "application/json"),
        ("X-Author", "Ann", "Ann"),
        (
            "WWW-Authenticate",
            "Bearer realm=\"crm\", error=\"invalid_token\"",
            "Bearer realm=\"crm\", error=\"invalid_token\"",
        ),
        ("X-Custom", "Bearer abcdefgh1", "Bearer [redacted:bearer]"),
        (
            "Location",
            "https://a.test/?code=1&token=abc",
            "https://a.test/?code=1&token=[redacted:token]",
        ),
        ("Authorization", "", ""),
    ] {
        assert_eq!(header(name, value), kept, "{name}: {value}");
    }
}

#[test]
fn urls_keep_everything_but_secrets() {
    let rules = rules();
    for (url, kept) in [
        (
            "https://ann:pw@api.test/v1?limit=10&access_token=abc&q=a%20b#x",
            "https://[redacted:user]@api.test/v1?limit=10&access_token=[redacted:token]&q=a%20b#x",
        ),
        (
            "/_search?q=status:RUNNING&size=0",
            "/_search?q=status:RUNNING&size=0",
        ),
        (
            "https://a.test/cb#access_token=x&state=1",
            "https://a.test/cb#access_token=[redacted:token]&state=1",
        ),
        (
            "https://a.test/?token=ab#frag",
            "https://a.test/?token=[redacted:token]#frag",
        ),
        (
            "postgres://ann:p/s@db.test/x",
            "postgres://[redacted:user]@db.test/x",
        ),
        ("https://api.test:8443/a@b", "https://api.test:8443/a@b"),
        ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        (
            "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
            "https://hooks.slack.com/services/[redacted:slack]",
        ),
        (
            "https://a.test/?u=https%3A%2F%2Fb.test%2F%3Ftoken%3Dabc%26x%3D1",
            "https://a.test/?u=https%3A%2F%2Fb.test%2F%3Ftoken%3D[redacted:token]%26x%3D1",
        ),
    ] {
        let was = Redactor::new(&rules).url(url).expect("kept");
        assert_eq!(short(&was), kept);
    }
}

#[test]
fn secret_members_are_replaced_and_nothing_else() {
    for (given, kept) in [
        (
            r#"{ "user":"ann", "password" : "p\"w", "n": 1e400, "pass\u0077ord":7, "a":{"client_secret":["x",{"y":1}] }}"#,
            r#"{ "user":"ann", "password" : "[redacted:password]", "n": 1e400, "pass\u0077ord":"[redacted:password]", "a":{"client_secret":"[redacted:secret]" }}"#,
        ),
        (
            r#"{"token":null,"secret":true,"pin":"","auth":[]}"#,
            r#"{"token":null,"secret":true,"pin":"","auth":[]}"#,
        ),
        (
            r#"{"cookies":{"a":"x y","b":{"c":3,"d":null}}}"#,
            r#"{"cookies":{"a":"[redacted:cookie]","b":{"c":"[redacted:cookie]","d":null}}}"#,
        ),
        (
            r#"{"b":"{\"password\":\"a\\\"b\",\"x\":1}"}"#,
            r#"{"b":"{\"password\":\"[redacted:password]\",\"x\":1}"}"#,
        ),
        (
            r#"{"b":"{\"token\":12}"}"#,
            r#"{"b":"{\"token\":\"[redacted:token]\"}"}"#,
        ),
        (
            r#"[{"name":"X-Api-Key","value":"v"},{"name":"a","value":"v"}]"#,
            r#"[{"name":"X-Api-Key","value":"[redacted:key]"},{"name":"a","value":"v"}]"#,
        ),
        (
            "grant_type=password&client_secret=a%2Cb&scope=a+b",
            "grant_type=password&client_secret=[redacted:secret]&scope=a+b",
        ),
        (
            "{'password': 'x', 'a': 1}",
            "{'password': '[redacted:password]', 'a': 1}",
        ),
        (
            "<a><wsse:Password Type='t'>x</wsse:Password><b>y</b></a>",
            "<a><wsse:Password Type='t'>[redacted:password]</wsse:Password><b>y</b></a>",
        ),
        (
            "<a><secret><b>1</b><c>2</c></secret><d>3</d></a>",
            "<a><secret>[redacted:secret]</secret><d>3</d></a>",
        ),
        (
            "<u apiKey=\"k\" name=\"n\"/>",
            "<u apiKey=\"[redacted:key]\" name=\"n\"/>",
        ),
        (
            "<add key=\"ApiSecret\" value=\"v\"/><add key=\"b\" value=\"w\"/>",
            "<add key=\"ApiSecret\" value=\"[redacted:secret]\"/><add key=\"b\" value=\"w\"/>",
        ),
        (
            "user: ann\npassword: open sesame\ntoken: word\n",
            "user: ann\npassword: open sesame\ntoken: [redacted:token]\n",
        ),
        (
            "--x\r\nContent-Disposition: form-data; name=\"pin\"\r\n\r\n12\r\n--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n12\r\n--x--",
            "--x\r\nContent-Disposition: form-data; name=\"pin\"\r\n\r\n[redacted:pin]\r\n--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n12\r\n--x--",
        ),
    ] {
        assert_eq!(body(given.as_bytes(), None), kept);
    }
}

#[test]
fn a_name_without_a_value_hides_no_secret_behind_it() {
    // The quote behind `token=` ends a text; it opens no value that would swallow the next name.
    for given in [
        r#"{"url":"https://x.example/?token=","password":"Zq7hVb2nKw9tLx4c"}"#,
        r#"{"url":"https://x.example/?token=" , "n": 5, "password":"Zq7hVb2nKw9tLx4c"}"#,
        r#"{"a":["?a=b&token="],"password":"Zq7hVb2nKw9tLx4c"}"#,
        r#"{"a":[["token=",null,-1.5],"x"],"password":"Zq7hVb2nKw9tLx4c"}"#,
        r#"{"my token:":"","password":"Zq7hVb2nKw9tLx4c"}"#,
        r#"{"body":"{\"url\":\"?token=\",\"password\":\"Zq7hVb2nKw9tLx4c\"}"}"#,
        r#"{'url': '?token=', 'password': 'Zq7hVb2nKw9tLx4c'}"#,
        r#"{"cut":"{\"a\":1,\"auth\":","password":"Zq7hVb2nKw9tLx4c"}"#,
    ] {
        let kept = text(given);
        assert!(!kept.contains("Zq7hVb2nKw9tLx4c"), "{kept}");
    }
    assert_eq!(text("token=\",hunter2\" x"), "token=\"[redacted:token]\" x");
}

#[test]
fn a_cut_body_hides_its_secret_too() {
    for (given, kept) in [
        (r#"{"token":"abc"#, r#"{"token":"[redacted:token]""#),
        (r#"{"token":["abc"#, r#"{"token":"[redacted:token]""#),
        (r#"{"token":"#, r#"{"token":"#),
        ("<a><password>x", "<a><password>[redacted:password]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIabc", "[redacted:pem]"),
    ] {
        assert_eq!(body(given.as_bytes(), None), kept);
    }
}

#[test]
fn sentences_lose_their_secrets_and_stay_sentences() {
    for (given, kept) in [
        (
            "login with password=hunter2, then retry",
            "login with password=[redacted:password], then retry",
        ),
        ("Invalid token: not found", "Invalid token: not found"),
        ("Token: expired 3 days ago", "Token: expired 3 days ago"),
        (
            "sent api_key: a8f5f167f44f4964",
            "sent api_key: [redacted:key]",
        ),
        (
            "Authorization: Bearer abc.def-123",
            "Authorization: Bearer [redacted:bearer]",
        ),
        ("> Cookie: a=b; c=d", "> Cookie: [redacted:cookie]"),
        (
            "the bearer of this letter; Bearer authentication; basic knowledge",
            "the bearer of this letter; Bearer authentication; basic knowledge",
        ),
        (
            "The password is hunter2! Use it.",
            "The password is [redacted:password]! Use it.",
        ),
        (
            "he set the api_key to `a8f5f167f44f4964`.",
            "he set the api_key to `[redacted:key]`.",
        ),
        (
            "the token was \"tok-99xz81\" then",
            "the token was \"[redacted:token]\" then",
        ),
        (
            "the password is wrong; your token is expired, the secret to success is work",
            "the password is wrong; your token is expired, the secret to success is work",
        ),
        ("pin: 1234", "pin: [redacted:pin]"),
        (
            "curl -H 'X-Api-Key: abc123xyz'",
            "curl -H 'X-Api-Key: [redacted:key]'",
        ),
        (
            "paid with 4111 1111 1111 1111.",
            "paid with [redacted:card].",
        ),
        ("paid with 5555-5555-5555-4444", "paid with [redacted:card]"),
        (
            "order 1794474843250 at 2026-11-12T09:14:03Z",
            "order 1794474843250 at 2026-11-12T09:14:03Z",
        ),
        (
            "see https://ann:secret@db.test/x",
            "see https://[redacted:user]@db.test/x",
        ),
        (
            "msg {\"password\":\"x y\"} end",
            "msg {\"password\":\"[redacted:password]\"} end",
        ),
        (
            "key eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def end",
            "key [redacted:jwt] end",
        ),
        ("token=null and secret=", "token=null and secret="),
    ] {
        assert_eq!(text(given), kept);
    }
}

#[test]
fn a_secret_in_another_coding_is_found() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let inner = r#"{"password":"hunter2","a":1}"#;
    let code = STANDARD.encode(inner);
    assert_eq!(
        text(&format!("sent {code} twice")),
        "sent [redacted:encoded] twice"
    );
    let long = format!(r#"{{"message":"{}","token":"abc"}}"#, "word ".repeat(40));
    let kept = text(&format!("data:{}", STANDARD.encode(long)));
    let kept = STANDARD
        .decode(kept.strip_prefix("data:").expect("a prefix"))
        .expect("base64");
    assert!(String::from_utf8_lossy(&kept).contains(r#""token":"[redacted:token]""#));
    assert_eq!(
        body(&gzip(inner.as_bytes()), Some("gzip")),
        r#"{"password":"[redacted:password]","a":1}"#
    );
    let clean = gzip(b"{\"a\":1}");
    assert_eq!(
        Redactor::new(&rules())
            .body(clean.clone(), None)
            .expect("kept")
            .bytes,
        clean
    );
    assert_eq!(
        text(&STANDARD.encode(gzip(inner.as_bytes()))),
        "[redacted:encoded]"
    );
    assert_eq!(
        text("payload=%7B%22password%22%3A%22hunter2%22%7D&x=1"),
        "payload=%7B%22password%22%3A%22[redacted:password]%22%7D&x=1"
    );
    assert_eq!(
        text("a=%2522token%2522%253A%2522abcd%2522"),
        "a=%2522token%2522%253A%2522[redacted:token]%2522"
    );
    let utf16: Vec<u8> = [0xfeff]
        .into_iter()
        .chain("token=abcd".encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(body(&utf16, None), "token=[redacted:token]");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    unpack::packed(bytes)
}

#[test]
fn what_says_that_it_is_utf_16_is_looked_at_as_what_it_is_too() {
    let told = [b"\xff\xfe".as_slice(), b" token=hunter2hunter2 "].concat();
    let kept = body(&told, None);
    assert!(!kept.contains("hunter2"), "{kept}");
}

#[test]
fn what_cannot_be_looked_into_is_not_kept() {
    let rules = rules();
    let refused =
        |bytes: &[u8], coding| Redactor::new(&rules).body(bytes.to_vec(), coding).is_err();
    let mut broken = gzip(b"{\"password\":\"hunter2\"}");
    broken.truncate(20);
    assert!(refused(&broken, None));
    assert!(refused(b"\x1b\x03\xff\xfe", Some("br")));
    assert!(refused(b"\x28\xb5\x2f\xfd\x00", None));
    assert!(!refused(b"{\"a\":1}", Some("br")) && !refused(b"\x89PNG\xff", None));
    // A bomb, and many of them in one request.
    let bomb = gzip(&vec![0; limit::REQUEST_BYTES + 1]);
    assert!(refused(&bomb, None));
    let small = gzip(&vec![b' '; limit::REQUEST_BYTES / 2]);
    let redactor = Redactor::new(&rules);
    let kept = (0..20).filter(|_| redactor.body(small.clone(), None).is_ok());
    assert_eq!(kept.count(), 8);
    assert_eq!(guarded::<()>(|| panic!("on purpose")), Err(Unchecked));
}

#[test]
fn clean_values_stay_as_they_were() {
    for clean in [
        r#"{"id":4111111111111111,"order_id":"36012345678901"}"#,
        r#"{"created":1794474843250,"amount":4111111111111111.5,"lat":52.4111111111111111}"#,
        "9f1c2d3e4b5a69789f1c2d3e4b5a69789f1c2d3e4b5a69789f1c2d3e4b5a6978",
        "123e4567-e89b-12d3-a456-426614174000",
        "sk-chasing-dot-before-after-wrapper",
        "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "https://shop.test/variants/36012345678901?ref=a",
        "user_auth: dana@acme.test",
        r#"{"max_tokens":4096,"usage":{"total_tokens":12}}"#,
        "The password must have at least 12 characters.",
        r#"{"password_changed":false}"#,
        "aGVsbG8gd29ybGQgdGhpcyBpcyBjbGVhbg==",
    ] {
        assert_eq!(text(clean), clean);
    }
}

#[test]
fn a_user_id_is_never_taken_for_a_card() {
    let rules = rules();
    let redactor = Redactor::new(&rules);
    for id in ["4111111111111111", "token=abc", "dana@acme.test"] {
        assert_eq!(redactor.id(id.to_owned()), id);
    }
    let token = redactor.id(format!("ghp_{}", "a1".repeat(18)));
    assert!(token.starts_with("[redacted:github:~32:"), "{token}");
}

#[test]
fn a_file_loses_its_secrets_unless_it_would_not_open_any_more() {
    let rules = rules();
    let file = |bytes: &[u8]| Redactor::new(&rules).file(bytes.to_vec());
    let secret = b"user;password\npassword=hunter2hunter2hunter2\n";
    let kept = file(secret).expect("kept");
    assert!(kept.redacted && !String::from_utf8_lossy(&kept.bytes).contains("hunter2"));
    // Latin-1, and a log with a gap in it, are texts too.
    for before in [b"\xe9t\xe9;".as_slice(), b"\0\0\0\0"] {
        let kept = file(&[before, secret].concat()).expect("kept");
        assert!(kept.redacted && kept.bytes.starts_with(before));
    }
    let kept = file(&gzip(secret)).expect("kept");
    assert!(kept.redacted && kept.bytes.starts_with(b"user;"));
    for closed in [
        b"PK\x03\x04".as_slice(),
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n",
    ] {
        let bytes = [closed, secret].concat();
        let kept = file(&bytes).expect("kept");
        assert_eq!((kept.bytes, kept.redacted), (bytes, false));
    }
    for packed in [
        b"\x28\xb5\x2f\xfd\0\0".as_slice(),
        b"\xfd7zXZ\0",
        b"BZh91AY&SY",
        b"7z\xbc\xaf\x27\x1c\0",
        b"\x1f\x8b\x08\0\0",
    ] {
        assert_eq!(file(packed), Err(Unchecked), "{packed:?}");
    }
}

/// A mark beside a value may show that to be a secret too: a long file is looked at again.
#[test]
fn what_is_kept_of_a_long_file_holds_nothing_that_another_look_would_find() {
    let rules = rules();
    let line = "a=b&token=hunter2hunter2hunter2&c=d card 4111111111111111 x\n";
    let long = line.repeat(AGAIN_BYTES / line.len() + 1);
    let kept = Redactor::new(&rules).file(long.into_bytes()).expect("kept");
    assert!(kept.redacted && kept.bytes.len() > AGAIN_BYTES);
    let again = Redactor::new(&rules).body(kept.bytes, None).expect("kept");
    assert!(!again.redacted);
}

#[test]
fn what_a_text_of_json_holds_does_not_hide_the_members_behind_it() {
    let secret = "Zq7hVb2nKw9tLx4c";
    for before in [
        "token:{x",
        "hhp}\0hasauthkey6789a:{\" iv_{\"a\":[\"ptme\0\0//\0\rr\\r\\r\\r\\\r e\rs':p=u:/\0\rr\\r\\r\\r\\",
        "password={'",
        "key: [\"",
        "\"secret\": \"\\",
        "token=\\\"",
    ] {
        let inner = serde_json::json!({"a": [before], before: before, "client_secret": secret, "z": "\r e\rs':cV"});
        for json in [inner.clone(), serde_json::json!([before, {before: inner}])] {
            let lines = format!("{json}\n{json}\n");
            for document in [json.to_string(), format!("{json:#}"), lines] {
                for kept in [text(&document), body(document.as_bytes(), None)] {
                    assert!(!kept.contains(secret), "{before}: {kept}");
                }
            }
        }
    }
}
