//! Who may do what: people with a role in a workspace, programs with a key of one scope, and
//! strangers with a link to one run.
//!
//! The rules are here and know neither HTTP nor the database; where they are enforced is the
//! server's `gate`.

mod key;
mod person;
mod rule;
mod throttle;
mod token;

pub use key::{ApiKey, Bounds, Reporter, Scope, is_uuid};
pub use person::{
    ABSOLUTE_MS, Account, BadPassword, Caller, IDLE_MS, Membership, Person, REVEALS, Reader, Role,
    Session, TOUCH_MS, checked_email, checked_password, is_alive,
};
pub use rule::{Access, Verdict, judge};
pub use throttle::Attempts;
pub use token::{Token, digest};
