//! From a filter to what a page shows of it: chips, form fields, links that change one thing.
//!
//! Every link drops the cursor, since another list has other places.

use domain::{
    IntegrationStatus, LastRun, PageSize, Status,
    filter::{CodeFilter, IntegrationFilter, IntegrationSort, RunFilter, RunSort, Span},
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
    /// Itself at the beginning of its list.
    fn at_start(&self) -> Self;
    fn size(&self) -> PageSize;
    fn sized(&self, size: PageSize) -> Self;
    /// Itself with nothing left out but search, order and page size.
    fn cleared(&self) -> Self;
    /// Each condition in words, and the filter without it.
    fn conditions(&self) -> Vec<(String, Self)>;
}

/// The chips of a list at `path`.
pub(super) fn chips(path: &str, filter: &impl Listed) -> Vec<Chip> {
    let conditions = filter.at_start().conditions().into_iter();
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
        href: address(path, &filter.at_start().sized(size)),
        chosen: size == filter.size(),
    };
    PageSize::ALL.map(size).into()
}

/// The whole list as files, whichever page of it is shown.
pub(super) fn files(
    filter: &impl Listed,
    file: impl Fn(ExportFormat, &str) -> String,
) -> Vec<(&'static str, String)> {
    let query = filter.at_start().sized(PageSize::default()).query();
    vec![
        ("CSV", file(ExportFormat::Csv, &query)),
        ("JSON", file(ExportFormat::Json, &query)),
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

    fn at_start(&self) -> Self {
        self.at(None)
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
            sort: self.sort,
            size: self.size,
            ..Self::default()
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

    fn at_start(&self) -> Self {
        self.at(None)
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
            sort: self.sort,
            size: self.size,
            ..Self::default()
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

/// Date Created, the way round that it is not sorted now.
pub(super) fn by_created(path: &str, filter: &IntegrationFilter) -> Sort {
    use IntegrationSort as By;
    let (newest_first, turned) = match filter.sort {
        By::CreatedNewest => (Some(true), By::CreatedOldest),
        By::CreatedOldest => (Some(false), By::CreatedNewest),
        _ => (None, By::CreatedNewest),
    };
    integration_sort(path, filter, newest_first, turned)
}

/// Last Run Start, the way round that it is not sorted now.
pub(super) fn by_last_run(path: &str, filter: &IntegrationFilter) -> Sort {
    use IntegrationSort as By;
    let (newest_first, turned) = match filter.sort {
        By::LastRunNewest => (Some(true), By::LastRunOldest),
        By::LastRunOldest => (Some(false), By::LastRunNewest),
        _ => (None, By::LastRunNewest),
    };
    integration_sort(path, filter, newest_first, turned)
}

fn integration_sort(
    path: &str,
    filter: &IntegrationFilter,
    newest_first: Option<bool>,
    sort: IntegrationSort,
) -> Sort {
    let turned = IntegrationFilter {
        sort,
        ..filter.at(None)
    };
    Sort {
        newest_first,
        href: address(path, &turned),
    }
}

/// Start Time, the other way round.
pub(super) fn by_start(path: &str, filter: &RunFilter) -> Sort {
    let (newest_first, sort) = match filter.sort {
        RunSort::Newest => (true, RunSort::Oldest),
        RunSort::Oldest => (false, RunSort::Newest),
    };
    let turned = RunFilter {
        sort,
        ..filter.at(None)
    };
    Sort {
        newest_first: Some(newest_first),
        href: address(path, &turned),
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
    let minute = |at: domain::Timestamp| zone.field(at).replace('T', " ");
    let name = zone.name();
    match (span.from.map(minute), span.to.map(minute)) {
        (Some(from), Some(to)) => Some(format!("{what} {from} to {to} {name}")),
        (Some(from), None) => Some(format!("{what} from {from} {name}")),
        (None, Some(to)) => Some(format!("{what} until {to} {name}")),
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
