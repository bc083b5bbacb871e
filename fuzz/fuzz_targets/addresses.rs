//! Paths of pings and what they become; keys, links, tokens and whatever somebody pastes.
#![no_main]

use arbitrary::Arbitrary;
use domain::{
    Cursor, Key, Timestamp,
    access::{Scope, Token, checked_email, checked_password},
    find, percent,
    ping::{self, Address, Ping, Whose},
    redact::Redactor,
    report::Report,
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Sent<'a> {
    path: &'a str,
    run_id: &'a str,
    body: &'a [u8],
    cut: bool,
    has_open: bool,
}

fuzz_target!(|sent: Sent<'_>| {
    let Sent { path, run_id, .. } = sent;
    if let Ok(address) = Address::read(path) {
        let slug = match address.whose {
            Whose::Slug { slug, .. } => slug,
            Whose::Uuid(_) => "nightly",
        };
        let integration = Key::new(slug).expect("a slug is a key");
        let open = sent.has_open.then(|| Key::new("open").expect("a key"));
        let run_id = ping::run_id(run_id).ok();
        let end = sent.body.len().min(ping::BODY_BYTES);
        let ping = Ping {
            signal: address.signal,
            run_id: run_id.as_deref(),
            body: &String::from_utf8_lossy(&sent.body[..end]),
            cut: sent.cut,
            nonce: [7; 16],
        };
        let text = ping.report(&integration, open.as_ref(), Timestamp::from_ms(1_800_000_000_000));
        let report = Report::parse(&text, None).expect("every ping is a report that is taken");
        let rules = fuzz::rules();
        fuzz::prepare(report, &Redactor::new(&rules));
    }
    if let Ok(key) = Key::new(path) {
        assert_eq!(Key::new(key.as_str()).as_ref(), Ok(&key));
    }
    let known = [Token::Session, Token::Setup, Token::Password, Token::Share].map(|token| token.is_secret(path));
    assert!(known.iter().filter(|known| **known).count() <= 1, "{path}");
    let _ = Scope::is_secret(path);
    let pasted = find::pasted(path);
    assert_eq!(find::pasted(pasted), pasted);
    if let Some((link, query)) = find::link(pasted) {
        assert!(link.starts_with('/') && !link.starts_with("//"));
        assert!(query.is_empty() || query.starts_with('?'));
    }
    if let Ok(cursor) = path.parse::<Cursor>() {
        assert_eq!(cursor.to_string().parse::<Cursor>().as_ref(), Ok(&cursor));
    }
    let mut encoded = String::new();
    percent::push_encoded(&mut encoded, path);
    assert!(encoded.is_ascii());
    let _ = checked_email(path);
    let _ = checked_password(path, run_id);
});
