//! What a list can be asked to look like: its columns, and the views that a team has saved.

use leptos::prelude::*;

use super::{
    Offer,
    form::{get_form, hidden_fields},
    hidden_text,
};

/// A button and what it opens.
fn disclosure(label: &'static str, content: AnyView) -> AnyView {
    view! {
        <details class="filter">
            <summary class="button">{label}</summary>
            {content}
        </details>
    }
    .into_any()
}

/// Which columns, in which order: one choice for each place. `usual` is the address with the page's own.
pub(crate) fn columns_menu(
    action: String,
    places: Vec<Vec<Offer>>,
    usual: String,
    keep: Vec<(String, String)>,
) -> AnyView {
    let places = places.into_iter().enumerate().map(|(index, offers)| {
        let options = offers.into_iter().map(|offer| {
            view! { <option value=offer.value selected=offer.chosen prop:selected=offer.chosen>{offer.text}</option> }
        });
        view! {
            <li>
                <select name="columns" aria-label=format!("Column {}", index + 1)>
                    <option value="">"–"</option>
                    {options.collect::<Vec<_>>()}
                </select>
            </li>
        }
    });
    let content = view! {
        <ol class="column-places">{places.collect::<Vec<_>>()}</ol>
        {hidden_fields(keep)}
        <div class="filter-actions">
            <button class="button button-primary" type="submit">"Apply"</button>
            <a class="button" href=usual>"Usual columns"</a>
        </div>
    };
    disclosure(
        "Columns",
        get_form("filter-form", "columns", None, action, content.into_any()),
    )
}

/// A saved view: where it leads, and where the form that deletes it is sent.
#[derive(Debug)]
pub(crate) struct ViewItem {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) delete: String,
    /// Whether the list looks like this now.
    pub(crate) open: bool,
}

/// The team's views of this list. `save` is where the form that saves what is shown is sent, with `fields`;
/// `None` for those who may keep none.
pub(crate) fn views_menu(
    views: Vec<ViewItem>,
    save: Option<String>,
    fields: Vec<(String, String)>,
    back: String,
) -> AnyView {
    let keeps = save.is_some();
    let none = views.is_empty().then(|| {
        view! { <p class="hint">"No views yet. A view keeps filter, order and columns under a name, for everybody in the workspace."</p> }
    });
    let items = views.into_iter().map(|item| {
        let name = hidden_text(format!("Delete view {}", item.name));
        view! {
            <li>
                <a href=item.href aria-current=item.open.then_some("true")>{item.name.clone()}</a>
                {keeps.then(|| view! {
                    <form method="post" action=item.delete>
                        {hidden_fields(vec![("back".to_owned(), back.clone()), ("name".to_owned(), item.name.clone())])}
                        <button type="submit" class="button button-quiet"><span aria-hidden="true">"✕"</span>{name}</button>
                    </form>
                })}
            </li>
        }
    });
    let items = items.collect::<Vec<_>>();
    let list = (!items.is_empty())
        .then(|| view! { <ul class="views" aria-label="Saved views">{items}</ul> });
    let form = save.map(|save| {
        view! {
                <form class="save-view" method="post" action=save>
                    {hidden_fields(fields)}
                    {hidden_fields(vec![("back".to_owned(), back)])}
                    <label class="field">
                        <span class="field-label">"Save what is shown as"</span>
                        <input type="text" name="name" maxlength="80" required=true autocomplete="off"/>
                    </label>
                    <button class="button" type="submit">"Save view"</button>
                </form>
        }
    });
    let content = view! {
        <div class="filter-form">
            {none}
            {list}
            {form}
        </div>
    };
    disclosure("Views", content.into_any())
}
