//! From a filter to what a page shows of it: chips, form fields, links that change one thing.
//!
//! Every link drops the cursor, since another list has other places.

use domain::{
    Cursor, IntegrationStatus, LastRun, PageSize, Status,
    filter::{
        CodeFilter, Columns, Handled, IntegrationColumn, IntegrationFilter, IntegrationSort,
        RunColumn, RunFilter, RunSort, Span, Took, Within,
    },
    time::{duration_text, typed_duration},
};

use crate::{
    components::{Chip, Offer, Size, Sort, zone},
    route::ExportFormat,
};

/// The pairs of a query, for a form's hidden fields.
pub(super) fn kept(query: &str) -> Vec<(String, String)> {
    let query = query.strip_prefix('?').unwrap_or(query);
    serde_urlencoded::from_str(query).unwrap_or_default()
}

/// What a filter has to say to the parts of a list page.
pub(super) trait Listed: Clone {
    /// Its query string.
    fn query(&self) -> String;
    /// Itself at another place of its list.
    fn to(&self, cursor: Option<Cursor>) -> Self;
    fn size(&self) -> PageSize;
    fn sized(&self, size: PageSize) -> Self;
    /// Itself with nothing in force but search, columns, order and page size.
    fn cleared(&self) -> Self;
    /// Itself with the page's own columns.
    fn with_usual_columns(&self) -> Self;
    /// Each condition in words, and the filter without it.
    fn conditions(&self) -> Vec<(String, Self)>;
}

/// The chips of a list at `path`.
pub(super) fn chips(path: &str, filter: &impl Listed) -> Vec<Chip> {
    let conditions = filter.to(None).conditions().into_iter();
    let chip = |(text, without): (String, _)| Chip {
        text,
        without: address(path, &without),
    };
    conditions.map(chip).collect()
}

/// The page sizes of a list at `path`.
pub(super) fn sizes(path: &str, filter: &impl Listed) -> Vec<Size> {
    let size = |size: PageSize| Size {
        rows: size.rows(),
        href: address(path, &filter.to(None).sized(size)),
        chosen: size == filter.size(),
    };
    PageSize::ALL.map(size).into()
}

/// The whole list as files, whichever page of it is shown.
pub(super) fn files(
    filter: &impl Listed,
    file: impl Fn(ExportFormat, &str) -> String,
) -> Vec<(&'static str, String)> {
    let query = filter.to(None).sized(PageSize::default()).query();
    format_links(|format| file(format, &query))
}

/// The forms of a file.
pub(super) fn format_links(file: impl Fn(ExportFormat) -> String) -> Vec<(&'static str, String)> {
    vec![
        ("CSV", file(ExportFormat::Csv)),
        ("JSON", file(ExportFormat::Json)),
    ]
}

/// The address of a list.
pub(super) fn address(path: &str, filter: &impl Listed) -> String {
    format!("{path}{}", filter.query())
}

impl Listed for IntegrationFilter {
    fn query(&self) -> String {
        self.to_query()
    }

    fn to(&self, cursor: Option<Cursor>) -> Self {
        self.at(cursor)
    }

    fn size(&self) -> PageSize {
        self.size
    }

    fn sized(&self, size: PageSize) -> Self {
        Self {
            size,
            ..self.clone()
        }
    }

    fn cleared(&self) -> Self {
        Self {
            search: self.search.clone(),
            columns: self.columns.clone(),
            sort: self.sort,
            size: self.size,
            ..Self::default()
        }
    }

    fn with_usual_columns(&self) -> Self {
        Self {
            columns: Columns::default(),
            ..self.clone()
        }
    }

    fn conditions(&self) -> Vec<(String, Self)> {
        let mut all = Vec::new();
        if self.faulty {
            let without = Self {
                faulty: false,
                ..self.clone()
            };
            all.push(("Faulty only".to_owned(), without));
        }
        for (word, rest) in each(&self.last_run) {
            let last_run = rest;
            let without = Self {
                last_run,
                ..self.clone()
            };
            all.push((format!("Last run: {}", word.label()), without));
        }
        for (word, rest) in each(&self.status) {
            let without = Self {
                status: rest,
                ..self.clone()
            };
            all.push((format!("Integration: {}", word.label()), without));
        }
        if let Some(text) = span("Created", self.created) {
            let without = Self {
                created: Span::default(),
                ..self.clone()
            };
            all.push((text, without));
        }
        if let Some(text) = span("Last run", self.last_run_at) {
            let without = Self {
                last_run_at: Span::default(),
                ..self.clone()
            };
            all.push((text, without));
        }
        if let Some(app) = &self.app {
            let without = Self {
                app: None,
                ..self.clone()
            };
            all.push((format!("App: {app}"), without));
        }
        all
    }
}

