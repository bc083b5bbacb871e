//! The one box: whatever is pasted into it is found.
//!
//! A plain form, so that it works before the script has come; [`super::browser`] lets `/` and
//! Ctrl+K lead to it.

use leptos::prelude::*;

/// The id by which the keyboard finds it.
pub(super) const FIND_ID: &str = "find";

/// `action` is the page that finds.
pub(crate) fn find_box(action: Signal<String>) -> AnyView {
    view! {
        <form class="find" role="search" aria-label="Find" method="get" action=move || action.get()>
            <label class="visually-hidden" for=FIND_ID>"Find a user, integration, run or step"</label>
            <input
                id=FIND_ID
                type="search"
                name="q"
                placeholder="Paste an ID, e-mail or link"
                maxlength="4096"
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="search"
                aria-keyshortcuts="/ Control+K"
                required
            />
            <kbd class="find-key" aria-hidden="true">"/"</kbd>
        </form>
    }
    .into_any()
}
