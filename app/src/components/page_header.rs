//! What a page is about: its heading and the facts in one line.

use leptos::prelude::*;

/// A fact with its name.
#[derive(Debug)]
pub(crate) struct Fact {
    name: &'static str,
    value: AnyView,
}

impl Fact {
    pub(crate) fn new(name: &'static str, value: impl IntoAny) -> Self {
        Self {
            name,
            value: value.into_any(),
        }
    }

    /// A fact that is told only where there is one.
    pub(crate) fn some(name: &'static str, value: Option<String>) -> Option<Self> {
        value.map(|value| Self::new(name, view! { <span>{value}</span> }))
    }
}

/// The heading takes focus when a reader arrives here from another page.
pub(crate) fn page_header(heading: AnyView, facts: Vec<Fact>) -> AnyView {
    let facts = facts
        .into_iter()
        .map(|fact| view! { <div class="fact"><dt>{fact.name}</dt><dd>{fact.value}</dd></div> })
        .collect::<Vec<_>>();
    view! {
        <header class="page-header">
            <h1 tabindex="-1">{heading}</h1>
            {(!facts.is_empty()).then(|| view! { <dl class="facts">{facts}</dl> })}
        </header>
    }
    .into_any()
}