impl Listed for RunFilter {
    fn query(&self) -> String {
        self.to_query()
    }

    fn to(&self, cursor: Option<Cursor>) -> Self {
        self.at(cursor)
    }

    fn size(&self) -> PageSize {
        self.size
    }

    fn sized(&self, size: PageSize) -> Self {
        Self {
            size,
            ..self.clone()
        }
    }

    fn cleared(&self) -> Self {
        Self {
            search: self.search.clone(),
            columns: self.columns.clone(),
            sort: self.sort,
            size: self.size,
            ..Self::default()
        }
    }

    fn with_usual_columns(&self) -> Self {
        Self {
            columns: Columns::default(),
            ..self.clone()
        }
    }

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
        let texts: [(&str, fn(&mut Self) -> &mut Option<String>); 4] = [
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

/// The one-click filter for what needs attention.
pub(super) fn faulty_only(filter: &IntegrationFilter) -> IntegrationFilter {
    IntegrationFilter {
        faulty: true,
        ..filter.at(None)
    }
}

/// The failures that nobody has looked after.
pub(super) fn failed_only(filter: &RunFilter) -> RunFilter {
    RunFilter {
        status: vec![Status::Failed],
        handled: Some(Handled::No),
        ..filter.at(None)
    }
}

/// How integrations are sorted by a column, and the link that turns it round.
pub(super) fn integration_sort(
    path: &str,
    filter: &IntegrationFilter,
    column: IntegrationColumn,
) -> Option<Sort> {
    use IntegrationSort as By;
    let (down, up) = match column {
        IntegrationColumn::DateCreated => (By::CreatedNewest, By::CreatedOldest),
        IntegrationColumn::LastRunStart => (By::LastRunNewest, By::LastRunOldest),
        _ => return None,
    };
    let to = |sort| {
        let filter = IntegrationFilter {
            sort,
            ..filter.at(None)
        };
        address(path, &filter)
    };
    Some(sorted(filter.sort, (down, up), ["newest", "oldest"], to))
}

/// How runs are sorted by a column, and the link that turns it round.
pub(super) fn run_sort(path: &str, filter: &RunFilter, column: RunColumn) -> Option<Sort> {
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

fn sorted<S: PartialEq>(
    by: S,
    (down, up): (S, S),
    words: [&'static str; 2],
    to: impl Fn(S) -> String,
) -> Sort {
    let descending = if by == down {
        Some(true)
    } else {
        (by == up).then_some(false)
    };
    Sort {
        descending,
        words,
        href: to(if descending == Some(true) { up } else { down }),
    }
}

/// What the form offers of a few words, those in force chosen.
pub(super) fn offers<T: Copy + PartialEq>(
    all: &[T],
    chosen: &[T],
    word: fn(T) -> &'static str,
    label: fn(T) -> &'static str,
) -> Vec<Offer> {
    let offer = |value: &T| Offer {
        value: word(*value).to_owned(),
        text: label(*value).to_owned(),
        chosen: chosen.contains(value),
    };
    all.iter().map(offer).collect()
}

/// The last run's words, in the order of the described product.
pub(super) fn last_run_offers(chosen: &[LastRun]) -> Vec<Offer> {
    offers(LastRun::ALL, chosen, LastRun::as_str, LastRun::label)
}

/// The words for an integration.
pub(super) fn integration_offers(chosen: &[IntegrationStatus]) -> Vec<Offer> {
    offers(
        IntegrationStatus::ALL,
        chosen,
        IntegrationStatus::as_str,
        IntegrationStatus::label,
    )
}

/// The words for a run; a run is never skipped, only a step is.
pub(super) fn run_offers(chosen: &[Status]) -> Vec<Offer> {
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
pub(super) fn handled_offers(chosen: Option<Handled>) -> Vec<Offer> {
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

/// The windows that move with the clock, and the one in force where it is another.
pub(super) fn window_offers(chosen: Option<Within>) -> Vec<Offer> {
    let offer = |within: Within| Offer {
        value: within.to_string(),
        text: format!("Last {}", within.label()),
        chosen: chosen == Some(within),
    };
    let any = Offer {
        value: String::new(),
        text: "At any time".to_owned(),
        chosen: chosen.is_none(),
    };
    let other = chosen.filter(|within| !Within::OFFERED.contains(within));
    std::iter::once(any)
        .chain(Within::OFFERED.into_iter().chain(other).map(offer))
        .collect()
}

/// A duration as it is typed; nothing where there is none.
pub(super) fn typed(ms: Option<i64>) -> String {
    ms.map(typed_duration).unwrap_or_default()
}

/// `401 5xx`, as it is typed.
pub(super) fn codes(codes: &[CodeFilter]) -> String {
    codes
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Each value beside all the others.
fn each<T: Copy>(values: &[T]) -> impl Iterator<Item = (T, Vec<T>)> {
    values.iter().enumerate().map(|(index, value)| {
        let mut rest = values.to_vec();
        rest.remove(index);
        (*value, rest)
    })
}

fn span(what: &str, span: Span) -> Option<String> {
    let zone = zone();
    let name = zone.name();
    let minute = |at: domain::Timestamp| zone.field(at).replace('T', " ");
    let fixed = match (span.from.map(minute), span.to.map(minute)) {
        (Some(from), Some(to)) => Some(format!("from {from} to {to} {name}")),
        (Some(from), None) => Some(format!("from {from} {name}")),
        (None, Some(to)) => Some(format!("until {to} {name}")),
        (None, None) => None,
    };
    let moving = span
        .within
        .map(|within| format!("in the last {}", within.label()));
    let parts: Vec<_> = moving.into_iter().chain(fixed).collect();
    (!parts.is_empty()).then(|| format!("{what} {}", parts.join(", ")))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<F: Listed>(filter: &F) -> Vec<String> {
        chips("/p", filter)
            .into_iter()
            .map(|chip| format!("{} -> {}", chip.text, chip.without))
            .collect()
    }

    #[test]
    fn each_chip_takes_one_condition_away_and_goes_back_to_the_first_page() {
        let query = "search=x&faulty=1&last_run=failed&last_run=ok&status=paused&created_from=2026-11-12&app=crm&sort=created_oldest&size=50&at=n.1.2.51";
        let (filter, _) = IntegrationFilter::from_query(query);
        let rest = "sort=created_oldest&size=50";
        let created = "created_from=2026-11-12T00%3A00";
        assert_eq!(
            texts(&filter),
            [
                format!(
                    "Faulty only -> /p?search=x&last_run=ok&last_run=failed&status=paused&{created}&app=crm&{rest}"
                ),
                format!(
                    "Last run: OK -> /p?search=x&faulty=1&last_run=failed&status=paused&{created}&app=crm&{rest}"
                ),
                format!(
                    "Last run: Failed -> /p?search=x&faulty=1&last_run=ok&status=paused&{created}&app=crm&{rest}"
                ),
                format!(
                    "Integration: Paused -> /p?search=x&faulty=1&last_run=ok&last_run=failed&{created}&app=crm&{rest}"
                ),
                format!(
                    "Created from 2026-11-12 00:00 UTC -> /p?search=x&faulty=1&last_run=ok&last_run=failed&status=paused&app=crm&{rest}"
                ),
                format!(
                    "App: crm -> /p?search=x&faulty=1&last_run=ok&last_run=failed&status=paused&{created}&{rest}"
                ),
            ]
        );
        assert_eq!(
            address("/p", &filter.cleared()),
            format!("/p?search=x&{rest}")
        );
    }

    #[test]
    fn runs_have_chips_for_words_codes_and_moments() {
        let (filter, _) = RunFilter::from_query(
            "status=failed&code=401,5xx&started_from=2026-11-12T09:14&started_to=2026-11-12T10:00",
        );
        let texts: Vec<_> = chips("/p", &filter)
            .into_iter()
            .map(|chip| chip.text)
            .collect();
        assert_eq!(
            texts,
            [
                "Status: Failed",
                "Network code: 401",
                "Network code: 5xx",
                "Started 2026-11-12 09:14 to 2026-11-12 10:00 UTC"
            ]
        );
        assert_eq!(chips("/p", &RunFilter::default()), []);
    }

    #[test]
    fn a_sort_link_turns_the_order_round_and_drops_the_place() {
        let (filter, _) = IntegrationFilter::from_query("faulty=1&at=last");
        assert_eq!(
            by_created("/p", &filter).href,
            "/p?faulty=1&sort=created_oldest"
        );
        assert_eq!(by_created("/p", &filter).newest_first, Some(true));
        assert_eq!(by_last_run("/p", &filter).newest_first, None);
        let (filter, _) = RunFilter::from_query("sort=oldest");
        assert_eq!(by_start("/p", &filter).href, "/p");
    }
}
