//! The meatballs menus of the lists, which several pages show.

use domain::{
    Integration, IntegrationStatus, Run, RunRow, Status, Timestamp, Workspace,
    access::Role,
    bulk::BulkAction,
    logs::{LogsLink, Owner, RunTimes},
};
use leptos::prelude::*;

use crate::{
    components::{MenuItem, may, menu},
    route,
};

/// What can be done with an integration. `back` is the page to return to.
pub(super) fn integration_menu(integration: &Integration, workspace: &str, back: &str) -> AnyView {
    let key = integration.key.as_str();
    let href = route::integration(workspace, key);
    let mut items = Vec::new();
    // Nobody needs the way to where they are.
    if back != href {
        items.push(MenuItem::Link {
            text: "View runs".to_owned(),
            href: href.clone(),
        });
    }
    items.push(MenuItem::CopyLink { what: "Link", href });
    items.extend(integration.user_id.as_ref().map(|user| MenuItem::Link {
        text: format!("All integrations of {user}"),
        href: route::user(workspace, user),
    }));
    items.extend(status_items(integration, workspace, back));
    menu(
        format!("menu-{}", integration.id.0),
        format!("integration {key}"),
        items,
    )
}

/// Enable or Disable, and Delete; nothing for one that is deleted, which is final (IG-36).
fn status_items(integration: &Integration, workspace: &str, back: &str) -> Vec<MenuItem> {
    let key = integration.key.as_str();
    let send = |text, to: IntegrationStatus| MenuItem::Send {
        text,
        action: route::status(workspace, key),
        fields: vec![
            ("status", to.as_str().to_owned()),
            ("back", back.to_owned()),
        ],
    };
    let delete = MenuItem::Link {
        text: "Delete…".to_owned(),
        href: route::delete(workspace, key),
    };
    match integration.status {
        _ if !may(Role::Operator) => Vec::new(),
        IntegrationStatus::Deleted => Vec::new(),
        IntegrationStatus::Disabled => vec![send("Enable", IntegrationStatus::Enabled), delete],
        _ => vec![send("Disable", IntegrationStatus::Disabled), delete],
    }
}

/// What a run's menu needs to know of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunOf<'r> {
    times: RunTimes<'r>,
    owner: Owner<'r>,
    /// What can be done about its failure.
    handling: Option<BulkAction>,
}

impl<'r> RunOf<'r> {
    /// A run of a list.
    pub(super) fn row(run: &'r RunRow) -> Self {
        Self {
            times: run.into(),
            owner: run.into(),
            handling: handling(run.status, run.handled_at),
        }
    }

    /// The run of a page.
    pub(super) fn page(run: &'r Run, integration: &'r Integration) -> Self {
        Self {
            times: run.into(),
            owner: integration.into(),
            handling: handling(run.status, run.handled_at),
        }
    }
}

fn handling(status: Status, handled_at: Option<Timestamp>) -> Option<BulkAction> {
    match (status, handled_at) {
        (_, Some(_)) => Some(BulkAction::Unhandle),
        (Status::Failed | Status::Warning | Status::Interrupted, None) => Some(BulkAction::Handle),
        _ => None,
    }
}

/// What can be done with a run. `row` says that it stands in a list, not on the run's own page.
pub(super) fn run_menu(
    id: i64,
    row: bool,
    run: RunOf<'_>,
    workspace: &Workspace,
    now: Timestamp,
) -> AnyView {
    let RunOf {
        times: run,
        owner,
        handling,
    } = run;
    let href = route::run(workspace.key.as_str(), run.key);
    let mut items = Vec::new();
    if row {
        items.push(MenuItem::Link {
            text: "View steps".to_owned(),
            href: href.clone(),
        });
    }
    items.push(MenuItem::CopyLink { what: "Link", href });
    if may(Role::Support) {
        items.push(MenuItem::Load {
            text: "Share outside…",
            href: route::share(workspace.key.as_str(), run.key),
        });
    }
    items.extend(LogsLink::of(workspace).map(|logs| MenuItem::Outside {
        href: logs.to(owner, run, now),
        text: logs.label,
    }));
    items.extend(
        handling
            .filter(|_| may(Role::Operator))
            .map(|action| MenuItem::Link {
                text: format!("{}…", action.label()),
                href: route::handle_run(workspace.key.as_str(), action, run.key),
            }),
    );
    menu(format!("menu-{id}"), format!("run {}", run.key), items)
}
