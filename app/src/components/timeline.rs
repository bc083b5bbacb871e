//! The steps of a run along its time: one bar each, and where nothing ran.
//!
//! Status is told by colour and by the shape of the bar; what the drawing says is said in words
//! below it too. The table of steps stands beside it with every moment and duration.

use domain::{
    Status,
    time::duration_text,
    timeline::{AXIS, Bar, Gap, Skew, Timeline},
};
use leptos::prelude::*;

use super::run_status;

/// Room for the numbers before the axis, in the units of the drawing.
const NUMBERS: u32 = 90;
/// Skewed steps that are told one by one.
const SKEWS: usize = 5;

/// `title` names the step at a place; `open` is the place of the one that is shown beside.
pub(crate) fn timeline(
    layout: &Timeline,
    title: impl Fn(usize) -> Option<String>,
    open: Option<u32>,
) -> AnyView {
    let lane = lane_height(layout.bars.len());
    let height = lane * layout.bars.len() as u32;
    let width = NUMBERS + AXIS;
    let lanes = layout
        .bars
        .iter()
        .zip(0_u32..)
        .map(|(bar, index)| {
            let gap = layout.gaps.iter().find(|gap| gap.before == Some(bar.step));
            let name = title(bar.step as usize);
            lane_of(bar, gap, index * lane, lane, name, open == Some(bar.step))
        })
        .collect::<Vec<_>>();
    let shown = layout.bars.len() + layout.without_start.len();
    let label = format!(
        "Timeline of {} over {}",
        steps(layout.bars.len()),
        duration_text(layout.axis_ms)
    );
    view! {
        <div class="timeline">
            <svg class="timeline-drawing" viewBox=format!("0 0 {width} {height}") role="img" aria-label=label>
                <path class="timeline-axis" d=format!("M{NUMBERS} 0v{height}M{} 0v{height}", width - 1)></path>
                {lanes}
            </svg>
            <p class="timeline-ends quiet" aria-hidden="true">
                <span>"0 ms"</span><span>{duration_text(layout.axis_ms)}</span>
            </p>
            {legend(layout)}
            {words(layout, shown)}
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

fn lane_of(
    bar: &Bar,
    gap: Option<&Gap>,
    top: u32,
    lane: u32,
    name: Option<String>,
    open: bool,
) -> AnyView {
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
    let number = bar.step + 1;
    let name = name.map_or_else(
        || format!("Step {number}"),
        |name| format!("{number} · {name}"),
    );
    let took = bar
        .duration_ms
        .map_or_else(|| "no end reported".to_owned(), duration_text);
    let text = format!(
        "{name}: {}, {} after the beginning, {took}",
        bar.status.label(),
        duration_text(bar.after_ms)
    );
    let gap = gap.map(|gap| {
        let line = format!(
            "M{} {middle}H{}",
            NUMBERS + gap.from,
            NUMBERS + gap.from + gap.length
        );
        view! { <path class="timeline-gap" d=line></path> }
    });
    let skew = bar.skew.map(|_| {
        let tip = format!(
            "M{from} {}l14 14l-14 14l-14 -14z",
            middle.saturating_sub(14)
        );
        view! { <path class="timeline-skew" d=tip></path> }
    });
    view! {
        <g class=if open { "timeline-open" } else { "" }>
            <title>{text}</title>
            // The whole lane answers to the pointer.
            <rect class="lane" x="0" y=top width=NUMBERS + AXIS height=lane></rect>
            {(lane >= 40).then(|| view! { <text x=NUMBERS - 16 y=middle + 14 text-anchor="end">{number}</text> })}
            {gap}
            <rect class=class x=from y=middle - height / 2 width=bar.length.max(4) height=height></rect>
            {skew}
        </g>
    }
    .into_any()
}

/// What the colours mean, of those that occur.
fn legend(layout: &Timeline) -> AnyView {
    let occurs = |status: &&Status| layout.bars.iter().any(|bar| bar.status == **status);
    let marks = Status::ALL.iter().filter(occurs);
    let marks = marks
        .map(|status| view! { <li>{run_status(*status)}</li> })
        .collect::<Vec<_>>();
    view! { <ul class="timeline-legend" aria-label="Statuses">{marks}</ul> }.into_any()
}

fn words(layout: &Timeline, shown: usize) -> AnyView {
    let lines = sentences(layout, shown)
        .into_iter()
        .map(|line| view! { <li>{line}</li> })
        .collect::<Vec<_>>();
    view! { <ul class="timeline-words quiet">{lines}</ul> }.into_any()
}

/// What the drawing says.
fn sentences(layout: &Timeline, shown: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let gaps: Vec<_> = layout
        .gaps
        .iter()
        .map(|gap| match gap.before {
            Some(step) => format!("{} before step {}", duration_text(gap.ms), step + 1),
            None => format!("{} after the last step", duration_text(gap.ms)),
        })
        .collect();
    match gaps.as_slice() {
        [] => {}
        [one] => lines.push(format!("A gap of {one}.")),
        many => lines.push(format!("Gaps of {}.", many.join(", "))),
    }
    let skewed: Vec<_> = layout
        .bars
        .iter()
        .filter_map(|bar| Some((bar.step + 1, bar.skew?)))
        .collect();
    for (number, skew) in skewed.iter().take(SKEWS) {
        lines.push(match skew {
            Skew::Before => {
                format!("Step {number} is said to begin before the run: it is shown moved.")
            }
            Skew::After => {
                format!("Step {number} is said to end after the run: it is shown moved.")
            }
            Skew::Backwards => format!("Step {number} is said to end before it began."),
        });
    }
    if skewed.len() > SKEWS {
        lines.push(format!(
            "The same holds for {} further steps.",
            skewed.len() - SKEWS
        ));
    }
    if !skewed.is_empty() {
        lines.push("◆ The clocks of the reporting machines disagree.".to_owned());
    }
    match layout.without_start.as_slice() {
        [] => {}
        [one] => lines.push(format!("No start was reported for step {}.", one + 1)),
        some if some.len() <= 10 => {
            let numbers: Vec<_> = some.iter().map(|step| (step + 1).to_string()).collect();
            lines.push(format!(
                "No start was reported for steps {}.",
                numbers.join(", ")
            ));
        }
        many => lines.push(format!("No start was reported for {} steps.", many.len())),
    }
    if shown < layout.total as usize {
        lines.push(format!(
            "The first {shown} of {} steps.",
            domain::page::grouped(i64::from(layout.total))
        ));
    }
    lines
}

fn steps(count: usize) -> String {
    if count == 1 {
        "1 step".to_owned()
    } else {
        format!("{count} steps")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_what_the_drawing_shows() {
        let bar = |step, skew| Bar {
            step,
            status: Status::Ok,
            duration_ms: Some(1),
            from: 0,
            length: 1,
            after_ms: 0,
            skew,
        };
        let gap = |before, ms| Gap {
            before,
            from: 0,
            length: 1,
            ms,
        };
        let layout = Timeline {
            axis_ms: 10_000,
            bars: vec![
                bar(0, None),
                bar(1, Some(Skew::Before)),
                bar(3, Some(Skew::Backwards)),
            ],
            gaps: vec![gap(Some(3), 2_100), gap(None, 90)],
            without_start: vec![2],
            total: 260,
        };
        assert_eq!(
            sentences(&layout, 4),
            [
                "Gaps of 2.10 s before step 4, 90 ms after the last step.",
                "Step 2 is said to begin before the run: it is shown moved.",
                "Step 4 is said to end before it began.",
                "◆ The clocks of the reporting machines disagree.",
                "No start was reported for step 3.",
                "The first 4 of 260 steps.",
            ]
        );
    }
}
