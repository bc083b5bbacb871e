//! The steps of a run along its time: one bar each, and where nothing ran.
//!
//! Status is told by colour and by the shape of the bar; what the drawing says is said in words
//! below it too. The table of steps stands beside it with every moment and duration.

use domain::{Status, timeline::AXIS};
use leptos::prelude::*;

use super::run_status;

/// Room for the numbers before the axis, in the units of the drawing.
const NUMBERS: u32 = 90;

/// A step's bar.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub(crate) number: u32,
    /// What is said of it on hover.
    pub(crate) text: String,
    pub(crate) status: Status,
    pub(crate) from: u32,
    pub(crate) length: u32,
    /// Beginning and length of the time before it in which nothing ran.
    pub(crate) gap: Option<(u32, u32)>,
    /// Whether it was moved, as clocks disagree.
    pub(crate) moved: bool,
    /// Whether it is the one that is shown beside.
    pub(crate) open: bool,
}

/// `label` names the drawing; `end` is the axis' length; `words` say what the drawing says.
pub(crate) fn timeline(bars: &[Bar], label: String, end: String, words: &[String]) -> AnyView {
    let lane = lane_height(bars.len());
    let height = lane * bars.len() as u32;
    let width = NUMBERS + AXIS;
    let lanes = bars.iter().zip(0_u32..);
    let lanes = lanes
        .map(|(bar, index)| lane_of(bar, index * lane, lane))
        .collect::<Vec<_>>();
    let lines = words
        .iter()
        .map(|line| view! { <li>{line.clone()}</li> })
        .collect::<Vec<_>>();
    view! {
        <div class="timeline">
            <svg class="timeline-drawing" viewBox=format!("0 0 {width} {height}") role="img" aria-label=label>
                <path class="timeline-axis" d=format!("M{NUMBERS} 0v{height}M{} 0v{height}", width - 1)></path>
                {lanes}
            </svg>
            <p class="timeline-ends quiet" aria-hidden="true"><span>"0 ms"</span><span>{end}</span></p>
            {legend(bars)}
            <ul class="timeline-words quiet">{lines}</ul>
        </div>
    }
    .into_any()
}

/// Many lanes are low ones, so that they stay in sight.
fn lane_height(lanes: usize) -> u32 {
    match lanes {
        0..=30 => 64,
        31..=60 => 44,
        _ => 18,
    }
}

fn lane_of(bar: &Bar, top: u32, lane: u32) -> AnyView {
    // A bar's height tells what its colour does.
    let (class, part) = match bar.status {
        Status::Failed => ("bar bar-failed", 9),
        Status::Warning => ("bar bar-warning", 7),
        Status::Interrupted => ("bar bar-interrupted", 7),
        Status::Running | Status::Queued => ("bar bar-running", 5),
        Status::Ok => ("bar bar-ok", 5),
        Status::Skipped => ("bar bar-skipped", 2),
    };
    let height = (lane * part / 10).max(3);
    let middle = top + lane / 2;
    let from = NUMBERS + bar.from;
    let line = |class, d| view! { <path class=class d=d></path> }.into_any();
    let gap = bar.gap.map(|(at, length)| {
        line(
            "timeline-gap",
            format!("M{} {middle}h{length}", NUMBERS + at),
        )
    });
    let skew = bar.moved.then(|| {
        let tip = format!(
            "M{from} {}l14 14l-14 14l-14 -14z",
            middle.saturating_sub(14)
        );
        line("timeline-skew", tip)
    });
    let number = (lane >= 40).then(
        || view! { <text x=NUMBERS - 16 y=middle + 14 text-anchor="end">{bar.number}</text> },
    );
    view! {
        <g class=if bar.open { "timeline-open" } else { "" }>
            <title>{bar.text.clone()}</title>
            // The whole lane answers to the pointer.
            <rect class="lane" x="0" y=top width=NUMBERS + AXIS height=lane></rect>
            {number}
            {gap}
            <rect class=class x=from y=middle - height / 2 width=bar.length.max(4) height=height></rect>
            {skew}
        </g>
    }
    .into_any()
}

/// What the colours mean, of those that occur.
fn legend(bars: &[Bar]) -> AnyView {
    let occurs = |status: &&Status| bars.iter().any(|bar| bar.status == **status);
    let marks = Status::ALL.iter().filter(occurs);
    let marks = marks
        .map(|status| view! { <li>{run_status(*status)}</li> })
        .collect::<Vec<_>>();
    view! { <ul class="timeline-legend" aria-label="Statuses">{marks}</ul> }.into_any()
}
