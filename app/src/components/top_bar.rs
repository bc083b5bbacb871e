//! The bar above every page: the brand, the workspace, and the pages that exist.

use leptos::prelude::*;

/// `at_flows` marks the link of the page that is open.
pub(crate) fn top_bar(
    workspace: Signal<String>,
    flows: Signal<String>,
    at_flows: Signal<bool>,
) -> AnyView {
    view! {
        <header class="top-bar">
            <a class="brand" href=move || flows.get()>
                <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                    <path d="M1.5 2.5h13v11h-13zM6 2.5v11M8.5 6h4M8.5 8.5h4"></path>
                </svg>
                "Integration View"
            </a>
            <span class="workspace" title="Workspace">{move || workspace.get()}</span>
            <nav aria-label="Main">
                <ul>
                    <li>
                        <a href=move || flows.get() aria-current=move || at_flows.get().then_some("page")>"Flows"</a>
                    </li>
                </ul>
            </nav>
        </header>
    }
    .into_any()
}
