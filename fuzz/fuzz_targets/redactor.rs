//! A planted secret never survives, whatever stands around it, and marks are all that is added.
#![no_main]

use arbitrary::Arbitrary;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::redact::Redactor;
use libfuzzer_sys::fuzz_target;

/// What looks like nothing, so that only its name gives it away.
const NAMED: &str = "Zq7hVb2nKw9tLx4c";
/// What gives itself away.
const SHAPES: [&str; 4] = [
    "ghp_0123456789abcdef0123456789abcdefABCD",
    "AKIAIOSFODNN7EXAMPLQ",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "xoxb-123456789012-1234567890123-abcdefABCDEF0123456789ab",
];
const NAMES: [&str; 6] = ["password", "client_secret", "apiKey", "access_token", "Cookie", "x-signature"];

/// Where the secret is planted, and what stands around it.
#[derive(Arbitrary, Debug)]
struct Garden<'a> {
    place: Place,
    which: u8,
    before: &'a str,
    after: &'a str,
    bytes: &'a [u8],
}

#[derive(Arbitrary, Debug)]
enum Place {
    Member,
    DeepMember,
    FormField,
    UrlParameter,
    UserPart,
    Header,
    Shape,
    ShapeInMember,
    ShapeInBase64,
    ShapeAmongBytes,
}

fuzz_target!(|garden: Garden<'_>| {
    let rules = fuzz::rules();
    let redactor = Redactor::new(&rules);
    let Garden { which, before, after, bytes, .. } = garden;
    let name = NAMES[usize::from(which) % NAMES.len()];
    let shape = SHAPES[usize::from(which) % SHAPES.len()];
    let hidden = STANDARD.encode(format!("the token is {shape} and more"));
    // What is told under an innocent name as well, or as a part of something else, is no secret.
    let around = [before.as_bytes(), after.as_bytes(), bytes];
    let told = |secret: &str| around.iter().any(|text| has(text, secret));
    if told(NAMED) || told(shape) || told(&hidden) {
        return;
    }
    let json = |name: &str, value: &str| serde_json::json!({before: after, "a": [before], name: value, "z": after}).to_string();
    let (secret, text) = match garden.place {
        Place::Member => (NAMED, json(name, NAMED)),
        Place::DeepMember => {
            let inner: serde_json::Value = serde_json::from_str(&json(name, NAMED)).expect("JSON");
            (NAMED, serde_json::json!({before: [inner], "text": after}).to_string())
        }
        Place::FormField => {
            let fields = [("a", before), (name, NAMED), ("z", after)];
            (NAMED, serde_urlencoded::to_string(fields).expect("a form"))
        }
        Place::UrlParameter => {
            let fields = serde_urlencoded::to_string([("a", before), (name, NAMED), ("z", after)]);
            let url = format!("https://example.com/{before}?{}#{after}", fields.expect("a form"));
            gone(NAMED, redactor.url(&url).ok().as_deref().map(str::as_bytes), &url);
            return;
        }
        Place::UserPart => {
            let url = format!("https://user:{NAMED}@example.com/{after}");
            gone(NAMED, redactor.url(&url).ok().as_deref().map(str::as_bytes), &url);
            return;
        }
        Place::Header => {
            let value = format!("Bearer {NAMED}");
            for name in ["Authorization", "proxy-authorization"] {
                let kept = redactor.header(name, &value);
                gone(NAMED, kept.ok().as_deref().map(str::as_bytes), name);
            }
            let _ = redactor.header(before, after);
            let value = format!("{after} {shape} {before}");
            let kept = redactor.header(before, &value);
            gone(shape, kept.ok().as_deref().map(str::as_bytes), &value);
            return;
        }
        Place::Shape => (shape, format!("{before}\n{shape}\n{after}")),
        Place::ShapeInMember => (shape, json("note", &format!("it is {shape} {after}"))),
        Place::ShapeInBase64 => (shape, format!("{before} {hidden} {after}")),
        Place::ShapeAmongBytes => {
            let text = [bytes, b"\n", shape.as_bytes(), b"\n", after.as_bytes()].concat();
            for coding in [None, Some("gzip"), Some("deflate")] {
                let kept = redactor.body(text.clone(), coding);
                gone(shape, kept.ok().as_ref().map(|kept| kept.bytes.as_slice()), after);
            }
            return;
        }
    };
    let kept = redactor.text(text.clone());
    gone(secret, Some(kept.as_bytes()), &text);
    if let Place::ShapeInBase64 = garden.place {
        gone(&hidden, Some(kept.as_bytes()), &text);
    }
    // A percent-encoded text is written anew, with three bytes for one at most.
    let marks = kept.matches("[redacted").count();
    assert!(kept.len() <= 3 * text.len() + 40 * marks + 64, "{} of {}", kept.len(), text.len());
    let body = redactor.body(text.clone().into_bytes(), None);
    gone(secret, body.ok().as_ref().map(|kept| kept.bytes.as_slice()), &text);
});

/// Nothing may be kept at all; the secret may not.
fn gone(secret: &str, kept: Option<&[u8]>, text: &str) {
    let found = kept.is_some_and(|kept| has(kept, secret));
    assert!(!found, "{text:?} kept {}", String::from_utf8_lossy(kept.unwrap_or_default()));
}

fn has(text: &[u8], secret: &str) -> bool {
    text.windows(secret.len()).any(|part| part == secret.as_bytes())
}
