//! The bare address of the site leads to the flows.

use leptos::prelude::*;

use crate::route;

/// On the server a redirect. No link of ours leads here, so a browser shows this only to those who typed it.
pub(crate) fn home() -> AnyView {
    let flows = route::flows(route::HOME_WORKSPACE);
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(address) = http::HeaderValue::from_str(&flows)
    {
        // `leptos_axum::redirect` would not do: it keeps 200 for clients that do not ask for HTML.
        response.set_status(http::StatusCode::FOUND);
        response.insert_header(http::header::LOCATION, address);
    }
    view! { <p><a href=flows>"Flows"</a></p> }.into_any()
}
