//! Bodies: JSON by structure, forms by field, text by line, anything else by its bytes.

use sha2::{Digest, Sha256};

use super::{
    Group,
    align::align,
    found::Found,
    message, structure,
    tree::{self, NoTree},
    usual,
};
use crate::{
    Body,
    body::{BodyKind, kind},
    page::grouped,
    payload::hex,
};

/// Lines of a text that are compared.
const LINES: usize = 50_000;

/// Compares the bodies that at least one side has.
pub(super) fn compare(bodies: [&Option<Body>; 2], types: [Option<&str>; 2]) -> Option<Group> {
    let mut found = Found::default();
    match bodies {
        [None, None] => return None,
        [Some(then), None] => found.removed("body", &about(then)),
        [None, Some(now)] => found.added("body", &about(now)),
        [Some(then), Some(now)] => both(&mut found, then, now, types),
    }
    Some(found.group("Body"))
}

fn both(found: &mut Found, then: &Body, now: &Body, types: [Option<&str>; 2]) {
    for (side, body) in [("then", then), ("now", now)] {
        if let Some(cut) = &body.cut {
            found.note(format!(
                "Of the body {side}, {} of {} bytes were kept, and only they are compared.",
                grouped(body.bytes.len() as i64),
                grouped(i64::try_from(cut.size_bytes).unwrap_or(i64::MAX))
            ));
        }
    }
    if then.unchecked || now.unchecked {
        let text = "One of them was not kept because it could not be checked for secrets, so there is nothing to compare.";
        found.note(text.to_owned());
        return;
    }
    let marked = then.redacted && now.redacted;
    let whole = |body: &Body| body.cut.as_ref().map(|cut| cut.sha256.clone());
    if then.bytes == now.bytes && whole(then) != whole(now) {
        found.note("What was kept of them is equal, but the whole bodies are not.".to_owned());
        found.changed("body", &about(then), &about(now), false);
        return;
    }
    if then.bytes == now.bytes {
        found.equal(1);
        if marked {
            found.note(
                "The bodies are equal, as far as what was redacted in both tells.".to_owned(),
            );
        } else {
            found.note("The bodies are equal, byte for byte.".to_owned());
        }
        return;
    }
    let kinds = [kind(&then.bytes, types[0]), kind(&now.bytes, types[1])];
    let [Some(was), Some(is)] = [text(then, kinds[0]), text(now, kinds[1])] else {
        found.changed("body", &about(then), &about(now), false);
        return;
    };
    match kinds {
        [BodyKind::Json, BodyKind::Json] => match structure::json(found, was, is) {
            Ok(()) => {}
            Err(why) => {
                found.note(match why {
                    NoTree::NotJson => "One of them is no valid JSON, so they are compared as text.".to_owned(),
                    NoTree::TooLarge => "They hold too many values to be compared as JSON, so they are compared as text.".to_owned(),
                });
                lines(found, was, is, marked);
            }
        },
        [BodyKind::Form, BodyKind::Form] => {
            message::fields(found, "", &message::pairs(was), &message::pairs(is));
        }
        [one, other] if one == other => lines(found, was, is, marked),
        [one, other] => {
            found.note(format!(
                "Then it was {}, now it is {}.",
                one.label(),
                other.label()
            ));
            found.changed("body", was, is, false);
        }
    }
}

/// A body as text, unless it is none.
fn text(body: &Body, kind: BodyKind) -> Option<&str> {
    if kind == BodyKind::Binary {
        return None;
    }
    let bytes = &body.bytes;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        // A character that was cut in two at the end of what was kept.
        Err(error) if body.cut.is_some() && error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

/// What is told of a body that is not shown.
fn about(body: &Body) -> String {
    let size = grouped(body.bytes.len() as i64);
    let digest = match &body.cut {
        Some(cut) => cut.sha256.clone(),
        None => hex(&Sha256::digest(&body.bytes)),
    };
    format!("{size} bytes, SHA-256 {digest}")
}

/// Compares text by line; markup without line ends by element, JSON without them by object.
fn lines(found: &mut Found, then: &str, now: &str, marked: bool) {
    let broken = |text: &str| {
        (!text.trim_end().contains('\n'))
            .then(|| text.replace("><", ">\n<").replace("},{", "},\n{"))
    };
    let (broken_then, broken_now) = (broken(then), broken(now));
    let (then, now) = match (&broken_then, &broken_now) {
        (Some(then), Some(now)) => (then.as_str(), now.as_str()),
        _ => (then, now),
    };
    let cut = |text: &str| text.lines().nth(LINES).is_some();
    if cut(then) || cut(now) {
        found.note(format!(
            "Only the first {} lines are compared.",
            grouped(LINES as i64)
        ));
    }
    let then: Vec<&str> = then.lines().take(LINES).collect();
    let now: Vec<&str> = now.lines().take(LINES).collect();
    let digests = |lines: &[&str]| {
        lines
            .iter()
            .map(|line| tree::digest(line))
            .collect::<Vec<_>>()
    };
    let pairs = align(&digests(&then), &digests(&now), &mut found.aligned);
    for (was, is) in pairs {
        match (was, is) {
            (Some(was), Some(is)) => {
                let (one, other) = (then[was], now[is]);
                let path = format!("line {}", is + 1);
                if marked && found.marked(&path, one, other) || one == other {
                    found.equal(1);
                } else {
                    found.changed(&path, one, other, usual::alike(one.trim(), other.trim()));
                }
            }
            (Some(was), None) => found.removed(&format!("line {} then", was + 1), then[was]),
            (None, Some(is)) => found.added(&format!("line {}", is + 1), now[is]),
            (None, None) => {}
        }
    }
    // Ends of lines, or the last one, are all that differs.
    found.unseen();
}
