//! Keys: monospace, shortened in the middle where there is no room, whole on hover and when copied.
//!
//! A click on one that has a copy button behind it copies as well; [`super::browser`] does it.

use leptos::prelude::*;

/// Keys up to this length are never shortened.
const SHORT: usize = 14;
/// Characters that stay visible at the end, where keys differ.
const TAIL: usize = 5;

/// A key.
pub(crate) fn key_text(key: &str) -> AnyView {
    let (head, tail) = split(key);
    let title = tail.is_some().then(|| key.to_owned());
    view! {
        <span class="key-text" title=title>
            <span class="key-head">{head.to_owned()}</span>
            {tail.map(|tail| view! { <span class="key-tail">{tail.to_owned()}</span> })}
        </span>
    }
    .into_any()
}

/// A key that leads somewhere.
pub(crate) fn key_link(key: &str, href: String) -> AnyView {
    view! { <a class="key-link" href=href>{key_text(key)}</a> }.into_any()
}

/// The two parts lie beside each other without a gap, so a copy of both is the key.
fn split(key: &str) -> (&str, Option<&str>) {
    if key.chars().count() <= SHORT {
        return (key, None);
    }
    match key.char_indices().rev().nth(TAIL - 1) {
        // A blank at the seam would be lost.
        Some((at, _)) if !key[..at].ends_with(' ') && !key[at..].starts_with(' ') => {
            (&key[..at], Some(&key[at..]))
        }
        _ => (key, None),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn both_parts_make_the_key() {
        assert_eq!(split("int_1"), ("int_1", None));
        assert_eq!(split("run_01J9XABCDEFGH"), ("run_01J9XABC", Some("DEFGH")));
        assert_eq!(split("éééééééééééééééé"), ("ééééééééééé", Some("ééééé")));
        assert_eq!(split("aaaaaaaaaaaaa bbbbb"), ("aaaaaaaaaaaaa bbbbb", None));
    }
}
