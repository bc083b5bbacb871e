//! The integrations: who has switched on what, and how it stands.

use serde_json::json;

use domain::{IntegrationStatus, Timestamp, time::DAY_MS};

use super::{
    catalogue::Flow,
    people::{self, Company, Person},
    random::{Random, code},
    timetable::{HOUR_MS, SPAN_MS},
};

const SEED: u64 = 0x0005_ea70_0001;

/// One integration.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    pub(super) key: String,
    pub(super) flow: Flow,
    /// Its place among the integrations of its flow. The first three never change.
    pub(super) place: usize,
    pub(super) company: Company,
    pub(super) user: Person,
    user_id: String,
    pub(super) status: IntegrationStatus,
    reason: Option<&'static str>,
    created_at: Timestamp,
    /// Runs begin from then on, and before [`Self::runs_until`].
    runs_from: Timestamp,
    runs_until: Timestamp,
    pub(super) trouble: Option<Trouble>,
}

/// What is wrong with one integration, and stays wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The access token has run out; nobody has renewed it.
    TokenExpired { since: Timestamp },
    /// The end-user took a permission away; the engine paused it later.
    PermissionLost { since: Timestamp },
    /// A value that nobody told the mapping about.
    Unmapped,
}

impl Seat {
    /// Whether a run can begin at `at`.
    pub(super) fn runs_at(&self, at: Timestamp) -> bool {
        self.runs_from <= at && at < self.runs_until
    }

    /// Its report.
    pub(super) fn item(&self) -> String {
        let mut item = json!({
            "type": "integration",
            "key": self.key,
            "flow": self.flow.key(),
            "app": self.flow.target().key,
            "name": self.company.name,
            "user_id": self.user_id,
            "user_auth": self.user.email,
            "status": self.status,
            "created_at": self.created_at,
        });
        if let Some(reason) = self.reason {
            item["status_reason"] = reason.into();
        }
        if let Some(Trouble::TokenExpired { .. }) = self.trouble {
            item["description"] =
                "Connected by an administrator who has left; see support case 20731.".into();
        }
        item.to_string()
    }
}

/// The first `count` integrations.
pub(super) fn seats(now: Timestamp, count: usize) -> Vec<Seat> {
    let mut places = [0_usize; 6];
    (0..count)
        .map(|number| {
            // Of every twenty, so many belong to each flow; mixed, as they would come in.
            let flow = match number * 7 % 20 {
                0..=5 => Flow::Contacts,
                6..=9 => Flow::Leads,
                10..=12 => Flow::Orders,
                13..=14 => Flow::Issues,
                15..=17 => Flow::Invoices,
                _ => Flow::Stock,
            };
            let place = places[flow as usize];
            places[flow as usize] += 1;
            seat(now, number, flow, place)
        })
        .collect()
}

fn seat(now: Timestamp, number: usize, flow: Flow, place: usize) -> Seat {
    let mut random = Random::of(SEED, number);
    // Users have one to three integrations each.
    let user_number = number * 3 / 5;
    let company = people::company(user_number);
    let mut user_random = Random::of(SEED ^ 0xffff, user_number);
    let user = people::employee(&mut user_random, &company);
    let begin = now.plus_ms(-SPAN_MS);
    let age_days = if place < 3 {
        random.between(200, 400)
    } else {
        random.between(2, 180)
    };
    let mut seat = Seat {
        key: format!("int_{}", code(number)),
        flow,
        place,
        company,
        user,
        user_id: format!("u_{}", 10_400 + user_number),
        status: IntegrationStatus::Enabled,
        reason: None,
        created_at: now.plus_ms(-age_days * DAY_MS - random.between(0, DAY_MS)),
        runs_from: begin,
        runs_until: now,
        trouble: None,
    };
    seat.runs_from = begin.max(seat.created_at.plus_ms(60_000));
    seat.trouble = match (flow, place) {
        (Flow::Contacts, 2) => Some(Trouble::TokenExpired {
            since: now.plus_ms(-4 * DAY_MS - 5 * HOUR_MS),
        }),
        (Flow::Orders, place) if place % 37 == 1 => Some(Trouble::Unmapped),
        _ => None,
    };
    if place >= 3 {
        stand(&mut seat, now, number, &mut random);
    }
    seat
}

/// Gives it a status other than enabled, where it is its turn.
///
/// The turn moves on by 13 with every sixty, so that each status reaches each flow.
fn stand(seat: &mut Seat, now: Timestamp, number: usize, random: &mut Random) {
    use IntegrationStatus::{Deleted, Disabled, FailedToInitialize, Initializing, Paused};
    let stopped_at = now
        .plus_ms(-random.between(DAY_MS, 20 * DAY_MS))
        .max(seat.runs_from);
    let (status, reason) = match (number + number / 60 * 13) % 60 {
        7 | 23 => (Disabled, Some("Switched off by the end-user.")),
        38 => (Disabled, None),
        29 => (
            Paused,
            Some(
                "Too many errors: for days, all runs failed with 403 INSUFFICIENT_SCOPE. Paused automatically.",
            ),
        ),
        44 => (
            Paused,
            Some("Billing: the task quota of this plan is used up."),
        ),
        52 => (
            FailedToInitialize,
            Some(
                "The webhook could not be registered: 403 Forbidden, permission webhooks:write is missing.",
            ),
        ),
        35 => (Deleted, Some("Deleted at the request of the end-user.")),
        57 if number < 120 => (Initializing, None),
        // Enabled, but nothing has set it off yet.
        11 => {
            seat.runs_until = seat.runs_from;
            return;
        }
        _ => return,
    };
    seat.status = status;
    seat.reason = reason;
    seat.runs_until = stopped_at;
    match status {
        FailedToInitialize => seat.runs_until = seat.runs_from,
        Initializing => {
            seat.created_at = now.plus_ms(-random.between(20_000, 240_000));
            seat.runs_until = seat.runs_from;
        }
        Paused if reason.is_some_and(|reason| reason.starts_with("Too many")) => {
            // In the small sample only the first is there, and its runs are few.
            let suffered_days = if number < 60 { 14 } else { 4 };
            seat.trouble = Some(Trouble::PermissionLost {
                since: stopped_at.plus_ms(-suffered_days * DAY_MS),
            });
        }
        _ => {}
    }
}
