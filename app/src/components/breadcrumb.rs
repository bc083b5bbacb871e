//! The way up.

use leptos::prelude::*;

/// One level above the page.
#[derive(Debug, Clone)]
pub(crate) struct Crumb {
    pub(crate) text: String,
    pub(crate) href: String,
}

impl Crumb {
    pub(crate) fn new(text: impl Into<String>, href: String) -> Self {
        Self {
            text: text.into(),
            href,
        }
    }
}

/// The levels above, and the page itself.
pub(crate) fn breadcrumb(above: Vec<Crumb>, here: String) -> AnyView {
    let above = above.into_iter().map(|crumb| {
        view! { <li><a href=crumb.href title=crumb.text.clone()>{crumb.text.clone()}</a></li> }
    });
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol>
                {above.collect::<Vec<_>>()}
                <li><span aria-current="page" title=here.clone()>{here.clone()}</span></li>
            </ol>
        </nav>
    }
    .into_any()
}
