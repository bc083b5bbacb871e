//! What the lists of integrations and of runs have in common: the place in them, the team's views,
//! the choice of columns, and doing something to many of their rows.

use domain::{
    Cursor, Key, Page, Total,
    access::Role,
    bulk::BulkAction,
    page::grouped,
    view::{SavedView, ViewList},
};
use leptos::prelude::*;

use super::filters::{self, Listed, address, kept};
use crate::{
    components::{BulkBar, Links, Offer, Pager, ViewItem, bulk_bar, columns_menu, may, views_menu},
    route::{self, ExportFormat},
};

/// The word of a column in the address, and its name on the page.
type Words<C> = (fn(C) -> &'static str, fn(C) -> &'static str);

/// A list and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a, F> {
    pub(super) workspace: &'a str,
    pub(super) list: ViewList,
    /// The flow or integration that it is of.
    pub(super) of: Option<&'a Key>,
    pub(super) path: &'a str,
    pub(super) filter: &'a F,
}

impl<F: Listed> At<'_, F> {
    /// The place in the list, and the way to the rest of it.
    pub(super) fn place<T>(
        &self,
        noun: &'static str,
        page: &Page<T>,
        file: impl Fn(ExportFormat, &str) -> String,
    ) -> Pager {
        let at = |cursor: Option<Cursor>| address(self.path, &self.filter.to(cursor));
        let (previous, next) = (page.previous.clone(), page.next.clone());
        Pager {
            noun,
            total: page.total,
            first: page.first,
            shown: page.rows.len() as i64,
            links: Links {
                first: previous.is_some().then(|| at(None)),
                last: next.is_some().then(|| at(Some(Cursor::Last))),
                previous: previous.map(|cursor| at(Some(cursor))),
                next: next.map(|cursor| at(Some(cursor))),
            },
            sizes: filters::sizes(self.path, self.filter),
            files: filters::files(self.filter, file),
        }
    }

    /// The team's views, and a way to add what is shown.
    pub(super) fn views(&self, views: &[SavedView]) -> AnyView {
        let query = self.filter.to(None).query();
        let item = |view: &SavedView| ViewItem {
            name: view.name.clone(),
            href: format!("{}{}", self.path, view.query),
            delete: route::delete_view(self.workspace, view.id),
            open: view.query == query,
        };
        let fields = vec![
            ("list".to_owned(), self.list.to_string()),
            ("query".to_owned(), query.clone()),
        ];
        views_menu(
            views.iter().map(item).collect(),
            may(Role::Support).then(|| route::save_view(self.workspace)),
            fields,
            format!("{}{query}", self.path),
        )
    }

    /// The choice of columns: those of `all`, of which `shown` are.
    pub(super) fn columns<C: Copy + PartialEq>(
        &self,
        all: &[C],
        shown: &[C],
        words: Words<C>,
    ) -> AnyView {
        let (word, label) = words;
        let offers = |chosen: Option<&C>| {
            let offer = |column: &C| Offer {
                value: word(*column).to_owned(),
                text: label(*column).to_owned(),
                chosen: chosen == Some(column),
            };
            all.iter().map(offer).collect()
        };
        // Two places more than are taken: for those who want to add some.
        let places = (0..all.len().min(shown.len() + 2)).map(|index| offers(shown.get(index)));
        let usual = self.filter.to(None).with_usual_columns();
        columns_menu(
            self.path.to_owned(),
            places.collect(),
            address(self.path, &usual),
            kept(&usual.query()),
        )
    }

    /// What can be done to the rows that are selected, or to all that match.
    pub(super) fn bulk(
        &self,
        actions: &[BulkAction],
        shown: usize,
        total: Total,
    ) -> Option<AnyView> {
        if !may(Role::Operator) {
            return None;
        }
        let all = match total {
            Total::Exact(total) if total > shown as i64 => Some(total),
            _ => None,
        };
        let mut keep = vec![("list".to_owned(), self.list.to_string())];
        keep.extend(self.of.map(|key| ("of".to_owned(), key.to_string())));
        keep.extend(kept(&self.filter.to(None).query()));
        Some(bulk_bar(BulkBar {
            action: route::bulk(self.workspace),
            keep,
            actions: actions
                .iter()
                .map(|action| (action.as_str(), format!("{}…", action.label())))
                .collect(),
            all: all.map(|total| format!("All {} that match", grouped(total))),
        }))
    }
}
