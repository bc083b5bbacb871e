//! Forms that ask with GET: what they hold becomes the address, on Apply and not before.
//!
//! Without script the browser sends them. With script the same address is opened
//! without a reload, and fields that say nothing are left out of it.

use domain::Timestamp;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// A choice of a [`select`].
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) chosen: bool,
}

/// Looks for a text, sent as `name`. `keep` holds the filters that stay in force.
pub(crate) fn search_form(
    action: String,
    name: &'static str,
    label: &'static str,
    value: Option<String>,
    keep: Vec<(String, String)>,
) -> AnyView {
    let value = value.unwrap_or_default();
    let content = view! {
        <label class="search-label" for="search">{label}</label>
        <input
            id="search"
            class="search-input"
            type="search"
            name=name
            maxlength="1024"
            autocomplete="off"
            spellcheck="false"
            value=value.clone()
            prop:value=value
        />
        {hidden_fields(keep)}
        <button class="button" type="submit">"Search"</button>
    };
    get_form(
        "search",
        "search-form",
        Some("search"),
        action,
        content.into_any(),
    )
}

/// The Filter button and what it opens. `active` filters are in force; `clear` is the address without them.
pub(crate) fn filter_panel(
    action: String,
    active: usize,
    clear: String,
    keep: Vec<(String, String)>,
    fields: AnyView,
) -> AnyView {
    let content = view! {
        <div class="filter-fields">{fields}</div>
        {hidden_fields(keep)}
        <div class="filter-actions">
            <button class="button button-primary" type="submit">"Apply"</button>
            <a class="button" href=clear>"Clear"</a>
        </div>
    };
    view! {
        <details class="filter">
            <summary class="button">
                "Filter"
                {(active > 0)
                    .then(|| view! { <span class="count">{active}{super::hidden_text(" in force")}</span> })}
            </summary>
            {get_form("filter-form", "filter-form", None, action, content.into_any())}
        </details>
    }
    .into_any()
}

/// Several of a few values: name and value of each field, its label, and whether it is chosen.
pub(crate) fn checks(legend: &'static str, name: &'static str, offers: Vec<Offer>) -> AnyView {
    let boxes = offers.into_iter().map(|offer| {
        view! {
            <label class="check">
                <input type="checkbox" name=name value=offer.value checked=offer.chosen prop:checked=offer.chosen/>
                {offer.text}
            </label>
        }
    });
    let boxes = boxes.collect::<Vec<_>>();
    view! { <fieldset class="field"><legend>{legend}</legend><div class="checks">{boxes}</div></fieldset> }
        .into_any()
}

/// A line of text with a hint on what it takes.
pub(crate) fn text_field(
    label: &'static str,
    name: &'static str,
    value: String,
    hint: &'static str,
) -> AnyView {
    view! {
        <label class="field">
            <span class="field-label">{label}</span>
            <input type="text" name=name value=value.clone() prop:value=value autocomplete="off" spellcheck="false"/>
            <span class="hint">{hint}</span>
        </label>
    }
    .into_any()
}

/// A window that moves with the clock, and from and to in the reader's zone; each with the name of its field and its value.
pub(crate) fn window(
    legend: &'static str,
    (within, windows): (&'static str, Vec<Offer>),
    from: (&'static str, Option<Timestamp>),
    to: (&'static str, Option<Timestamp>),
) -> AnyView {
    let zone = super::zone();
    let field = |label, (name, value): (&'static str, Option<Timestamp>)| {
        let value = value.map_or_else(String::new, |at| zone.field(at));
        view! {
            <label class="moment">
                <span>{label}</span>
                <input type="datetime-local" name=name value=value.clone() prop:value=value/>
            </label>
        }
    };
    view! {
        <fieldset class="field">
            <legend>{legend}<span class="quiet">{format!(" ({})", zone.name())}</span></legend>
            <div class="moments">
                <label class="moment">
                    <span class="visually-hidden">"within"</span>
                    {options(within, windows)}
                </label>
                {field("from", from)}
                {field("to", to)}
            </div>
            // What is typed means the same to whoever opens the link.
            {(!zone.is_utc()).then(|| view! { <input type="hidden" name="zone" value=zone.name().to_owned()/> })}
        </fieldset>
    }
    .into_any()
}

/// One of many values.
pub(crate) fn select(label: &'static str, name: &'static str, offers: Vec<Offer>) -> AnyView {
    view! {
        <label class="field">
            <span class="field-label">{label}</span>
            {options(name, offers)}
        </label>
    }
    .into_any()
}

fn options(name: &'static str, offers: Vec<Offer>) -> AnyView {
    let options = offers.into_iter().map(|offer| {
        view! { <option value=offer.value selected=offer.chosen prop:selected=offer.chosen>{offer.text}</option> }
    });
    view! { <select name=name>{options.collect::<Vec<_>>()}</select> }.into_any()
}

pub(super) fn hidden_fields(pairs: Vec<(String, String)>) -> AnyView {
    let fields = pairs
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    fields.collect::<Vec<_>>().into_any()
}

/// A form that asks with GET. `id` is unique on the page: boxes elsewhere on it may belong to the form.
pub(super) fn get_form(
    class: &'static str,
    id: &'static str,
    role: Option<&'static str>,
    action: String,
    content: AnyView,
) -> AnyView {
    let navigate = use_navigate();
    let path = action.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        // Where the form cannot be read, the browser sends it as it would without us.
        if let Some(query) = super::browser::submitted(&event) {
            event.prevent_default();
            let options = NavigateOptions {
                resolve: false,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&format!("{path}{query}"), options);
        }
    };
    view! { <form class=class id=id role=role method="get" action=action on:submit=submit>{content}</form> }.into_any()
}
