//! The bar above every page: the brand, the workspace, the pages that exist, the one box, and the menu
//! that sets how pages look.

use domain::access::Reader;
use leptos::prelude::*;

use super::{find_box, shortcuts};

/// A page that the bar leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NavLink {
    pub(crate) text: &'static str,
    pub(crate) href: Signal<String>,
    /// Whether it is the page that is open.
    pub(crate) open: Signal<bool>,
}

/// Who reads, as a way to their account; or that nobody has to say who they are.
pub(crate) fn who(reader: &Reader, account: &'static str) -> AnyView {
    match reader.name.clone() {
        Some(name) => view! { <a class="who" href=account rel="external" title=name.clone()>{name.clone()}</a> }.into_any(),
        None => view! { <span class="who" title="Started with --no-auth: whoever reaches this server may do everything">"No sign-in"</span> }.into_any(),
    }
}

/// The name of the product.
pub(crate) fn brand() -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d="M1.5 2.5h13v11h-13zM6 2.5v11M8.5 6h4M8.5 8.5h4"></path>
        </svg>
        "Integration View"
    }
    .into_any()
}

/// The first of `links` is where the brand leads; `find` is the page that finds.
pub(crate) fn top_bar(
    workspace: Signal<String>,
    find: Signal<String>,
    links: [NavLink; 3],
    display: AnyView,
) -> AnyView {
    let home = links[0].href;
    let links = links.map(|link| {
        view! {
            <li>
                <a href=move || link.href.get() aria-current=move || link.open.get().then_some("page")>{link.text}</a>
            </li>
        }
    });
    view! {
        <header class="top-bar">
            <a class="brand" href=move || home.get()>{brand()}</a>
            <span class="workspace" title="Workspace">{move || workspace.get()}</span>
            <nav aria-label="Main"><ul>{links.into_iter().collect::<Vec<_>>()}</ul></nav>
            {find_box(find)}
            {shortcuts()}
            {display}
        </header>
    }
    .into_any()
}
