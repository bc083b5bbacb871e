//! `/{workspace}/flows/{flow}`: the integrations of a flow.

use domain::{
    Cursor, Integration, Timestamp,
    filter::{IntegrationFilter, IntegrationSort},
    page::grouped,
};
use leptos::prelude::*;

use super::{
    Shown,
    filters::{self, Listed, address},
    live::{Announced, Listen},
    open, row_menu,
    user::last_run_link,
};
use crate::{
    api::{FlowPage, show_flow},
    components::{
        Column, Crumb, Fact, Links, Offer, Pager, Place, Row, breadcrumb, checks, chips,
        copy_button, dash, data_table, dropped_notice, empty, filter_panel, flow_status,
        hidden_text, integration_status, key_link, key_text, long_text, moments, page_header,
        pager, position, search_form, select, time_cell,
    },
    route,
};

/// Complete IDs are asked for (IG-17): an incomplete one must not present a wrong integration.
const SEARCH: &str = "Complete Integration ID, User ID or User Auth";

pub(crate) fn flow() -> AnyView {
    open(
        route::FLOW,
        |address| Box::pin(show_flow(address.key(0), address.key(1), address.query)),
        |wire| wire.open().map(show),
    )
}

fn show(page: FlowPage) -> Shown {
    let workspace = page.workspace.key.as_str();
    let path = route::flow(workspace, page.flow.key.as_str());
    let unsearched = IntegrationFilter {
        search: None,
        ..page.filter.at(None)
    };
    let content = view! {
        {breadcrumb(vec![Crumb::new("Flows", route::flows(workspace))], page.flow.title().to_owned())}
        {header(&page, &path)}
        {dropped_notice(&page.dropped)}
        <div class="toolbar">
            {search_form(path.clone(), SEARCH, page.filter.search.clone(), filters::kept(&unsearched.to_query()))}
            {filter(&page, &path)}
            {faulty_only(&page.filter, &path)}
        </div>
        {chips(filters::chips(&path, &page.filter), address(&path, &page.filter.cleared()))}
        {list(&page, &path)}
    };
    Shown {
        title: page.flow.title().to_owned(),
        now: page.now,
        content: content.into_any(),
        found: Some(position(&place(&page, &path))),
        again: None,
        live: Some(live(&page, &path)),
    }
}

/// New runs of the list's integrations are announced.
fn live(page: &FlowPage, path: &str) -> Listen {
    let filter = page.filter.at(None);
    Listen {
        url: route::events(path, &page.seen.to_string(), &filter.to_query()),
        list: Some(Announced {
            one: "integration has new runs",
            many: "integrations have new runs",
            show: address(path, &filter),
        }),
    }
}

/// Switches between the faulty ones and all.
fn faulty_only(filter: &IntegrationFilter, path: &str) -> AnyView {
    let on = filter.faulty;
    let turned = IntegrationFilter {
        faulty: !on,
        ..filter.at(None)
    };
    view! { <a class="button" href=address(path, &turned) aria-current=on.then_some("true")>"Faulty only"</a> }.into_any()
}

fn header(page: &FlowPage, path: &str) -> AnyView {
    let flow = &page.flow;
    let id = view! { {key_text(flow.key.as_str())}{copy_button("Flow ID", flow.key.to_string())} };
    let faulty = if flow.faulty > 0 {
        let faulty = filters::faulty_only(&IntegrationFilter::default());
        view! { <a class="failed-count" href=address(path, &faulty)>{grouped(flow.faulty)}</a> }
            .into_any()
    } else {
        "0".into_any()
    };
    // The list below holds the deleted ones too, as their history stays readable.
    let integrations =
        view! { {grouped(flow.integrations)}<span class="quiet">" without deleted"</span> };
    let mut facts = vec![
        Fact::new("Flow ID", id),
        Fact::new("Flow Status", flow_status(flow.status)),
        Fact::new("Integrations", integrations),
        Fact::new("Faulty", faulty),
    ];
    facts.extend(Fact::some("Group", flow.flow_group.clone()));
    facts.extend(Fact::some(
        "Direction",
        flow.direction.map(|word| word.label().to_owned()),
    ));
    facts.extend(Fact::some(
        "Mode",
        flow.mode.map(|word| word.label().to_owned()),
    ));
    facts.extend(Fact::some("Type", flow.interface_type.clone()));
    view! {
        {page_header(flow.title().to_owned().into_any(), facts)}
        {flow.description.clone().map(|text| view! { <p class="description">{long_text(&text)}</p> })}
    }
    .into_any()
}

fn filter(page: &FlowPage, path: &str) -> AnyView {
    let filter = &page.filter;
    let anywhere = Offer {
        value: String::new(),
        text: "Any".to_owned(),
        chosen: filter.app.is_none(),
    };
    let apps = page.apps.iter().map(|app| Offer {
        value: app.to_string(),
        text: app.to_string(),
        chosen: filter.app.as_ref() == Some(app),
    });
    let faulty = vec![Offer {
        value: "1".to_owned(),
        text: "Only faulty ones: last run failed, or could not go on".to_owned(),
        chosen: filter.faulty,
    }];
    let fields = view! {
        {checks("Needs attention", "faulty", faulty)}
        {checks("Last Run Status", "last_run", filters::last_run_offers(&filter.last_run))}
        {checks("Integration Status", "status", filters::integration_offers(&filter.status))}
        {moments("Date Created", ("created_from", filter.created.from), ("created_to", filter.created.to))}
        {moments("Last Run Start", ("last_run_from", filter.last_run_at.from), ("last_run_to", filter.last_run_at.to))}
        {(!page.apps.is_empty()).then(|| select("App", "app", std::iter::once(anywhere).chain(apps).collect()))}
    };
    let cleared = filter.cleared();
    let active = filter.conditions().len();
    filter_panel(
        path.to_owned(),
        active,
        address(path, &cleared),
        filters::kept(&cleared.to_query()),
        fields.into_any(),
    )
}

