//! Selecting rows, and doing something to all that are selected.
//!
//! The boxes belong to one form, wherever they stand on the page. Its bar shows up
//! when something is selected; the number is counted by the style, so that it is
//! true with script and without.

use leptos::prelude::*;

use super::form::{get_form, hidden_fields};

/// The form that the boxes belong to.
const FORM: &str = "selected";

/// What the bar offers.
#[derive(Debug)]
pub(crate) struct BulkBar {
    /// Where the question is asked.
    pub(crate) action: String,
    /// The list and its filter.
    pub(crate) keep: Vec<(String, String)>,
    /// The word and the label of each thing that can be done.
    pub(crate) actions: Vec<(&'static str, String)>,
    /// "All 1,204 that match", where that is more than the page shows.
    pub(crate) all: Option<String>,
}

/// The box of a row.
pub(crate) fn pick(key: &str) -> AnyView {
    let label = format!("Select {key}");
    view! { <input type="checkbox" class="pick" form=FORM name="key" value=key.to_owned() aria-label=label/> }.into_any()
}

/// The box of all rows that the page shows. It needs script, and hides without.
pub(crate) fn pick_all() -> AnyView {
    view! { <input type="checkbox" class="pick pick-all" aria-label="Select all on this page" autocomplete="off"/> }.into_any()
}

/// The bar below a list.
pub(crate) fn bulk_bar(bar: BulkBar) -> AnyView {
    let buttons = bar.actions.into_iter().map(|(word, label)| {
        view! { <button type="submit" class="button" name="action" value=word>{label}</button> }
    });
    let all = bar.all.map(|text| {
        view! {
            <label class="check">
                <input type="checkbox" class="bulk-all" name="all" value="1"/>
                {text}
            </label>
        }
    });
    let content = view! {
        <p class="bulk-count"><span class="bulk-number"></span>" selected"</p>
        {all}
        {hidden_fields(bar.keep)}
        <span class="bulk-actions">{buttons.collect::<Vec<_>>()}</span>
    };
    get_form("bulk-bar", FORM, None, bar.action, content.into_any())
}
