//! Saved views: the filter of a list under a name, for everybody in the workspace.
//!
//! A view is a query and nothing else, so it is opened by a link, and what is
//! relative in it stays relative.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    SavedViewId,
    filter::{IntegrationFilter, RunFilter},
};

/// Characters of a view's name.
pub const NAME_CHARS: usize = 80;
/// Views of one kind of list.
pub const MOST: usize = 100;

text_enum! {
    /// Which list a view is of.
    ViewList {
        /// The integrations of a flow, whichever it is.
        Integrations = "integrations", "Integrations of a flow";
        /// The runs of an integration, whichever it is.
        IntegrationRuns = "integration_runs", "Runs of an integration";
        /// All runs.
        Runs = "runs", "Runs";
    }
}

/// A filter under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct SavedView {
    pub id: SavedViewId,
    pub list: ViewList,
    pub name: String,
    /// With its `?`, or empty.
    pub query: String,
}

/// Why a view is not saved; a sentence for the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadView {
    #[error("A view has a name of at most 80 characters.")]
    Name,
    #[error("There are 100 views of this list already. Delete one that nobody needs.")]
    TooMany,
}

/// A view that may be saved, its query as we would write it and without a place in the list.
///
/// # Errors
/// [`BadView::Name`].
pub fn checked(list: ViewList, name: &str, query: &str) -> Result<SavedView, BadView> {
    let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
        return Err(BadView::Name);
    }
    let query = match list {
        ViewList::Integrations => IntegrationFilter::from_query(query).0.at(None).to_query(),
        ViewList::IntegrationRuns | ViewList::Runs => {
            RunFilter::from_query(query).0.at(None).to_query()
        }
    };
    Ok(SavedView {
        id: SavedViewId(0),
        list,
        name,
        query,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_keeps_what_is_relative_and_forgets_the_place() {
        let query = "?status=failed&started_within=24h&at=last&junk=1&size=7";
        let view = checked(ViewList::Runs, "  Failed   today ", query).expect("a view");
        assert_eq!(view.name, "Failed today");
        assert_eq!(view.query, "?status=failed&started_within=24h");
    }

    #[test]
    fn a_view_has_a_name() {
        let long = "n".repeat(NAME_CHARS + 1);
        for name in ["", "  ", "a\u{7}b", long.as_str()] {
            assert_eq!(checked(ViewList::Runs, name, ""), Err(BadView::Name));
        }
    }
}
