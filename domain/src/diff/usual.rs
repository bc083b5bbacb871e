//! What differs in every run: moments, IDs, traces. Judged by names and by looks.
//!
//! Only a value that is there on both sides is judged, so that a missing one is never set apart.

/// Whether two JSON values, as text with quotes, differ as they always do.
pub(super) fn value(name: &str, then: &str, now: &str) -> bool {
    if alike(unquoted(then), unquoted(now)) {
        return true;
    }
    let same_type = then.starts_with('"') == now.starts_with('"');
    same_type && names_an_id(name) && scalar(then) && scalar(now)
}

/// Whether two values of a header field do.
pub(super) fn header(name: &str, then: &str, now: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // Nothing left is news.
    let limit = name.contains("ratelimit") && now.trim() != "0";
    limit || HEADERS.contains(&name.as_str()) || traces(&name) || alike(then, now)
}

/// Whether two texts have the same look: both moments, or both IDs.
pub(super) fn alike(then: &str, now: &str) -> bool {
    match (look(then), look(now)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

const HEADERS: [&str; 18] = [
    "age",
    "cf-ray",
    "content-length",
    "date",
    "etag",
    "expires",
    "idempotency-key",
    "last-modified",
    "nel",
    "report-to",
    "server-timing",
    "set-cookie",
    "x-cache",
    "x-github-delivery",
    "x-response-time",
    "x-runtime",
    "x-served-by",
    "x-timer",
];

fn traces(name: &str) -> bool {
    const PARTS: [&str; 6] = [
        "request-id",
        "requestid",
        "correlation-id",
        "trace",
        "x-b3-",
        "amz-id",
    ];
    PARTS.iter().any(|part| name.contains(part))
}

/// `id`, `order_id`, `orderId`, `orderID`, and not `paid`.
pub(super) fn names_an_id(name: &str) -> bool {
    matches!(
        name,
        "id" | "ID" | "Id" | "uuid" | "guid" | "etag" | "nonce"
    ) || ["_id", "-id", "Id", "ID", "_uuid", "Uuid"]
        .iter()
        .any(|end| name.ends_with(end))
}

fn scalar(raw: &str) -> bool {
    raw.starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) && raw != "\"\""
}

fn unquoted(raw: &str) -> &str {
    raw.strip_prefix('"')
        .and_then(|raw| raw.strip_suffix('"'))
        .unwrap_or(raw)
}

#[derive(PartialEq, Eq)]
enum Look {
    Moment,
    Id,
}

fn look(text: &str) -> Option<Look> {
    if !(8..=128).contains(&text.len()) || !text.is_ascii() {
        return None;
    }
    if is_moment(text) {
        Some(Look::Moment)
    } else if is_id(text) {
        Some(Look::Id)
    } else {
        None
    }
}

fn is_moment(text: &str) -> bool {
    let bytes = text.as_bytes();
    let date = bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(at, b)| match at {
            4 | 7 => *b == b'-',
            _ => b.is_ascii_digit(),
        });
    let time = |b: &u8| b.is_ascii_digit() || b"T:.+-Z tz".contains(b);
    if date && bytes[10..].iter().all(time) {
        return true;
    }
    // `Thu, 12 Nov 2026 09:14:03 GMT`
    if bytes.len() == 29 && text.ends_with(" GMT") && bytes[3] == b',' {
        return true;
    }
    // Seconds or milliseconds since 1970, of the years 2001 to 2036.
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && digits(part)
        && match whole.len() {
            10 => ("1000000000".."2100000000").contains(&whole),
            13 => ("1000000000000".."2100000000000").contains(&whole),
            _ => false,
        }
}

fn is_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    let hex = |b: &u8| b.is_ascii_hexdigit() || *b == b'-';
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    if bytes.len() >= 16 && digits >= 3 && bytes.iter().all(hex) {
        return true;
    }
    let known = |b: &u8| b.is_ascii_alphanumeric() || b"_-".contains(b);
    if bytes.len() < 16 || !bytes.iter().all(known) {
        return false;
    }
    // Words with a number, such as an error's code, change between letters and digits once or twice.
    let plain = bytes.iter().filter(|b| b.is_ascii_alphanumeric());
    let kinds: Vec<bool> = plain.map(u8::is_ascii_digit).collect();
    kinds.windows(2).filter(|pair| pair[0] != pair[1]).count() >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_ids_are_told_by_their_looks() {
        for (then, now) in [
            ("2026-11-12T09:14:03Z", "2026-11-13 09:14:03.250+01:00"),
            ("2026-11-12", "2026-12-01"),
            (
                "Thu, 12 Nov 2026 09:14:03 GMT",
                "Fri, 13 Nov 2026 09:14:03 GMT",
            ),
            ("1794474843", "1794474844.25"),
            ("1794474843250", "1794474843251"),
            ("9f1c2d3e4b5a6978", "0011223344556677"),
            (
                "123e4567-e89b-12d3-a456-426614174000",
                "123e4567-e89b-12d3-a456-426614174001",
            ),
            ("run_01J9X5T7Q2M8K4", "run_01J9X5T7Q2M8K5"),
        ] {
            assert!(alike(then, now), "{then} and {now}");
        }
        for (then, now) in [
            ("2026-11-12", "tomorrow"),
            ("INVALID_PARAMETER_400", "INVALID_PARAMETER_401"),
            ("create-contact-2026-11", "update-contact-2026-11"),
            ("49.90", "59.90"),
            ("9999999999", "9999999998"),
            ("12345678901", "12345678902"),
            ("dana@acme.test", "kim@acme.test"),
            ("", ""),
        ] {
            assert!(!alike(then, now), "{then} and {now}");
        }
    }

    #[test]
    fn an_id_is_told_by_its_name_and_only_where_both_have_one() {
        assert!(value("customer_id", "7", "8") && value("orderId", "\"A-1\"", "\"A-2\""));
        assert!(!value("customer_id", "7", "null") && !value("customer_id", "7", "\"7\""));
        assert!(!value("customer_id", "\"A\"", "\"\"") && !value("paid", "1", "2"));
    }

    #[test]
    fn a_rate_limit_that_is_used_up_is_news() {
        assert!(header("X-RateLimit-Remaining", "580", "579"));
        assert!(!header("X-RateLimit-Remaining", "580", "0"));
        assert!(header("Traceparent", "a", "b") && header("X-Amzn-Trace-Id", "a", "b"));
        assert!(!header("Content-Type", "application/json", "text/html"));
        assert!(!header("Retry-After", "1", "60"));
    }
}
