//! The pages.
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

/// The document around every page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head><meta charset="utf-8"/><HydrationScripts options/><MetaTags/></head>
            <body><App/></body>
        </html>
    }
}

/// All routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! { <Router><Routes fallback=|| "Not found"><Route path=path!("/") view=|| view! { <h1>"Integration View"</h1> }/></Routes></Router> }
}
