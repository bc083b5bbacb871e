//! The filter of a list of runs: its chips, its one-click form, its order, what its form offers.

use domain::{
    Cursor, PageSize, Status,
    filter::{CodeFilter, Columns, Handled, RunColumn, RunFilter, RunSort, Span, Took},
    labels::Labels,
    time::{duration_text, typed_duration},
};

use super::{Listed, address, each, offers, sorted, span};
use crate::components::{Offer, Sort};

/// One of a filter's texts.
type Text = fn(&mut RunFilter) -> &mut Option<String>;

impl Listed for RunFilter {
    as_every_list!();

    fn conditions(&self) -> Vec<(String, Self)> {
        let mut all = Vec::new();
        for (word, rest) in each(&self.status) {
            let without = Self {
                status: rest,
                ..self.clone()
            };
            all.push((format!("Status: {}", word.label()), without));
        }
        for (code, rest) in each(&self.code) {
            let without = Self {
                code: rest,
                ..self.clone()
            };
            all.push((format!("Network code: {code}"), without));
        }
        if let Some(text) = span("Started", self.started) {
            let without = Self {
                started: Span::default(),
                ..self.clone()
            };
            all.push((text, without));
        }
        if let Some(text) = took(self.took) {
            let without = Self {
                took: Took::default(),
                ..self.clone()
            };
            all.push((text, without));
        }
        if let Some(app) = &self.app {
            let without = Self {
                app: None,
                ..self.clone()
            };
            all.push((format!("Failing app: {app}"), without));
        }
        let texts: [(&str, Text); 6] = [
            ("Own status", |filter| &mut filter.label),
            ("Reference", |filter| &mut filter.reference),
            ("Trigger App", |filter| &mut filter.trigger_app),
            ("Trigger Name", |filter| &mut filter.trigger_name),
            ("Trigger Type", |filter| &mut filter.trigger_type),
            ("User", |filter| &mut filter.user),
        ];
        for (label, field) in texts {
            let mut without = self.clone();
            if let Some(text) = field(&mut without).take() {
                all.push((format!("{label}: {text}"), without));
            }
        }
        if let Some(handled) = self.handled {
            let without = Self {
                handled: None,
                ..self.clone()
            };
            all.push((handled.label().to_owned(), without));
        }
        all
    }
}

/// The failures that nobody has looked after.
pub(in crate::pages) fn failed_only(filter: &RunFilter) -> RunFilter {
    RunFilter {
        status: vec![Status::Failed],
        handled: Some(Handled::No),
        ..filter.at(None)
    }
}

/// How runs are sorted by a column, and the link that turns it round.
pub(in crate::pages) fn run_sort(
    path: &str,
    filter: &RunFilter,
    column: RunColumn,
) -> Option<Sort> {
    let (both, words) = match column {
        RunColumn::StartTime => ((RunSort::Newest, RunSort::Oldest), ["newest", "oldest"]),
        RunColumn::Duration => (
            (RunSort::Longest, RunSort::Shortest),
            ["longest", "shortest"],
        ),
        _ => return None,
    };
    let to = |sort| {
        let filter = RunFilter {
            sort,
            ..filter.at(None)
        };
        address(path, &filter)
    };
    Some(sorted(filter.sort, both, words, to))
}

/// The words for a run; a run is never skipped, only a step is.
pub(in crate::pages) fn run_offers(chosen: &[Status]) -> Vec<Offer> {
    let words = [
        Status::Failed,
        Status::Ok,
        Status::Running,
        Status::Warning,
        Status::Interrupted,
        Status::Queued,
    ];
    offers(&words, chosen, Status::as_str, Status::label)
}

/// Any, or one of a few words.
pub(in crate::pages) fn handled_offers(chosen: Option<Handled>) -> Vec<Offer> {
    let mut all = vec![Offer {
        value: String::new(),
        text: "Any".to_owned(),
        chosen: chosen.is_none(),
    }];
    all.extend(offers(
        Handled::ALL,
        chosen.as_slice(),
        Handled::as_str,
        Handled::label,
    ));
    all
}

/// Any, or one of the workspace's own words; also one that it has no more.
pub(in crate::pages) fn label_offers(labels: &Labels, chosen: Option<&str>) -> Vec<Offer> {
    let gone = chosen.filter(|word| !labels.words().any(|known| known == *word));
    let words = [""].into_iter().chain(labels.words()).chain(gone);
    let offer = |word: &str| Offer {
        value: word.to_owned(),
        text: if word.is_empty() { "Any" } else { word }.to_owned(),
        chosen: chosen.unwrap_or_default() == word,
    };
    words.map(offer).collect()
}

/// A duration as it is typed; nothing where there is none.
pub(in crate::pages) fn typed(ms: Option<i64>) -> String {
    ms.map(typed_duration).unwrap_or_default()
}

/// `401 5xx`, as it is typed.
pub(in crate::pages) fn codes(codes: &[CodeFilter]) -> String {
    codes
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

fn took(took: Took) -> Option<String> {
    match (
        took.least_ms.map(duration_text),
        took.most_ms.map(duration_text),
    ) {
        (Some(least), Some(most)) => Some(format!("Took {least} to {most}")),
        (Some(least), None) => Some(format!("Took at least {least}")),
        (None, Some(most)) => Some(format!("Took at most {most}")),
        (None, None) => None,
    }
}
