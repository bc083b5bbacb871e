//! Members of whole documents of JSON: what a real parser takes needs no guess at where a value ends.
//!
//! [`super::pairs`] reads any text, broken ones and JSON in texts of JSON too; what looks like the
//! beginning of an object inside a text may lead it past members that follow. Those are taken here first.

use serde::de::IgnoredAny;

use super::{
    Redactor,
    edit::Edit,
    quoted::{self, skip_blank},
};

/// Replaces the values of members whose names are secret, in one document or several; `None` where
/// there are none, or it is no JSON.
pub(super) fn pass(redactor: &Redactor<'_>, text: &[u8]) -> Option<Vec<u8>> {
    if !is_documents(text) {
        return None;
    }
    let mut edit = Edit::new(text);
    let mut at = 0;
    while let Some(next) = text[at..].iter().position(|b| *b == b'"') {
        // In JSON every quote opens a text; if not, what was replaced stays so.
        let Some(string) = quoted::open(text, at + next) else {
            break;
        };
        let behind = skip_blank(text, string.end);
        at = string.end;
        if text.get(behind) != Some(&b':') {
            continue;
        }
        at = behind + 1;
        if let Some(kind) = redactor.kind(&quoted::plain(&text[string.content])) {
            let value = skip_blank(text, at);
            at = quoted::replace(redactor, &mut edit, text, value, (kind, 0));
        }
    }
    edit.finish()
}

/// Whether all of it is objects and lists of JSON.
fn is_documents(text: &[u8]) -> bool {
    let first = text.iter().find(|b| !b.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'['))
        && serde_json::Deserializer::from_slice(text)
            .into_iter::<IgnoredAny>()
            .all(|document| document.is_ok())
}
