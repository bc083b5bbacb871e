//! The filters in force, each with the link that takes it away.

use leptos::prelude::*;

use super::hidden_text;

/// One filter: what it says, and the address without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chip {
    pub(crate) text: String,
    pub(crate) without: String,
}

/// All filters in force, and the address without any.
pub(crate) fn chips(chips: Vec<Chip>, clear: String) -> Option<AnyView> {
    if chips.is_empty() {
        return None;
    }
    let several = chips.len() > 1;
    let items = chips.into_iter().map(|chip| {
        view! {
            <li class="chip">
                <span>{chip.text.clone()}</span>
                <a href=chip.without title="Remove this filter">
                    <span aria-hidden="true">"✕"</span>
                    {hidden_text(format!("Remove filter {}", chip.text))}
                </a>
            </li>
        }
    });
    Some(
        view! {
            <ul class="chips" aria-label="Filters in force">
                {items.collect::<Vec<_>>()}
                {several.then(|| view! { <li><a href=clear>"Clear all"</a></li> })}
            </ul>
        }
        .into_any(),
    )
}
