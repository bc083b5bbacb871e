//! What was consumed on each of the last days, as small bars with a text for those who do not see them.

use domain::{Timestamp, page::grouped, user::DayUsage};
use leptos::prelude::*;

/// Width and height of a bar's place, in the units of the drawing.
const STEP: usize = 8;
const HEIGHT: i64 = 32;
const DAY_MS: i64 = 86_400_000;

/// `days` without a gap, the last one today.
pub(crate) fn day_bars(days: &[DayUsage]) -> AnyView {
    let most = days.iter().map(|day| day.tasks).max().unwrap_or(0).max(1);
    let sum: i64 = days.iter().map(|day| day.tasks).sum();
    let today = days.last().map_or(0, |day| day.tasks);
    let label = format!(
        "Tasks per day (UTC), {} days: {} in all, at most {} on a day, {} today",
        days.len(),
        grouped(sum),
        grouped(most.min(sum)),
        grouped(today)
    );
    let bars = days.iter().enumerate().map(|(index, day)| {
        // Whatever was used is seen, however little of the most it is.
        let height = match day.tasks {
            0 => 1,
            tasks => (tasks * HEIGHT / most).max(2),
        };
        let class = if day.tasks == 0 {
            "day-bar day-bar-none"
        } else {
            "day-bar"
        };
        let date = Timestamp::from_ms(day.day * DAY_MS).to_field();
        let title = format!(
            "{} (UTC): {} tasks, {} runs, {} failed",
            date.split('T').next().unwrap_or_default(),
            grouped(day.tasks),
            grouped(day.runs),
            grouped(day.failed_runs)
        );
        view! {
            <rect class=class x=index * STEP y=HEIGHT - height width=STEP - 2 height=height>
                <title>{title}</title>
            </rect>
        }
    });
    let bars = bars.collect::<Vec<_>>();
    let width = days.len() * STEP;
    view! {
        <svg class="day-bars" viewBox=format!("0 0 {width} {HEIGHT}") width=width height=HEIGHT role="img" aria-label=label>
            {bars}
        </svg>
    }
    .into_any()
}