fn list(page: &FlowPage, path: &str) -> AnyView {
    if page.integrations.rows.is_empty() {
        return nothing(page, path);
    }
    let caption = match page.filter.sort {
        IntegrationSort::CreatedNewest => format!("Integrations of {}", page.flow.title()),
        sort => format!("Integrations of {}, {}", page.flow.title(), sort.label()),
    };
    let sorts = Some((
        filters::by_created(path, &page.filter),
        filters::by_last_run(path, &page.filter),
    ));
    view! {
        {table(caption, &page.integrations.rows, page, path, sorts)}
        {pager(place(page, path))}
    }
    .into_any()
}

fn place(page: &FlowPage, path: &str) -> Pager {
    let at = |cursor: Option<Cursor>| address(path, &page.filter.at(cursor));
    let (previous, next) = (
        page.integrations.previous.clone(),
        page.integrations.next.clone(),
    );
    Pager {
        noun: "integrations",
        total: page.integrations.total,
        first: page.integrations.first,
        shown: page.integrations.rows.len() as i64,
        links: Links {
            first: previous.is_some().then(|| at(None)),
            last: next.is_some().then(|| at(Some(Cursor::Last))),
            previous: previous.map(|cursor| at(Some(cursor))),
            next: next.map(|cursor| at(Some(cursor))),
        },
        sizes: filters::sizes(path, &page.filter),
        files: filters::files(&page.filter, |format, query| {
            let (workspace, flow) = (page.workspace.key.as_str(), page.flow.key.as_str());
            route::integrations_file(workspace, flow, format, query)
        }),
    }
}

/// Which filter emptied the list, and what is alike.
fn nothing(page: &FlowPage, path: &str) -> AnyView {
    let filter = &page.filter;
    let clear = address(path, &IntegrationFilter::default());
    let Some(text) = &filter.search else {
        return if filter.narrows() {
            let what = "No integration of this flow passes the filter.".to_owned();
            let why = "The filters in force are listed above.".to_owned();
            empty(what, why, Some(("Show all integrations", clear)))
        } else {
            let what = "No integrations yet.".to_owned();
            let why = "They appear with the first report that names this flow.".to_owned();
            empty(what, why, None)
        };
    };
    let what = format!("No integration has exactly the ID “{text}”.");
    let narrowed = !filter.conditions().is_empty();
    let why = match (page.alike.is_empty(), narrowed) {
        (false, _) => "Below are those of which an ID begins with it.".to_owned(),
        (true, true) => "The search looked only at what passes the filters above.".to_owned(),
        (true, false) => {
            "Integration ID, User ID and User Auth were compared whole; upper and lower case are told apart."
                .to_owned()
        }
    };
    let alike = (!page.alike.is_empty()).then(|| {
        view! {
            <section class="alike" aria-labelledby="alike">
                <h2 id="alike">{format!("Beginning with “{text}”")}</h2>
                {table(format!("Integrations of which an ID begins with {text}"), &page.alike, page, path, None)}
            </section>
        }
    });
    view! { {empty(what, why, Some(("Show all integrations", clear)))}{alike} }.into_any()
}

fn table(
    caption: String,
    integrations: &[Integration],
    page: &FlowPage,
    path: &str,
    sorts: Option<(crate::components::Sort, crate::components::Sort)>,
) -> AnyView {
    let (by_created, by_last_run) = sorts.unzip();
    let workspace = page.workspace.key.as_str();
    let back = address(path, &page.filter);
    let columns = [
        Column::new("Integration ID", Place::Name),
        Column::new("User ID", Place::Detail),
        Column::new("User Auth", Place::Detail),
        Column {
            name: "Date Created",
            place: Place::Detail,
            sort: by_created,
        },
        Column {
            name: "Last Run Start",
            place: Place::Time,
            sort: by_last_run,
        },
        Column::new("Last Run Status", Place::Status),
        Column::new("Integration Status", Place::Detail),
        Column::new("View", Place::Action),
    ];
    let rows = integrations
        .iter()
        .map(|integration| row(integration, workspace, page.now, &back))
        .collect();
    data_table(caption, &columns, rows)
}

fn row(integration: &Integration, workspace: &str, now: Timestamp, back: &str) -> Row {
    let key = integration.key.as_str();
    let href = route::integration(workspace, key);
    let id = |id: &Option<String>| match id {
        Some(id) => key_link(id, route::user(workspace, id)),
        None => dash(),
    };
    let name = view! {
        {key_link(key, href.clone())}
        {integration.name.clone().map(|name| view! { <span class="sub-line">{name}</span> })}
    };
    Row {
        class: if integration.is_faulty() {
            "row-failed"
        } else {
            ""
        },
        cells: vec![
            name.into_any(),
            id(&integration.user_id),
            id(&integration.user_auth),
            time_cell(integration.created_at, now),
            // Empty where it never ran (IG-24): the status beside it says so.
            integration
                .last_run_at
                .map_or_else(|| ().into_any(), |at| time_cell(at, now)),
            last_run_link(integration, workspace),
            integration_status(integration.status, integration.status_reason.clone()),
            view! {
                <a href=href>"View"{hidden_text(format!(" runs of {key}"))}</a>
                {row_menu::integration_menu(integration, workspace, back)}
            }
            .into_any(),
        ],
    }
}
