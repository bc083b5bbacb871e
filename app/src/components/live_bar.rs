//! What an open page has heard: new rows that wait to be shown, or that the connection is lost.
//!
//! It lies over the page and moves nothing. Screen readers hear it elsewhere, once.

use leptos::{ev, prelude::*};

/// New rows, in words, and where they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct News {
    pub(crate) text: String,
    pub(crate) href: String,
}

/// `shown` takes the click on "Show", which is a plain link otherwise.
pub(crate) fn live_bar(
    news: RwSignal<Option<News>>,
    lost: RwSignal<Option<String>>,
    shown: Callback<ev::MouseEvent>,
) -> AnyView {
    let bar = move |News { text, href }: News| {
        view! {
            <p class="live-news">
                {text}". "
                <a href=href on:click=move |event| shown.run(event)>"Show"</a>
            </p>
        }
    };
    let warning = |text: String| view! { <p class="live-lost">{text}</p> };
    view! {
        <div class="live">
            {move || news.get().map(bar)}
            {move || lost.get().map(warning)}
        </div>
    }
    .into_any()
}
