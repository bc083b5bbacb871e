//! One sign-in under way, kept by the browser that began it and nowhere else.
//!
//! Its cookie holds a random secret. State, nonce and the verifier of the code are derived from the
//! secret, so that they need no place of their own, and whoever sees the addresses on the way learns
//! neither. The cookie goes with the first answer; the code and the nonce are good for one anyway.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Timestamp;
use ring::{digest, hmac};

/// How long somebody may take at the provider.
pub(crate) const LASTS_MS: i64 = 10 * 60 * 1_000;
/// A longer way back would not fit into a cookie.
const NEXT_MOST: usize = 2_000;

/// A sign-in under way.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    secret: [u8; 32],
    began_at: i64,
    /// The page to go on to; not looked at yet.
    pub(crate) next: String,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt")
            .field("began_at", &self.began_at)
            .finish_non_exhaustive()
    }
}

impl Attempt {
    pub(crate) fn new(secret: [u8; 32], next: &str, now: Timestamp) -> Self {
        let next = if next.len() > NEXT_MOST { "" } else { next };
        Self {
            secret,
            began_at: now.as_ms(),
            next: next.to_owned(),
        }
    }

    /// What comes back with the code.
    pub(crate) fn state(&self) -> String {
        self.derived("state")
    }

    /// What the token has to hold.
    pub(crate) fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// What proves that the code was asked for by us.
    pub(crate) fn verifier(&self) -> String {
        self.derived("verifier")
    }

    /// The verifier's digest, which is said beforehand.
    pub(crate) fn challenge(&self) -> String {
        let digest = digest::digest(&digest::SHA256, self.verifier().as_bytes());
        URL_SAFE_NO_PAD.encode(digest)
    }

    /// The moment and the way back are part of it: neither can be exchanged in a cookie.
    fn derived(&self, what: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.secret);
        let text = format!("{what} {} {}", self.began_at, self.next);
        URL_SAFE_NO_PAD.encode(hmac::sign(&key, text.as_bytes()))
    }

    /// The cookie that keeps it.
    pub(crate) fn cookie(&self, is_secure: bool) -> HeaderValue {
        let secret = URL_SAFE_NO_PAD.encode(self.secret);
        let next = URL_SAFE_NO_PAD.encode(&self.next);
        let value = format!("{secret}.{}.{next}", self.began_at);
        set_cookie(&value, LASTS_MS / 1_000, is_secure)
    }

    /// What the browser kept, unless it took too long.
    pub(crate) fn of(headers: &HeaderMap, is_secure: bool, now: Timestamp) -> Option<Self> {
        let name = cookie_name(is_secure);
        let texts = headers.get_all(header::COOKIE).iter();
        let texts = texts.filter_map(|value| value.to_str().ok());
        let mut pairs = texts.flat_map(|text| text.split(';'));
        let value = pairs.find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
        })?;
        let mut parts = value.splitn(3, '.');
        let secret = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        let began_at: i64 = parts.next()?.parse().ok()?;
        let next = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        let age = now.as_ms().checked_sub(began_at)?;
        (0..LASTS_MS).contains(&age).then_some(Self {
            secret: secret.try_into().ok()?,
            began_at,
            next: String::from_utf8(next).ok()?,
        })
    }
}

/// The cookie that takes it away.
pub(crate) fn no_cookie(is_secure: bool) -> HeaderValue {
    set_cookie("", 0, is_secure)
}

/// As for the session's (decision 20).
fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure {
        "__Host-sign-in"
    } else {
        "sign-in"
    }
}

fn set_cookie(value: &str, seconds: i64, is_secure: bool) -> HeaderValue {
    let (name, secure) = (
        cookie_name(is_secure),
        if is_secure { "; Secure" } else { "" },
    );
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("sign-in=; Max-Age=0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);

    fn kept(cookie: &HeaderValue) -> HeaderMap {
        let pair = cookie.to_str().expect("text").split(';').next();
        let value = HeaderValue::from_str(pair.expect("a pair")).expect("a value");
        HeaderMap::from_iter([(header::COOKIE, value)])
    }

    #[test]
    fn a_browser_keeps_it_for_ten_minutes() {
        let attempt = Attempt::new([7; 32], "/main/runs/r?from=2", NOW);
        for is_secure in [false, true] {
            let headers = kept(&attempt.cookie(is_secure));
            let after = |ms: i64| Attempt::of(&headers, is_secure, NOW.plus_ms(ms));
            assert_eq!(after(0), Some(attempt.clone()));
            assert_eq!(after(LASTS_MS - 1), Some(attempt.clone()));
            assert_eq!((after(LASTS_MS), after(-1)), (None, None));
            assert_eq!(Attempt::of(&headers, !is_secure, NOW), None);
        }
        assert_eq!(Attempt::of(&kept(&no_cookie(true)), true, NOW), None);
    }

    #[test]
    fn what_goes_over_the_wire_differs_and_cannot_be_moved_to_another() {
        let attempt = Attempt::new([7; 32], "/a", NOW);
        let all = [
            attempt.state(),
            attempt.nonce(),
            attempt.verifier(),
            attempt.challenge(),
        ];
        for (at, one) in all.iter().enumerate() {
            assert_eq!(one.len(), 43);
            assert!(!all[at + 1..].contains(one));
        }
        let elsewhere = Attempt::new([7; 32], "/b", NOW);
        assert_ne!(attempt.state(), elsewhere.state());
        assert_eq!(Attempt::new([7; 32], &"/".repeat(2_001), NOW).next, "");
        assert!(!format!("{attempt:?}").contains("secret"));
    }
}
