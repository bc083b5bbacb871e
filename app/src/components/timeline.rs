//! The steps of a run along its time: one bar each, and where nothing ran.
//!
//! Status is told by colour and by the shape of the bar; what the drawing says is said in words
//! below it too. The table of steps stands beside it with every moment and duration.

use domain::{
    Status,
    timeline::{AXIS, Lane},
};
use leptos::prelude::*;

use super::run_status;

/// Room for the numbers before the axis, in the units of the drawing.
const NUMBERS: u32 = 90;

/// `label` names the drawing; `end` is the axis' length; `words` say what the drawing says;
/// `open` is the number of the step that is shown beside.
pub(crate) fn timeline(
    bars: &[Lane],
    label: String,
    end: String,
    words: &[String],
    open: Option<u32>,
) -> AnyView {
    let lane = lane_height(bars.len());
    let height = lane * bars.len() as u32;
    let width = NUMBERS + AXIS;
    let lanes = bars.iter().zip(0_u32..);
    let lanes = lanes
        .map(|(bar, index)| lane_of(bar, index * lane, lane, open == Some(bar.number)))
        .collect::<Vec<_>>();
    let lines = words
        .iter()
        .map(|line| view! { <li>{line.clone()}</li> })
        .collect::<Vec<_>>();
    let axis = format!("M{NUMBERS} 0v{height}M{} 0v{height}", width - 1);
    view! {
        <div class="timeline">
            <svg class="timeline-drawing" viewBox=format!("0 0 {width} {height}") role="img" aria-label=label>
                {line("timeline-axis", axis)}
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

fn lane_of(bar: &Lane, top: u32, lane: u32, open: bool) -> AnyView {
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
    // The whole lane answers to the pointer.
    let mut lines = vec![line("lane", block(0, top, NUMBERS + AXIS, lane))];
    if let Some((at, length)) = bar.gap {
        let gap = format!("M{} {middle}h{length}", NUMBERS + at);
        lines.push(line("timeline-gap", gap));
    }
    let length = bar.length.max(4);
    lines.push(line(
        class,
        block(from, middle - height / 2, length, height),
    ));
    if bar.moved {
        let tip = format!(
            "M{from} {}l14 14l-14 14l-14 -14z",
            middle.saturating_sub(14)
        );
        lines.push(line("timeline-skew", tip));
    }
    let at = format!("translate({} {})", NUMBERS - 16, middle + 14);
    let number = bar.number.to_string();
    view! {
        <g class=if open { "timeline-open" } else { "" }>
            <title>{bar.text.clone()}</title>
            {lines}
            {(lane >= 40).then(|| view! { <text transform=at>{number}</text> })}
        </g>
    }
    .into_any()
}

// Everything is a path, since each other kind of shape would cost the wasm its attributes.
fn line(class: &'static str, path: String) -> AnyView {
    view! { <path class=class d=path></path> }.into_any()
}

fn block(left: u32, top: u32, width: u32, height: u32) -> String {
    format!("M{left} {top}h{width}v{height}h-{width}z")
}

/// What the colours mean, of those that occur.
fn legend(bars: &[Lane]) -> AnyView {
    let occurs = |status: &&Status| bars.iter().any(|bar| bar.status == **status);
    let marks = Status::ALL.iter().filter(occurs);
    let marks = marks
        .map(|status| view! { <li>{run_status(*status)}</li> })
        .collect::<Vec<_>>();
    view! { <ul class="timeline-legend" aria-label="Statuses">{marks}</ul> }.into_any()
}
