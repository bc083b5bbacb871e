//! The pages of Integration View: rendered on the server, then hydrated.
//!
//! `pages` read the address and compose `components`; `api` holds the reads
//! behind them; `route` makes every link. State lives in the address and nowhere
//! else, so a page works before its script has come, and without it.
//!
//! This crate holds no SQL, names no axum type and reads neither clock nor
//! environment: the server provides what [`context`] and `store` describe.

// Views are deeply nested types.
#![recursion_limit = "512"]

pub mod api;
mod components;
pub mod context;
pub mod error;
mod pages;
pub mod route;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
pub mod still;

use components::close_filters;
use leptos::{ev, prelude::*};
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    hooks::use_location,
    path,
};
use pages::Screen;

#[cfg(feature = "ssr")]
pub use shell::shell;

/// All pages.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let title = pages::first_title();
    let look = first_look();
    let screen = Screen::new(&title, look.display.with_untracked(|display| display.live));
    provide_context(screen);
    provide_context(look.clone());
    screen.start();

    let routing = RwSignal::new(false);
    let busy = move || routing.get() || screen.waiting.get();
    let on_key = |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close_filters(None);
        }
    };
    view! {
        <Title text=move || pages::document_title(title.get())/>
        <Router set_is_routing=routing>
            <div class="page" on:click=move |event| screen.clicked(&event) on:keydown=on_key>
                // The router would scroll and leave the focus behind; the browser moves both.
                <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
                {top_bar(screen, &look)}
                {screen.live_bar()}
                <main id="main" class="main" class:busy=busy tabindex="-1">
                    <FlatRoutes fallback=pages::not_found>
                        <Route path=path!("/") view=pages::home ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/flows") view=pages::flows ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/flows/:flow") view=pages::flow ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/integrations/:integration") view=pages::integration ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/integrations/:integration/delete") view=pages::delete ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/users/:user") view=pages::user ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/find") view=pages::find ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/settings") view=pages::settings ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/runs") view=pages::runs ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/bulk") view=pages::bulk ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/bulk/:bulk") view=pages::bulk_done ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/runs/:run") view=pages::run ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/runs/:run/log") view=pages::log ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/runs/:run/steps/:step") view=pages::step ssr=SsrMode::Async/>
                        <Route path=path!("/:workspace/runs/:run/compare/:other") view=pages::compare ssr=SsrMode::Async/>
                    </FlatRoutes>
                </main>
                <div class="visually-hidden" role="status" aria-live="polite">{move || screen.said.get()}</div>
            </div>
        </Router>
    }
}

/// What the reader has chosen: the server knows it from the cookie, the browser from the page.
fn first_look() -> components::Look {
    let known = use_context::<context::Look>().map(|look| (look.display, look.zone, look.reader));
    let (display, zone, reader) = known.or_else(components::rendered_look).unwrap_or_default();
    components::Look::new(display, zone, reader)
}

fn top_bar(screen: Screen, look: &components::Look) -> AnyView {
    let location = use_location();
    let path = location.pathname;
    let back = Signal::derive(move || match location.search.get() {
        query if query.is_empty() => path.get(),
        query => format!("{}?{query}", path.get()),
    });
    let zones = Signal::derive(move || route::settings(&route::workspace_of(&path.get())));
    let choose = pages::choose(screen, look);
    let display = components::display_menu(route::DISPLAY, back, zones, look, choose);
    let workspace = Signal::derive(move || path.with(|path| route::workspace_of(path)));
    let link = |text, to: fn(&str) -> String| {
        let href = Signal::derive(move || to(&workspace.get()));
        let open = Signal::derive(move || path.get() == href.get());
        components::NavLink { text, href, open }
    };
    let find = Signal::derive(move || route::find(&workspace.get()));
    components::top_bar(
        workspace,
        find,
        [
            link("Flows", route::flows),
            link("Runs", route::runs),
            link("Settings", route::settings),
        ],
        view! { {display}{components::who(&look.reader, route::ACCOUNT)} }.into_any(),
    )
}
