//! Secrets that a sentence tells: `the password is hunter2`, `her token was a8f5f167`.
//!
//! Most sentences about secrets tell none (`the password is wrong`), so that only what looks like
//! no word goes.

use super::{
    Redactor,
    edit::Edit,
    mark,
    pairs::{looks_secret, name_before, word},
};

/// What stands between a name and its value.
const VERBS: [&[u8]; 4] = [b" is ", b" was ", b" to ", b" as "];

pub(super) fn pass(redactor: &Redactor<'_>, text: &[u8]) -> Option<Vec<u8>> {
    let mut edit = Edit::new(text);
    let mut floor = 0;
    for (at, byte) in text.iter().enumerate() {
        if *byte != b' ' || at < floor {
            continue;
        }
        let Some(verb) = VERBS.iter().find(|verb| text[at..].starts_with(verb)) else {
            continue;
        };
        let name = name_before(text, floor, at).filter(|name| name.quoted.is_none());
        let kind = name.and_then(|name| redactor.kind(&text[name.place]));
        let Some(kind) = kind else { continue };
        let mut start = at + verb.len();
        while text.get(start).is_some_and(|b| b"`'\"(".contains(b)) {
            start += 1;
        }
        let mut value = word(text, start);
        let ends = |b: &u8| b"`!?:".contains(b);
        while value.end > value.start && ends(&text[value.end - 1]) {
            value.end -= 1;
        }
        let secret = &text[value.clone()];
        if mark::end(text, start).is_none() && looks_secret(secret, kind) {
            edit.replace(value.clone(), redactor.mark(kind, secret).as_bytes());
            floor = value.end;
        }
    }
    edit.finish()
}
