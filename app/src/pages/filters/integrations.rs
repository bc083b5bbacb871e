//! The filter of a list of integrations: its chips, its one-click form, its order.

use domain::{
    Cursor, IntegrationStatus, LastRun, PageSize,
    filter::{Columns, IntegrationColumn, IntegrationFilter, IntegrationSort, Span},
};

use super::{Listed, address, each, offers, sorted, span};
use crate::components::{Offer, Sort};

impl Listed for IntegrationFilter {
    as_every_list!();

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

/// The one-click filter for what needs attention.
pub(in crate::pages) fn faulty_only(filter: &IntegrationFilter) -> IntegrationFilter {
    IntegrationFilter {
        faulty: true,
        ..filter.at(None)
    }
}

/// How integrations are sorted by a column, and the link that turns it round.
pub(in crate::pages) fn integration_sort(
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

/// The last run's words, in the order of the described product.
pub(in crate::pages) fn last_run_offers(chosen: &[LastRun]) -> Vec<Offer> {
    offers(LastRun::ALL, chosen, LastRun::as_str, LastRun::label)
}

/// The words for an integration.
pub(in crate::pages) fn integration_offers(chosen: &[IntegrationStatus]) -> Vec<Offer> {
    offers(
        IntegrationStatus::ALL,
        chosen,
        IntegrationStatus::as_str,
        IntegrationStatus::label,
    )
}
