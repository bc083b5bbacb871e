//! The one place of this program that reads clocks and draws random numbers.

use std::time::{Duration, Instant};

use domain::Timestamp;

/// The moment.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the clock that everything else is handed"
)]
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp::from_ms(since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }))
}

/// A moment that only deadlines are measured from.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the clock that everything else is handed"
)]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// What is left until `deadline`.
pub(crate) fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(instant())
}

/// Random bytes. Where the system has none, the time has to do: they tell things apart and guard
/// nothing but fingerprints.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        let mut state = now().as_ms().cast_unsigned() ^ u64::from(std::process::id());
        for byte in &mut bytes {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = state.to_be_bytes()[0];
        }
    }
    bytes
}

/// A key that nobody else makes: `prefix`, the time and eight random bytes.
pub(crate) fn new_key(prefix: &str) -> String {
    format!(
        "{prefix}{:012x}{:016x}",
        now().as_ms(),
        u64::from_be_bytes(random())
    )
}

/// Whether [`new_key`] made it, without a prefix.
pub(crate) fn is_key(name: &str) -> bool {
    name.len() == 28 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A number that nobody else makes, for protocols that take nothing else. Below 2^53, so that
/// every JSON reader keeps all its digits.
pub(crate) fn new_number() -> u64 {
    let ms = now().as_ms().cast_unsigned();
    ms * 1_000 + u64::from(u16::from_be_bytes(random())) % 1_000
}
