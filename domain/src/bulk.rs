//! One thing done to many at once: what is asked for, and how far it is.
//!
//! What it is done to is settled when it begins, so that the number that was
//! agreed to holds, a restart loses nothing, and it can be undone.

use serde::{Deserialize, Serialize};

use crate::{
    BulkId, IntegrationStatus, Key, Timestamp, WorkspaceId, filter::Dropped, limit, view::ViewList,
};

/// Characters of the note on handled failures.
pub const NOTE_CHARS: usize = 1_000;
/// So many at once at most: as far as lists count.
pub const MOST: i64 = limit::COUNT;

text_enum! {
    /// What is done.
    BulkAction {
        Disable = "disable", "Disable";
        Enable = "enable", "Enable";
        Delete = "delete", "Delete";
        /// Gives integrations the status back that an action changed.
        Restore = "restore", "Restore";
        Handle = "handle", "Mark as handled";
        /// Takes the mark away, or gives an earlier note back.
        Unhandle = "unhandle", "Mark as not handled";
    }
}

impl BulkAction {
    /// What can be chosen for integrations.
    pub const OF_INTEGRATIONS: &[Self] = &[Self::Disable, Self::Enable, Self::Delete];
    /// What can be chosen for runs.
    pub const OF_RUNS: &[Self] = &[Self::Handle, Self::Unhandle];

    /// Whether it is done to runs.
    #[must_use]
    pub fn is_of_runs(self) -> bool {
        matches!(self, Self::Handle | Self::Unhandle)
    }

    /// The status that integrations get.
    #[must_use]
    pub fn status(self) -> Option<IntegrationStatus> {
        match self {
            Self::Disable => Some(IntegrationStatus::Disabled),
            Self::Enable => Some(IntegrationStatus::Enabled),
            Self::Delete => Some(IntegrationStatus::Deleted),
            Self::Restore | Self::Handle | Self::Unhandle => None,
        }
    }

    /// What takes it back; nothing brings back what was deleted.
    #[must_use]
    pub fn undo(self) -> Option<Self> {
        match self {
            Self::Disable | Self::Enable => Some(Self::Restore),
            Self::Handle => Some(Self::Unhandle),
            Self::Delete | Self::Restore | Self::Unhandle => None,
        }
    }

    /// `disabled`, as in "12 integrations were disabled".
    #[must_use]
    pub fn past(self) -> &'static str {
        match self {
            Self::Disable => "disabled",
            Self::Enable => "enabled",
            Self::Delete => "deleted",
            Self::Restore => "given their status back",
            Self::Handle => "marked as handled",
            Self::Unhandle => "marked as not handled",
        }
    }

    /// `12 integrations`, `1 run`.
    #[must_use]
    pub fn things(self, count: i64) -> String {
        let noun = if self.is_of_runs() {
            "run"
        } else {
            "integration"
        };
        let plural = if count == 1 { "" } else { "s" };
        format!("{} {noun}{plural}", crate::page::grouped(count))
    }
}

text_enum! {
    /// What became of one of many.
    Outcome {
        Changed = "changed", "Changed";
        /// It was so already.
        Same = "same", "No change needed";
        /// It is deleted, is no failure, changed in the meantime, or is gone.
        Refused = "refused", "Refused";
    }
}

/// What became of one, and what it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub outcome: Outcome,
    pub was: Option<String>,
}

impl Done {
    /// Nothing was done.
    #[must_use]
    pub fn refused() -> Self {
        Self {
            outcome: Outcome::Refused,
            was: None,
        }
    }
}

/// Something done to many, as far as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Bulk {
    pub id: BulkId,
    pub workspace_id: WorkspaceId,
    pub action: BulkAction,
    pub note: Option<String>,
    /// The address of the list that it was begun from.
    pub back: String,
    /// The one that it takes back.
    pub undo_of: Option<BulkId>,
    pub total: i64,
    pub done: i64,
    pub changed: i64,
    pub refused: i64,
    pub created_at: Timestamp,
    pub ready_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

impl Bulk {
    /// One that has not begun; its id and numbers come when it does.
    #[must_use]
    pub fn new(action: BulkAction, note: Option<String>, back: String) -> Self {
        Self {
            id: BulkId(0),
            workspace_id: WorkspaceId(0),
            action,
            note,
            back,
            undo_of: None,
            total: 0,
            done: 0,
            changed: 0,
            refused: 0,
            created_at: Timestamp::default(),
            ready_at: None,
            finished_at: None,
        }
    }

