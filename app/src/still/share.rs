//! The links of a run for people outside.

use domain::{
    Timestamp,
    share::{DAYS, Share},
};
use leptos::prelude::*;

use super::{Frame, UNCHANGED, button, page, problem, shown_once};
use crate::{
    components::{
        Column, Offer, Place, Row, breadcrumb, dash, data_table, page_header, select, time_cell,
    },
    route,
};

/// What it shows.
#[derive(Debug, Clone, Default)]
pub struct SharePage {
    pub workspace: String,
    pub run: String,
    pub links: Vec<Share>,
    /// The link that was just made, which is shown this once.
    pub made: Option<String>,
    pub problem: Option<String>,
    pub now: Timestamp,
}

/// The links of a run, and the form that makes one.
#[must_use]
pub fn share(frame: Frame, shown: SharePage) -> String {
    page(frame, "Share a run", move || {
        let (workspace, run) = (shown.workspace.as_str(), shown.run.as_str());
        let made = shown.made.clone().map(|url| {
            shown_once("Give them this link", "It is shown this once. Whoever has it sees the run, so send it as you would send the data.", url)
        });
        let above = vec![
            ("Flows".to_owned(), route::flows(workspace)),
            (run.to_owned(), route::run(workspace, run)),
        ];
        view! {
            {breadcrumb(above, "Share".to_owned())}
            {page_header("Share a run".into_any(), vec![])}
            <p>"Colleagues need no link of this kind: the address of the run leads them there, and they sign in. This is for people outside."</p>
            {problem(UNCHANGED, shown.problem.clone())}
            {made}
            {create(workspace, run)}
            {list(&shown)}
        }
        .into_any()
    })
}

fn create(workspace: &str, run: &str) -> AnyView {
    let offers = DAYS.iter().map(|days| Offer {
        value: days.to_string(),
        text: if *days == 1 {
            "1 day".to_owned()
        } else {
            format!("{days} days")
        },
        chosen: *days == DAYS[0],
    });
    view! {
        <section class="settings" aria-labelledby="create">
            <h2 id="create">"Make a link"</h2>
            <form class="settings-form" method="post" action=route::share(workspace, run)>
                {select("Good for", "days", offers.collect())}
                <label class="check">
                    <input type="checkbox" name="payloads" value="yes"/>
                    "With payloads: requests and responses too, without the secrets in them"
                </label>
                <p><button type="submit" class="button button-primary">"Make link"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn list(shown: &SharePage) -> Option<AnyView> {
    if shown.links.is_empty() {
        return None;
    }
    let columns = [
        Column::new("Made", Place::Name),
        Column::new("By", Place::Detail),
        Column::new("Shows", Place::Detail),
        Column::new("Opened", Place::Number),
        Column::new("Last opened", Place::Detail),
        Column::new("Ends", Place::Time),
        Column::new("Actions", Place::Action),
    ];
    let rows = shown.links.iter().map(|link| {
        let end = match link.is_good(shown.now) {
            true => button("Revoke", route::revoke_share(&shown.workspace, &shown.run, link.id), vec![]),
            false => view! { <span class="quiet">{if link.revoked_at.is_some() { "revoked" } else { "expired" }}</span> }.into_any(),
        };
        let shows = if link.payloads { "run and payloads" } else { "run without payloads" };
        Row {
            class: if link.is_good(shown.now) { "" } else { "row-ended" },
            cells: vec![
                time_cell(link.created_at, shown.now),
                view! { <span>{link.created_by.clone()}</span> }.into_any(),
                view! { <span>{shows}</span> }.into_any(),
                view! { <span>{link.uses}</span> }.into_any(),
                link.used_at.map_or_else(dash, |at| time_cell(at, shown.now)),
                time_cell(link.expires_at, shown.now),
                end,
            ],
        }
    });
    Some(
        view! {
            <section class="settings settings-wide" aria-labelledby="links">
                <h2 id="links">"Links of this run"</h2>
                {data_table("Links of this run".to_owned(), &columns, rows.collect())}
            </section>
        }
        .into_any(),
    )
}
