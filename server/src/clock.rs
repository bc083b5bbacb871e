//! The one place that reads the wall clock and draws random numbers.
//!
//! Everything else is handed a moment and a number, and can so be tested at any
//! moment of any day.

use domain::Timestamp;

/// Where moments come from.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still, for tests.
    Fixed(Timestamp),
}

impl Clock {
    /// The moment.
    #[must_use]
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp::from_ms(system_ms()),
            Self::Fixed(moment) => moment,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the system clock that everything else is handed"
)]
fn system_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}

/// A moment that only deadlines are measured from: it never jumps, and says nothing of the date.
#[must_use]
pub fn instant() -> tokio::time::Instant {
    tokio::time::Instant::now()
}

/// Random bytes of the operating system, fit for secrets.
///
/// # Errors
/// Where the operating system has none, which it says once at start.
pub fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
