//! `/{workspace}/flows/{flow}`: the integrations of a flow.

use domain::{
    Integration, Timestamp,
    access::Role,
    bulk::BulkAction,
    filter::{IntegrationColumn, IntegrationFilter, IntegrationSort},
    page::grouped,
    view::ViewList,
};
use leptos::prelude::*;

use super::{
    Shown, Trail,
    filters::{self, Listed, address},
    list_parts::At,
    live::{Announced, Listen},
    open, row_menu,
    user::last_run_link,
};
use crate::{
    api::{FlowPage, show_flow},
    components::{
        Column, Fact, Offer, Pager, Place, Row, checks, chips, copy_button, dash, data_table,
        dropped_notice, empty, filter_panel, flow_status, hidden_text, integration_status,
        key_link, key_text, long_text, may, page_header, pager, pick, position, search_form,
        select, time_cell, window,
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
        {Trail::new(workspace).to(page.flow.title())}
        {header(&page, &path)}
        {dropped_notice(&page.dropped)}
        <div class="toolbar">
            {search_form(path.clone(), "search", SEARCH, page.filter.search.clone(), filters::kept(&unsearched.to_query()))}
            {filter(&page, &path)}
            {at(&page, &path).columns(IntegrationColumn::ALL, &shown(&page), (IntegrationColumn::as_str, IntegrationColumn::label))}
            {at(&page, &path).views(&page.views)}
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
        {window(
            "Date Created",
            ("created_within", filters::window_offers(filter.created.within)),
            ("created_from", filter.created.from),
            ("created_to", filter.created.to),
        )}
        {window(
            "Last Run Start",
            ("last_run_within", filters::window_offers(filter.last_run_at.within)),
            ("last_run_from", filter.last_run_at.from),
            ("last_run_to", filter.last_run_at.to),
        )}
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
    let rows = &page.integrations.rows;
    view! {
        <div class="selectable">
            {table(caption, rows, page, path, true)}
            {at(page, path).bulk(BulkAction::OF_INTEGRATIONS, rows.len(), page.integrations.total)}
        </div>
        {pager(place(page, path))}
    }
    .into_any()
}

fn at<'a>(page: &'a FlowPage, path: &'a str) -> At<'a, IntegrationFilter> {
    At {
        workspace: page.workspace.key.as_str(),
        list: ViewList::Integrations,
        of: Some(&page.flow.key),
        path,
        filter: &page.filter,
    }
}

fn shown(page: &FlowPage) -> Vec<IntegrationColumn> {
    page.filter.columns.shown(IntegrationColumn::OF_FLOW)
}

fn place(page: &FlowPage, path: &str) -> Pager {
    let (workspace, flow) = (page.workspace.key.as_str(), page.flow.key.as_str());
    at(page, path).place("integrations", &page.integrations, |format, query| {
        route::integrations_file(workspace, flow, format, query)
    })
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
                {table(format!("Integrations of which an ID begins with {text}"), &page.alike, page, path, false)}
            </section>
        }
    });
    view! { {empty(what, why, Some(("Show all integrations", clear)))}{alike} }.into_any()
}

/// `live` rows can be sorted and, by those who may act on them, selected.
fn table(
    caption: String,
    integrations: &[Integration],
    page: &FlowPage,
    path: &str,
    live: bool,
) -> AnyView {
    let back = address(path, &page.filter);
    let shown = shown(page);
    let mut columns = Vec::new();
    columns.extend((live && may(Role::Operator)).then(|| Column::new("Select", Place::Pick)));
    columns.extend(shown.iter().map(|column| {
        Column {
            name: column.label(),
            place: place_of(*column),
            sort: live
                .then(|| filters::integration_sort(path, &page.filter, *column))
                .flatten(),
        }
    }));
    columns.push(Column::new("View", Place::Action));
    let rows = integrations
        .iter()
        .map(|integration| row(integration, page, &shown, &back, live))
        .collect();
    data_table(caption, &columns, rows)
}

fn row(
    integration: &Integration,
    page: &FlowPage,
    shown: &[IntegrationColumn],
    back: &str,
    live: bool,
) -> Row {
    let workspace = page.workspace.key.as_str();
    let key = integration.key.as_str();
    let href = route::integration(workspace, key);
    let mut cells = Vec::new();
    cells.extend((live && may(Role::Operator)).then(|| pick(key)));
    let content = |column: &IntegrationColumn| cell(*column, integration, workspace, page.now);
    cells.extend(shown.iter().map(content));
    cells.push(
        view! {
            <a href=href>"View"{hidden_text(format!(" runs of {key}"))}</a>
            {row_menu::integration_menu(integration, workspace, back)}
        }
        .into_any(),
    );
    Row {
        class: if integration.is_faulty() {
            "row-failed"
        } else {
            ""
        },
        cells,
    }
}

fn place_of(column: IntegrationColumn) -> Place {
    match column {
        IntegrationColumn::IntegrationId => Place::Name,
        IntegrationColumn::LastRunStart => Place::Time,
        IntegrationColumn::LastRunStatus => Place::Status,
        IntegrationColumn::Runs | IntegrationColumn::Failed | IntegrationColumn::Tasks => {
            Place::Number
        }
        _ => Place::Detail,
    }
}

fn cell(
    column: IntegrationColumn,
    integration: &Integration,
    workspace: &str,
    now: Timestamp,
) -> AnyView {
    let id = |id: &Option<String>| match id {
        Some(id) => key_link(id, route::user(workspace, id)),
        None => dash(),
    };
    let key = integration.key.as_str();
    match column {
        IntegrationColumn::IntegrationId => view! {
            {key_link(key, route::integration(workspace, key))}
            {integration.name.clone().map(|name| view! { <span class="sub-line">{name}</span> })}
        }
        .into_any(),
        IntegrationColumn::Name => match &integration.name {
            Some(name) => name.clone().into_any(),
            None => dash(),
        },
        IntegrationColumn::UserId => id(&integration.user_id),
        IntegrationColumn::UserAuth => id(&integration.user_auth),
        IntegrationColumn::App => match &integration.app_key {
            Some(app) => key_text(app.as_str()),
            None => dash(),
        },
        IntegrationColumn::DateCreated => time_cell(integration.created_at, now),
        // Empty where it never ran (IG-24): the status beside it says so.
        IntegrationColumn::LastRunStart => integration
            .last_run_at
            .map_or_else(|| ().into_any(), |at| time_cell(at, now)),
        IntegrationColumn::LastRunStatus => last_run_link(integration, workspace),
        IntegrationColumn::IntegrationStatus => {
            integration_status(integration.status, integration.status_reason.clone())
        }
        IntegrationColumn::Runs => grouped(integration.runs).into_any(),
        IntegrationColumn::Failed => grouped(integration.failed_runs).into_any(),
        IntegrationColumn::Tasks => grouped(integration.tasks).into_any(),
    }
}
