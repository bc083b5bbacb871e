//! The way up.

use domain::Flow;
use leptos::prelude::*;

use crate::route;

/// The levels above a page, each a link.
#[derive(Debug)]
pub(crate) struct Trail<'w> {
    workspace: &'w str,
    above: Vec<(String, String)>,
}

impl<'w> Trail<'w> {
    /// From the flows, which lie above everything.
    pub(crate) fn new(workspace: &'w str) -> Self {
        let above = vec![("Flows".to_owned(), route::flows(workspace))];
        Self { workspace, above }
    }

    pub(crate) fn flow(self, flow: &Flow) -> Self {
        let href = route::flow(self.workspace, flow.key.as_str());
        self.with(flow.title(), href)
    }

    pub(crate) fn integration(self, key: &str) -> Self {
        let href = route::integration(self.workspace, key);
        self.with(key, href)
    }

    pub(crate) fn run(self, key: &str) -> Self {
        let href = route::run(self.workspace, key);
        self.with(key, href)
    }

    /// And the page itself.
    pub(crate) fn to(self, here: impl Into<String>) -> AnyView {
        let here = here.into();
        let above = self.above.into_iter().map(|(text, href)| {
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

    fn with(mut self, text: &str, href: String) -> Self {
        self.above.push((text.to_owned(), href));
        self
    }
}
