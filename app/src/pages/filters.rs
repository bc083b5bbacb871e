//! From a filter to what a page shows of it: chips, form fields, links that change one thing.
//!
//! Every link drops the cursor, since another list has other places.

/// What every filter of a list says in the same way, of fields that all of them have.
macro_rules! as_every_list {
    () => {
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
    };
}

mod integrations;
mod runs;

use domain::{
    Cursor, PageSize,
    access::Role,
    filter::{Span, Within},
};

use crate::{
    components::{Chip, Offer, Size, Sort, may, zone},
    route::ExportFormat,
};

pub(super) use integrations::{faulty_only, integration_offers, integration_sort, last_run_offers};
pub(super) use runs::{
    codes, failed_only, handled_offers, label_offers, run_offers, run_sort, typed,
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

/// The forms of a file, for those who may have one.
pub(super) fn format_links(file: impl Fn(ExportFormat) -> String) -> Vec<(&'static str, String)> {
    if !may(Role::Support) {
        return Vec::new();
    }
    vec![
        ("CSV", file(ExportFormat::Csv)),
        ("JSON", file(ExportFormat::Json)),
    ]
}

/// The address of a list.
pub(super) fn address(path: &str, filter: &impl Listed) -> String {
    format!("{path}{}", filter.query())
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
        (Some(from), Some(to)) => Some(format!("{from} to {to} {name}")),
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

#[cfg(test)]
mod tests {
    use domain::filter::{IntegrationFilter, RunFilter};

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
        use domain::filter::{IntegrationColumn as I, RunColumn as R};
        let (filter, _) = IntegrationFilter::from_query("faulty=1&at=last");
        let by = |column| integration_sort("/p", &filter, column);
        let created = by(I::DateCreated).expect("a sort");
        assert_eq!(created.href, "/p?faulty=1&sort=created_oldest");
        assert_eq!(created.descending, Some(true));
        let last_run = by(I::LastRunStart).expect("a sort");
        assert_eq!(last_run.descending, None);
        assert!(by(I::UserId).is_none());
        let (filter, _) = RunFilter::from_query("sort=oldest&at=last");
        let by = |column| run_sort("/p", &filter, column).expect("a sort");
        assert_eq!(by(R::StartTime).href, "/p");
        let duration = by(R::Duration);
        assert_eq!(duration.href, "/p?sort=longest");
        assert_eq!(
            (duration.descending, duration.words),
            (None, ["longest", "shortest"])
        );
    }

    #[test]
    fn what_narrows_runs_is_said_in_words() {
        let (filter, dropped) = RunFilter::from_query(
            "app=crm&user=u_1&trigger_name=Order&took_from=5s&started_within=24h&handled=no",
        );
        assert_eq!(dropped, []);
        let texts: Vec<_> = chips("/p", &filter)
            .into_iter()
            .map(|chip| chip.text)
            .collect();
        assert_eq!(
            texts,
            [
                "Started in the last 24 hours",
                "Took at least 5.00 s",
                "Failing app: crm",
                "Trigger Name: Order",
                "User: u_1",
                "Not handled"
            ]
        );
    }
}
