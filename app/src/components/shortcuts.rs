//! The keys that lead somewhere, listed under `?`. [`super::browser`] acts on them.

use leptos::prelude::*;

const KEYS: [(&[&str], &str); 8] = [
    (&["/", "Ctrl K"], "Find a user, integration, run or step"),
    (&["J"], "Next failed run, on the page of a run"),
    (&["K"], "Previous failed run, on the page of a run"),
    (&["E"], "First error in the log of a run"),
    (&["F"], "Find in the body of a step"),
    (
        &["↑ ↓", "← →"],
        "In a body: go from line to line, fold and unfold",
    ),
    (&["Esc"], "Close a menu, the filter or the full window"),
    (&["?"], "Show this list"),
];

/// The button, and what it opens. Without script there are no such keys, so it is not shown.
pub(crate) fn shortcuts() -> AnyView {
    let rows = KEYS.map(|(keys, what)| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd>" " });
        view! { <div><dt>{keys.collect::<Vec<_>>()}</dt><dd>{what}</dd></div> }
    });
    view! {
        <button type="button" class="menu-button help-button" popovertarget="shortcuts" data-help="" title="Keyboard shortcuts">
            <span aria-hidden="true">"?"</span>
            {super::hidden_text("Keyboard shortcuts")}
        </button>
        <div class="shortcuts" id="shortcuts" popover="auto" role="dialog" aria-labelledby="shortcuts-title">
            <h2 id="shortcuts-title">"Keyboard shortcuts"</h2>
            <dl>{rows.into_iter().collect::<Vec<_>>()}</dl>
        </div>
    }
    .into_any()
}
