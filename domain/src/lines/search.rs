//! Searching a text without regard to case.

/// Where a text was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub start: u32,
    pub end: u32,
}

/// Every place of `needle` in `text`, the first `most` of them, without overlaps.
///
/// Case is that of each character for itself, in any script.
#[must_use]
pub fn find(text: &str, needle: &str, most: usize) -> Vec<Found> {
    let wanted: Vec<char> = needle.chars().flat_map(char::to_lowercase).collect();
    let Some(first) = wanted.first().copied() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = next(text, from, first) {
        match ends(&text[start..], &wanted) {
            Some(length) => {
                found.push(Found {
                    start: super::place(start),
                    end: super::place(start + length),
                });
                if found.len() == most {
                    break;
                }
                from = start + length;
            }
            None => from = start + text[start..].chars().next().map_or(1, char::len_utf8),
        }
    }
    found
}

/// The next character from `from` whose lower case begins with `first`.
fn next(text: &str, from: usize, first: char) -> Option<usize> {
    if first.is_ascii() && !matches!(first, 'i' | 'k') {
        // No character beyond ASCII is one of these in lower case, but for i (İ) and k (the Kelvin sign).
        let upper = first.to_ascii_uppercase() as u8;
        let bytes = text.as_bytes().get(from..)?;
        let place = bytes.iter().position(|b| *b == first as u8 || *b == upper);
        return place.map(|place| from + place);
    }
    let mut chars = text.get(from..)?.char_indices();
    chars
        .find(|(_, c)| c.to_lowercase().next() == Some(first))
        .map(|(place, _)| from + place)
}

/// How much of `text` is `wanted`, if it begins with it.
fn ends(text: &str, wanted: &[char]) -> Option<usize> {
    let mut wanted = wanted.iter().copied();
    let mut due = wanted.next();
    for (at, c) in text.char_indices() {
        for lower in c.to_lowercase() {
            match due {
                Some(expected) if expected == lower => due = wanted.next(),
                // The rest of a character of which a part was enough.
                None => {}
                _ => return None,
            }
        }
        if due.is_none() {
            return Some(at + c.len_utf8());
        }
    }
    None
}
