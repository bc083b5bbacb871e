//! Numbers of payment cards: a known issuer, its length, and the check digit.
//!
//! A moment in milliseconds and most order numbers begin like no card. One in ten of the others
//! has the right check digit by chance, so that a number in a member called an ID is left alone.

/// What the digits at a place are.
pub(super) enum Look {
    /// A card up to here.
    Card(usize),
    /// No card; look on from here.
    Digits(usize),
}

/// Looks at the digits that begin at `at`.
pub(super) fn look(text: &[u8], at: usize) -> Look {
    let plain = at + text[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    if !may_begin(text, at) {
        return Look::Digits(plain);
    }
    let grouped = plain - at == 4 && text.get(plain).is_some_and(|b| b" -+".contains(b));
    let (digits, end) = if grouped {
        groups(text, at)
    } else {
        (text[at..plain].to_vec(), plain)
    };
    if !(13..=19).contains(&digits.len()) || !may_end(text, end) {
        return Look::Digits(plain);
    }
    let shape = if grouped {
        is_grouped(&text[at..end])
    } else {
        !is_named_id(text, at)
    };
    if shape && issuer(&digits) && luhn(&digits) {
        Look::Card(end)
    } else {
        Look::Digits(plain)
    }
}

fn may_begin(text: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| text[before]) else {
        return true;
    };
    match before {
        b'.' | b'-' | b'_' | b'#' => false,
        b if b.is_ascii_alphanumeric() => super::shapes::word_begins(text, at),
        _ => true,
    }
}

fn may_end(text: &[u8], end: usize) -> bool {
    match text.get(end) {
        None => true,
        Some(b'-' | b'_') => false,
        Some(b'.') => text.get(end + 1).is_none_or(|b| !b.is_ascii_digit()),
        Some(b) => !b.is_ascii_alphanumeric(),
    }
}

/// Digits in groups with one and the same sign between them.
fn groups(text: &[u8], at: usize) -> (Vec<u8>, usize) {
    let sign = text[at + 4];
    let (mut digits, mut end) = (Vec::with_capacity(19), at);
    while digits.len() < 20 {
        match text.get(end) {
            Some(b) if b.is_ascii_digit() => digits.push(*b),
            Some(b) if *b == sign && text.get(end + 1).is_some_and(u8::is_ascii_digit) => {}
            _ => break,
        }
        end += 1;
    }
    (digits, end)
}

/// As they are printed: 4-4-4-4, 4-4-4-4-3, 4-6-5, 4-6-4.
fn is_grouped(text: &[u8]) -> bool {
    let lengths: Vec<usize> = text
        .split(|b| !b.is_ascii_digit())
        .map(<[u8]>::len)
        .collect();
    matches!(
        lengths.as_slice(),
        [4, 4, 4, 4] | [4, 4, 4, 4, 3] | [4, 6, 5] | [4, 6, 4]
    )
}

/// Whether an issuer has numbers of this length that begin so.
fn issuer(digits: &[u8]) -> bool {
    let first = |count: usize| {
        digits[..count]
            .iter()
            .fold(0_u32, |number, digit| number * 10 + u32::from(digit - b'0'))
    };
    let (two, three, four) = (first(2), first(3), first(4));
    match digits.len() {
        14 => matches!(three, 300..=305) || matches!(two, 36 | 38),
        15 => matches!(two, 34 | 37),
        16 => {
            two / 10 == 4
                || matches!(two, 51..=55 | 62 | 65)
                || matches!(four, 2221..=2720 | 3528..=3589 | 6011)
                || matches!(four, 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763)
                || matches!(three, 644..=649)
        }
        19 => two / 10 == 4 || matches!(two, 62 | 65),
        _ => false,
    }
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            match (place % 2, digit) {
                (0, digit) => digit,
                (_, 0..=4) => digit * 2,
                (_, digit) => digit * 2 - 9,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether a name such as `"order_id":` or a path's `/` stands before the number.
fn is_named_id(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(48)..at];
    if before.ends_with(b"/") {
        return true;
    }
    let trimmed = |text: &'_ [u8], signs: &[u8]| {
        text.iter()
            .rposition(|b| !signs.contains(b))
            .map_or(0, |at| at + 1)
    };
    let sign = trimmed(before, b" \"'\\");
    if sign == 0 || !matches!(before[sign - 1], b':' | b'=') {
        return false;
    }
    let end = trimmed(&before[..sign - 1], b" \"'\\");
    let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let length = before[..end].iter().rev().take_while(|b| part(b)).count();
    is_id(&before[end - length..end])
}

/// Whether this names an ID, and none of a card.
pub(super) fn is_id(name: &[u8]) -> bool {
    let plain = super::names::fold(name);
    let ends = [
        b"id".as_slice(),
        b"ids",
        b"number",
        b"key",
        b"gid",
        b"ean",
        b"gtin",
        b"imei",
        b"phone",
    ];
    ends.iter().any(|end| plain.ends_with(end))
        && !["card", "pan", "account", "payment"]
            .iter()
            .any(|part| plain.windows(part.len()).any(|w| w == part.as_bytes()))
}
