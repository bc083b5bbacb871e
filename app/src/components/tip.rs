//! A tooltip that keyboards and screen readers reach as well, which a `title` is not.

use leptos::prelude::*;

/// `content` is what it explains, and names `id` as its description. `id` is unique on the page.
pub(crate) fn tip(id: String, text: &'static str, content: AnyView) -> AnyView {
    view! {
        <span class="tip">{content}<span class="tip-text" role="tooltip" id=id>{text}</span></span>
    }
    .into_any()
}
