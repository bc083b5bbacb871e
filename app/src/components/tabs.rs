//! Sections of one thing. They are links, so they are marked as navigation and not as ARIA tabs.

use leptos::prelude::*;

/// One section.
#[derive(Debug, Clone)]
pub(crate) struct Tab {
    pub(crate) text: &'static str,
    /// Said behind it, quietly: "none".
    pub(crate) note: Option<&'static str>,
    pub(crate) href: String,
    pub(crate) open: bool,
}

/// `label` names the choice for screen readers.
pub(crate) fn tabs(label: &'static str, class: &'static str, tabs: Vec<Tab>) -> AnyView {
    let items = tabs.into_iter().map(|tab| {
        view! {
            <li>
                <a href=tab.href aria-current=tab.open.then_some("true") data-noscroll="">
                    {tab.text}
                    {tab.note.map(|note| view! { <span class="quiet">" "{note}</span> })}
                </a>
            </li>
        }
    });
    view! { <nav class=class aria-label=label><ul>{items.collect::<Vec<_>>()}</ul></nav> }
        .into_any()
}
