//! The steps of a run along its time, ready to be drawn.
//!
//! [`domain::timeline`] says where each bar stands; here it becomes words, on the server, so that
//! the browser's half only draws.

use domain::timeline::Lane;
use serde::{Deserialize, Serialize};

/// A run along its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// `Timeline of 6 steps over 4.21 s`.
    pub label: String,
    /// How long the axis is.
    pub end: String,
    pub lanes: Vec<Lane>,
    /// What the drawing says.
    pub words: Vec<String>,
}

#[cfg(feature = "ssr")]
mod layout {
    use domain::{
        Run, StepRow, Timestamp,
        page::grouped,
        time::duration_text,
        timeline::{Bar, Entry, Lane, Skew, Span, Timeline, lay_out},
    };

    use super::Times;

    /// Skewed steps that are told one by one.
    const SKEWS: usize = 5;

    impl Times {
        /// `None` where no step has a beginning.
        pub(in crate::api) fn new(run: &Run, steps: &[StepRow], now: Timestamp) -> Option<Self> {
            let entries = steps.iter().map(|step| Entry {
                status: step.status,
                started_at: step.started_at,
                duration_ms: step.duration_ms,
            });
            // The reporter's own time, also where its clock is not believed: only distances count.
            let told = run.told_start(steps.iter().filter_map(|step| step.started_at));
            let told = told.unwrap_or(run.started_at);
            let span = Span {
                started_at: told,
                duration_ms: run.duration_ms,
                now: now.plus_ms(told.as_ms().saturating_sub(run.started_at.as_ms())),
            };
            let layout = lay_out(span, &entries.collect::<Vec<_>>())?;
            let end = duration_text(layout.axis_ms);
            let count = match layout.bars.len() {
                1 => "1 step".to_owned(),
                many => format!("{many} steps"),
            };
            let lane = |bar: &Bar| {
                let gap = layout.gaps.iter().find(|gap| gap.before == Some(bar.step));
                Lane {
                    number: bar.step + 1,
                    text: text(bar, steps[bar.step as usize].title()),
                    status: bar.status,
                    from: bar.from,
                    length: bar.length,
                    gap: gap.map(|gap| (gap.from, gap.length)),
                    moved: bar.skew.is_some(),
                }
            };
            Some(Self {
                label: format!("Timeline of {count} over {end}"),
                lanes: layout.bars.iter().map(lane).collect(),
                words: sentences(&layout),
                end,
            })
        }
    }

    fn text(bar: &Bar, title: &str) -> String {
        let title: String = title.chars().take(80).collect();
        let took = bar
            .duration_ms
            .map_or_else(|| "no end reported".to_owned(), duration_text);
        format!(
            "{} · {title}: {}, {} after the beginning, {took}",
            bar.step + 1,
            bar.status.label(),
            duration_text(bar.after_ms)
        )
    }

    /// What the drawing says.
    fn sentences(layout: &Timeline) -> Vec<String> {
        let shown = layout.bars.len() + layout.without_start.len();
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
                grouped(i64::from(layout.total))
            ));
        }
        lines
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use domain::{Status, timeline::Gap};

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
                sentences(&layout),
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
}
