//! A list without rows says why, and what to do about it.

use leptos::prelude::*;

/// `way_out` is a link that leads to rows, where one does.
pub(crate) fn empty(what: String, why: String, way_out: Option<(&'static str, String)>) -> AnyView {
    view! {
        <div class="empty">
            <p class="empty-what">{what}</p>
            <p>{why}</p>
            {way_out.map(|(text, href)| view! { <p><a href=href>{text}</a></p> })}
        </div>
    }
    .into_any()
}
