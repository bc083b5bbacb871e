//! The way up from a page, from the flows downwards.

use domain::Flow;
use leptos::prelude::*;

use crate::{components::breadcrumb, route};

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
        breadcrumb(self.above, here.into())
    }

    fn with(mut self, text: &str, href: String) -> Self {
        self.above.push((text.to_owned(), href));
        self
    }
}
