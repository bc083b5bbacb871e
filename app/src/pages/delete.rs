//! `/{workspace}/integrations/{integration}/delete`: the question before an integration is deleted.

use domain::{IntegrationStatus, page::grouped};
use leptos::prelude::*;

use super::{Shown, Trail, open};
use crate::{
    api::{IntegrationPage, show_integration},
    components::{NoticeTone, integration_status, key_text, notice, page_header},
    route,
};

pub(crate) fn delete() -> AnyView {
    open(
        route::DELETE,
        |address| {
            let query = String::new();
            Box::pin(show_integration(address.key(0), address.key(1), query))
        },
        |wire| wire.open().map(show),
    )
}

fn show(page: IntegrationPage) -> Shown {
    let workspace = page.workspace.key.as_str();
    let key = page.integration.key.as_str();
    let heading = view! { "Delete "{key_text(key)} };
    let question = if page.integration.status == IntegrationStatus::Deleted {
        already(&page)
    } else {
        question(&page)
    };
    let content = view! {
        {Trail::new(workspace).flow(&page.flow).integration(key).to("Delete")}
        {page_header(heading.into_any(), vec![])}
        {question}
    };
    Shown {
        title: format!("Delete {key}"),
        now: page.now,
        content: content.into_any(),
        found: None,
        again: None,
        live: None,
    }
}

fn already(page: &IntegrationPage) -> AnyView {
    let href = route::integration(page.workspace.key.as_str(), page.integration.key.as_str());
    let text = view! {
        <p class="notice-title">"This integration was deleted before."</p>
        <p>"Deleted is final. Its runs stay readable."</p>
    };
    view! {
        {notice(NoticeTone::Info, text.into_any())}
        <p class="ways-out"><a class="button" href=href>"View its runs"</a></p>
    }
    .into_any()
}

fn question(page: &IntegrationPage) -> AnyView {
    let (workspace, integration) = (page.workspace.key.as_str(), &page.integration);
    let key = integration.key.as_str();
    let href = route::integration(workspace, key);
    let of = match (&integration.user_id, &integration.user_auth) {
        (Some(id), Some(auth)) => format!(" of {id} ({auth})"),
        (Some(one), None) | (None, Some(one)) => format!(" of {one}"),
        (None, None) => String::new(),
    };
    let runs = match integration.runs {
        0 => "It has no runs.".to_owned(),
        1 => "Its run stays readable.".to_owned(),
        many => format!("Its {} runs stay readable.", grouped(many)),
    };
    let disabled = integration.status == IntegrationStatus::Disabled;
    let send = |text: &'static str, class: &'static str, to: IntegrationStatus| {
        view! {
            <form method="post" action=route::status(workspace, key)>
                <input type="hidden" name="status" value=to.as_str()/>
                <input type="hidden" name="back" value=href.clone()/>
                <button type="submit" class=class>{text}</button>
            </form>
        }
        .into_any()
    };
    let advice = if disabled {
        view! { <p>"It is disabled, so nothing is lost while you make sure."</p> }.into_any()
    } else {
        view! {
            <p>
                <strong>"Disable it first."</strong>
                " A disabled integration takes no new runs and can be enabled again; delete it once nobody misses it."
            </p>
        }
        .into_any()
    };
    let text = view! {
        <p class="notice-title">
            {format!("Delete the integration {key}{of} for good?")}" "
            {integration_status(integration.status, None)}
        </p>
        <p>{format!("It will take no new runs, and it cannot be enabled again, here or through the API. {runs}")}</p>
        {advice}
    };
    view! {
        {notice(NoticeTone::Failed, text.into_any())}
        <div class="ways-out">
            {(!disabled).then(|| send("Disable instead", "button button-primary", IntegrationStatus::Disabled))}
            {send("Delete for good", "button button-danger", IntegrationStatus::Deleted)}
            <a class="button" href=href.clone()>"Cancel"</a>
        </div>
    }
    .into_any()
}
