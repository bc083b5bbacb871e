//! The document around every page. It is rendered by the server only and never hydrated.

use domain::display::{Density, Theme};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use leptos_router::location::RequestUrl;

use crate::{
    App,
    context::{Assets, Demo, DemoState, Look},
    route,
};

/// The document. It wants [`Assets`] in context; without them the page works and does not hydrate.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let assets = use_context::<Assets>();
    let Look {
        display,
        zone,
        reader,
    } = use_context().unwrap_or_default();
    let role = reader.role.map(|role| role.as_str());
    let theme = (display.theme != Theme::System).then(|| display.theme.as_str());
    let density = (display.density != Density::Comfortable).then(|| display.density.as_str());
    let live = (!display.live).then_some("off");
    let zone = (!zone.is_utc()).then(|| zone.to_string());
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-density=density data-live=live data-zone=zone data-who=reader.name data-role=role>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content=theme.unwrap_or("light dark")/>
                {assets.map(links)}
                <link rel="icon" type="image/svg+xml" href=route::FAVICON/>
                {is_loading().then(refresh)}
                <AutoReload options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Styles first, then the program: rows are readable while it is still on its way.
fn links(assets: Assets) -> impl IntoView {
    let nonce = use_nonce();
    let Assets { js, wasm, css } = assets;
    // Debug form is a quoted and escaped string, in Rust as in JavaScript for the addresses we make.
    let start = format!(
        "import start, {{ hydrate }} from {js:?};\nstart({{ module_or_path: {wasm:?} }}).then(hydrate);"
    );
    view! {
        <link rel="stylesheet" href=css/>
        <link rel="modulepreload" href=js nonce=nonce.clone()/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin=""/>
        <script type="module" nonce=nonce>{start}</script>
    }
}

/// Whether this is the page on which the sample workspace is being loaded.
fn is_loading() -> bool {
    let loading =
        use_context::<DemoState>().is_some_and(|state| matches!(state.get(), Demo::Loading { .. }));
    let url = use_context::<RequestUrl>().and_then(|url| url.parse().ok());
    loading && url.is_some_and(|url| route::keys(route::FLOWS, url.path()).is_some())
}

/// Without script the page asks again by itself; with script it reads the numbers anew.
fn refresh() -> impl IntoView {
    view! {
        <noscript>
            <meta http-equiv="refresh" content="2"/>
        </noscript>
    }
}
