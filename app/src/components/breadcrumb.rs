//! The way up.

use leptos::prelude::*;

/// The levels above a page, each a text and its link, and the page itself.
pub(crate) fn breadcrumb(above: Vec<(String, String)>, here: String) -> AnyView {
    let above = above.into_iter().map(|(text, href)| {
        view! { <li><a href=href title=text.clone()>{text.clone()}</a></li> }
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
