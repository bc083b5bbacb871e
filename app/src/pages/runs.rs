//! `/{workspace}/runs`: the runs of all integrations.

use domain::view::ViewList;
use leptos::prelude::*;

use super::{Shown, list_parts::At, open, run_list::RunList};
use crate::{
    api::{RunsPage, show_runs},
    components::{dropped_notice, page_header, position},
    route,
};

pub(crate) fn runs() -> AnyView {
    open(
        route::RUNS,
        |address| Box::pin(show_runs(address.key(0), address.query)),
        |wire| wire.open().map(show),
    )
}

fn show(page: RunsPage) -> Shown {
    let workspace = page.workspace.key.as_str();
    let path = route::runs(workspace);
    let list = RunList {
        at: At {
            workspace,
            list: ViewList::Runs,
            of: None,
            path: &path,
            filter: &page.filter,
        },
        workspace: &page.workspace,
        integration: None,
        runs: &page.runs,
        alike: &page.alike,
        views: &page.views,
        now: page.now,
    };
    let content = view! {
        {page_header("Runs".into_any(), vec![])}
        {dropped_notice(&page.dropped)}
        {list.show()}
    };
    Shown {
        title: "Runs".to_owned(),
        now: page.now,
        content: content.into_any(),
        found: Some(position(&list.place())),
        live: Some(list.live(&route::workspace(workspace), page.seen)),
        again: None,
    }
}
