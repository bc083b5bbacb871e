//! The meatballs menu of a row: what can be done with it besides opening it.
//!
//! It is a popover: the browser opens it, closes it on Escape and on a click
//! elsewhere, and lays it above everything, with script and without.

use leptos::prelude::*;

/// One line of a menu.
#[derive(Debug)]
pub(crate) enum MenuItem {
    Link {
        text: String,
        href: String,
    },
    /// Leads to a page that the browser has to load: it has no script.
    Load {
        text: &'static str,
        href: String,
    },
    /// Leads to another site.
    Outside {
        text: String,
        href: String,
    },
    /// Copies the whole address of a page of this site.
    CopyLink {
        what: &'static str,
        href: String,
    },
    /// Sends a form: it changes something.
    Send {
        text: &'static str,
        action: String,
        fields: Vec<(&'static str, String)>,
    },
}

/// `id` is unique on the page; `of` says to screen readers whose menu it is.
pub(crate) fn menu(id: String, of: String, items: Vec<MenuItem>) -> AnyView {
    let items = items
        .into_iter()
        .map(|entry| view! { <li>{item(&id, entry)}</li> })
        .collect::<Vec<_>>();
    view! {
        <button type="button" class="menu-button" popovertarget=id.clone() title="More">
            <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                <path d="M3.5 8h.01M8 8h.01M12.5 8h.01"></path>
            </svg>
            {super::hidden_text(format!("More for {of}"))}
        </button>
        <ul class="menu" id=id popover="auto">{items}</ul>
    }
    .into_any()
}

fn item(menu: &str, item: MenuItem) -> AnyView {
    match item {
        MenuItem::Link { text, href } => {
            view! { <a class="menu-item" href=href>{text}</a> }.into_any()
        }
        MenuItem::Load { text, href } => {
            view! { <a class="menu-item" href=href rel="external">{text}</a> }.into_any()
        }
        MenuItem::Outside { text, href } => {
            view! { <a class="menu-item outside" href=href rel="noopener noreferrer">{text}</a> }
                .into_any()
        }
        MenuItem::CopyLink { what, href } => view! {
            <button
                type="button"
                class="menu-item copy-link"
                data-copy-link=href
                data-copied=what
                popovertarget=menu.to_owned()
                popovertargetaction="hide"
            >
                "Copy link"
            </button>
        }
        .into_any(),
        MenuItem::Send {
            text,
            action,
            fields,
        } => {
            let fields = fields
                .into_iter()
                .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
                .collect::<Vec<_>>();
            view! {
                <form method="post" action=action>
                    {fields}
                    <button type="submit" class="menu-item">{text}</button>
                </form>
            }
            .into_any()
        }
    }
}
