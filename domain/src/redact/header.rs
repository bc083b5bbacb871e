//! Values of header fields.

use super::{Redactor, Unchecked, lossy, mark::is_done};

/// The value of a field as it may be kept.
pub(super) fn value(redactor: &Redactor<'_>, name: &str, value: &str) -> Result<String, Unchecked> {
    let Some(kind) = redactor.kind(name.as_bytes()) else {
        let kept = redactor.look(value.as_bytes(), 0)?;
        return Ok(kept.map_or_else(|| value.to_owned(), |kept| lossy(&kept)));
    };
    let from = scheme(value.as_bytes()).unwrap_or(0);
    let (scheme, secret) = value.split_at(from);
    if secret.is_empty() || is_done(secret.as_bytes()) {
        return Ok(value.to_owned());
    }
    let kind = self::kind(scheme.as_bytes(), kind);
    Ok(format!(
        "{scheme}{}",
        redactor.mark(kind, secret.as_bytes())
    ))
}

/// The kind of a secret behind a scheme; `other` without one.
pub(super) fn kind(value: &[u8], other: &'static str) -> &'static str {
    let begins = |scheme: &str| {
        let head = value.get(..scheme.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(scheme.as_bytes()))
    };
    let schemes = ["bearer", "basic"];
    let known = schemes
        .into_iter()
        .find(|scheme| self::scheme(value).is_some() && begins(scheme));
    known.unwrap_or(other)
}

/// How long the scheme of an authorization is, with the blank behind it.
pub(super) fn scheme(value: &[u8]) -> Option<usize> {
    const SCHEMES: [&str; 10] = [
        "bearer",
        "basic",
        "digest",
        "token",
        "apikey",
        "api-key",
        "negotiate",
        "hawk",
        "hmac",
        "aws4-hmac-sha256",
    ];
    let length = value.iter().position(|b| *b == b' ')?;
    let known = SCHEMES
        .iter()
        .any(|known| value[..length].eq_ignore_ascii_case(known.as_bytes()));
    known.then_some(length + 1)
}
