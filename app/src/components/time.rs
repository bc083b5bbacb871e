//! Moments and durations, the same everywhere.
//!
//! Moments are rendered in the reader's zone, of which server and browser have the same table; the
//! attribute for machines stays UTC. How long ago
//! that was is added by [`super::browser`], beside the moment and never instead of it.

use domain::{Timestamp, time::duration_text};
use leptos::prelude::*;

use super::zone;

/// A moment in a table: short, exact on hover.
pub(crate) fn time_cell(at: Timestamp, now: Timestamp) -> AnyView {
    let zone = zone();
    view! { <time class="time" datetime=at.to_rfc3339() title=zone.long(at)>{zone.short(at, now)}</time> }
        .into_any()
}

/// A moment in a sentence or a header.
pub(crate) fn moment(at: Timestamp) -> AnyView {
    let zone = zone();
    view! { <time class="time" datetime=at.to_rfc3339() title=zone.rfc3339(at)>{zone.long(at)}</time> }
        .into_any()
}

/// How long something has been running that began `since`; the browser counts.
pub(crate) fn running_for(since: Timestamp) -> AnyView {
    view! { <span class="duration running-for" data-since=since.to_rfc3339()>{super::dash()}</span> }
        .into_any()
}

/// How long it took; a dash while it runs, never a wrong number.
pub(crate) fn duration(ms: Option<i64>) -> AnyView {
    let Some(ms) = ms else {
        return super::dash();
    };
    let title = if ms < 0 {
        "It ended before it began: the clocks of the reporting machines disagree.".to_owned()
    } else {
        format!("{} ms", domain::page::grouped(ms))
    };
    view! { <span class="duration" title=title>{duration_text(ms)}</span> }.into_any()
}
