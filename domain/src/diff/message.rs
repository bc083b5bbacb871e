//! The lines before a body: URL and header fields.

use super::{Group, found::Found, structure::by_name, usual};
use crate::Headers;

/// Compares header fields by name, in any case; the second of a name with the second of it.
pub(super) fn headers(then: &Headers, now: &Headers) -> Group {
    let lower = |headers: &Headers| -> Vec<(String, (String, String))> {
        let fields = headers.0.iter();
        let fields =
            fields.map(|(name, value)| (name.to_ascii_lowercase(), (name.clone(), value.clone())));
        fields.collect()
    };
    let (then, now) = (lower(then), lower(now));
    let mut found = Found::default();
    for (_, was, is) in by_name(&then, &now) {
        match (was, is) {
            (Some((_, was)), Some((name, is))) => {
                found.pair(name, was, is, usual::header(name, was, is));
            }
            (Some((name, was)), None) => found.removed(name, was),
            (None, Some((name, is))) => found.added(name, is),
            (None, None) => {}
        }
    }
    found.group("Headers")
}

/// Compares server, path, parameters and fragment.
pub(super) fn urls(found: &mut Found, then: Option<&str>, now: Option<&str>) {
    let (Some(then), Some(now)) = (then, now) else {
        found.optional("URL", then.map(str::to_owned), now.map(str::to_owned));
        return;
    };
    let (then, now) = (Url::parts(then), Url::parts(now));
    let text = |part: &str| (!part.is_empty()).then(|| part.to_owned());
    found.optional("server", text(then.server), text(now.server));
    found.pair("path", then.path, now.path, same_way(then.path, now.path));
    fields(found, "parameter ", &pairs(then.query), &pairs(now.query));
    found.optional("fragment", text(then.fragment), text(now.fragment));
}

/// Compares the fields of two forms.
pub(super) fn fields(
    found: &mut Found,
    prefix: &str,
    then: &[(String, String)],
    now: &[(String, String)],
) {
    for ((name, number), was, is) in by_name(then, now) {
        let number = match number {
            1 => String::new(),
            number => format!(" (no. {number})"),
        };
        let path = format!("{prefix}{name}{number}");
        match (was, is) {
            (Some(was), Some(is)) => {
                let by_name = usual::names_an_id(&name) && !was.is_empty() && !is.is_empty();
                found.pair(&path, was, is, by_name || usual::alike(was, is));
            }
            (Some(was), None) => found.removed(&path, was),
            (None, Some(is)) => found.added(&path, is),
            (None, None) => {}
        }
    }
}

/// Names and values of a query or a form.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(text).unwrap_or_default()
}

struct Url<'a> {
    /// Scheme, host and port.
    server: &'a str,
    path: &'a str,
    query: &'a str,
    fragment: &'a str,
}

impl<'a> Url<'a> {
    fn parts(url: &'a str) -> Self {
        let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = match rest.find("://") {
            Some(at) => rest[at + 3..]
                .find('/')
                .map_or(rest.len(), |to| at + 3 + to),
            None => 0,
        };
        let (server, path) = rest.split_at(path);
        Self {
            server,
            path,
            query,
            fragment,
        }
    }
}

/// Whether two paths differ in IDs alone.
fn same_way(then: &str, now: &str) -> bool {
    let numbers = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (mut then, mut now) = (then.split('/'), now.split('/'));
    loop {
        match (then.next(), now.next()) {
            (None, None) => return true,
            (Some(was), Some(is)) => {
                let ids = numbers(was) && numbers(is) || usual::alike(was, is);
                if was != is && !ids {
                    return false;
                }
            }
            _ => return false,
        }
    }
}
