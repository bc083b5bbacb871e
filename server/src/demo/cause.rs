//! Why a run did not simply go well.
//!
//! Failures come from causes that somebody can find by looking: at one
//! integration, one app, one hour or one field. Few are plain bad luck.

use domain::Timestamp;

use super::{
    catalogue::Flow,
    random::Random,
    seat::{Seat, Trouble},
    timetable::{self, HOUR_MS},
};

/// What happens to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Cause {
    /// Nothing: it goes well.
    Healthy,
    /// It goes well at a second or third try.
    Retried,
    /// 401 `TOKEN_EXPIRED`, for one integration from one moment on.
    TokenExpired,
    /// 403, for an integration that is paused soon after.
    PermissionLost,
    /// A field that the mapping does not know: no call is made.
    Unmapped,
    /// 503 from everything of one provider, within one hour.
    Outage,
    /// 429 with `Retry-After`, in one app's busy hours.
    RateLimited,
    /// 504 from the provider that is always slow.
    TimedOut,
    /// 422: the target does not like a value.
    Invalid,
    /// A SOAP fault.
    Fault,
    /// 502 from somewhere between.
    BadGateway,
    /// No answer at all.
    Reset,
    /// An optional step in the middle fails, and the run goes on: a failure for some, for others a warning.
    MiddleFailed { warning: bool },
    /// It goes well, with something to look at.
    Unassigned,
    /// The engine was stopped while it ran.
    Interrupted,
    /// It has not ended yet.
    Running,
}

/// The cause of a run of `seat` at `at`, unless its place among all runs decides.
pub(super) fn decide(seat: &Seat, at: Timestamp, now: Timestamp, random: &mut Random) -> Cause {
    if uses_erp(seat.flow) && during(at, timetable::outage(now)) {
        return Cause::Outage;
    }
    match seat.trouble {
        Some(Trouble::TokenExpired { since }) if at >= since => return Cause::TokenExpired,
        Some(Trouble::PermissionLost { since }) if at >= since => return Cause::PermissionLost,
        Some(Trouble::Unmapped) if random.chance(4_000) => return Cause::Unmapped,
        _ => {}
    }
    let mut left = random.below(10_000);
    for (parts, cause) in odds(seat, at) {
        if left < parts {
            return cause;
        }
        left -= parts;
    }
    Cause::Healthy
}

/// Whether chance could give a run of `seat` at `at` that cause.
pub(super) fn can_hit(cause: Cause, seat: &Seat, at: Timestamp) -> bool {
    odds(seat, at).any(|(_, possible)| possible == cause)
}

/// What comes by chance, and so could be missing from a small sample.
pub(super) const BY_CHANCE: [Cause; 10] = [
    Cause::Retried,
    Cause::RateLimited,
    Cause::TimedOut,
    Cause::Invalid,
    Cause::Fault,
    Cause::BadGateway,
    Cause::Reset,
    Cause::MiddleFailed { warning: false },
    Cause::MiddleFailed { warning: true },
    Cause::Unassigned,
];

/// In 10,000 runs so many have that cause.
fn odds(seat: &Seat, at: Timestamp) -> impl Iterator<Item = (u64, Cause)> {
    let of_flow: &[(u64, Cause)] = match seat.flow {
        Flow::Contacts if seat.place.is_multiple_of(2) => &[
            (90, Cause::Invalid),
            (70, Cause::MiddleFailed { warning: true }),
            (100, Cause::MiddleFailed { warning: false }),
        ],
        Flow::Contacts => &[(90, Cause::Invalid)],
        Flow::Leads if timetable::is_busy(at) => &[
            (520, Cause::RateLimited),
            (700, Cause::Retried),
            (90, Cause::Invalid),
        ],
        Flow::Leads => &[(90, Cause::Invalid)],
        Flow::Orders => &[(110, Cause::Fault)],
        Flow::Issues => &[(600, Cause::Unassigned)],
        Flow::Invoices => &[(80, Cause::Invalid)],
        Flow::Stock => &[(450, Cause::TimedOut)],
    };
    let anywhere = [
        (25, Cause::BadGateway),
        (25, Cause::Reset),
        (60, Cause::Retried),
    ];
    of_flow.iter().copied().chain(anywhere)
}

fn uses_erp(flow: Flow) -> bool {
    matches!(flow, Flow::Orders | Flow::Stock)
}

fn during(at: Timestamp, hour: Timestamp) -> bool {
    (0..HOUR_MS).contains(&(at.as_ms() - hour.as_ms()))
}