    /// Those that were so already.
    #[must_use]
    pub fn same(&self) -> i64 {
        self.done - self.changed - self.refused
    }
}

/// What is selected on a list, and what shall be done to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    pub action: BulkAction,
    /// Which list it was made on.
    pub list: ViewList,
    /// The flow or integration that the list is of; all runs are of neither.
    pub of: Option<Key>,
    /// All that match the list's filter, rather than the keys.
    pub all: bool,
    pub keys: Vec<Key>,
}

impl Selection {
    /// Reads what a list's form sends; `None` where it names no action that there is.
    ///
    /// What is not of the selection is the list's filter, and stays.
    #[must_use]
    pub fn from_query(query: &str) -> (Option<Self>, String, Vec<Dropped>) {
        let query = query.strip_prefix('?').unwrap_or(query);
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let (mut action, mut list, mut of) = (None, None, None);
        let (mut all, mut keys) = (false, Vec::new());
        let (mut rest, mut dropped) = (Vec::new(), Vec::new());
        for (name, value) in pairs {
            match name.as_str() {
                "action" => action = value.parse().ok(),
                "list" => list = value.parse().ok(),
                "of" => of = Key::new(value.as_str()).ok(),
                "all" => all = value == "1",
                "key" => match Key::new(value.as_str()) {
                    Ok(key) if keys.len() < MOST_KEYS => keys.push(key),
                    _ => dropped.push(Dropped { name, value }),
                },
                _ => rest.push((name, value)),
            }
        }
        keys.sort();
        keys.dedup();
        let rest = serde_urlencoded::to_string(&rest).unwrap_or_default();
        let selection = action.zip(list).map(|(action, list)| Self {
            action,
            list,
            of,
            all,
            keys,
        });
        (selection.filter(Self::is_possible), rest, dropped)
    }

    /// Whether the list has what the action is done to, and says of what it is.
    fn is_possible(&self) -> bool {
        match self.list {
            ViewList::Integrations => {
                BulkAction::OF_INTEGRATIONS.contains(&self.action) && self.of.is_some()
            }
            ViewList::IntegrationRuns => {
                BulkAction::OF_RUNS.contains(&self.action) && self.of.is_some()
            }
            ViewList::Runs => BulkAction::OF_RUNS.contains(&self.action),
        }
    }
}

/// More than a page of a list has rows.
const MOST_KEYS: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_told_from_the_filter_that_it_is_of() {
        let (selection, rest, dropped) = Selection::from_query(
            "?list=runs&status=failed&key=b&key=a&key=b&action=handle&size=50&key=",
        );
        let selection = selection.expect("a selection");
        assert_eq!(selection.action, BulkAction::Handle);
        let keys: Vec<_> = selection.keys.iter().map(Key::as_str).collect();
        assert_eq!((keys, selection.all), (vec!["a", "b"], false));
        assert_eq!((rest.as_str(), dropped.len()), ("status=failed&size=50", 1));
        for nonsense in [
            "list=runs&action=destroy&all=1",
            "list=runs&action=delete&all=1",
            "list=integrations&action=delete&all=1",
            "list=integrations&of=f&action=restore&all=1",
            "action=handle&all=1",
        ] {
            assert!(Selection::from_query(nonsense).0.is_none(), "{nonsense}");
        }
        let all = Selection::from_query("list=integrations&of=f&action=delete&all=1").0;
        assert!(all.is_some_and(|s| s.all && s.of.is_some()));
    }

    #[test]
    fn only_deleting_cannot_be_taken_back() {
        let chosen = BulkAction::OF_INTEGRATIONS
            .iter()
            .chain(BulkAction::OF_RUNS);
        let final_ones: Vec<_> = chosen.filter(|action| action.undo().is_none()).collect();
        assert_eq!(final_ones, [&BulkAction::Delete, &BulkAction::Unhandle]);
        assert_eq!(BulkAction::Handle.things(1), "1 run");
        assert_eq!(BulkAction::Disable.things(1_204), "1,204 integrations");
    }
}
