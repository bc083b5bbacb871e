//! Pages without script: signing in, people, keys, the record, and runs that are shared.
//!
//! They are forms and tables, rendered by the server and never hydrated. So they cost the first
//! visit of the others nothing, and run under a policy that allows no script at all.
//!
//! They read nothing themselves: a handler of the server hands them what they show.

mod account;
mod keys;
mod originals;
mod people;
mod record;
mod reference;
mod reveal;
mod share;
mod shared;
mod sign_in;
mod webhook;

use domain::{
    access::{Caller, Reader},
    display::{Density, Display, Theme},
};
use leptos::prelude::*;

use crate::{
    components::{self, NoticeTone, breadcrumb, notice, page_header},
    context::{Assets, Look},
    error::AppError,
    route,
};

pub use account::{AccountPage, account};
pub use keys::{KeyDraft, KeysPage, Made, keys};
pub use originals::{OriginalsPage, originals};
pub use people::{InviteLink, PeoplePage, PersonRow, people};
pub use record::{RecordPage, record};
pub use reference::{Field, Group, Held, Operation, ReferencePage, Thing, reference};
pub use reveal::{RevealPage, RevealedBody, RevealedPart, reveal};
pub use share::{SharePage, share};
pub use shared::{SharedPage, shared, shared_gone};
pub use sign_in::{PasswordForm, SignInForm, link_gone, set_password, sign_in};
pub use webhook::{WebhookPage, webhook};

/// What is around such a page.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    assets: Assets,
    look: Look,
    /// The workspace that the page lies in.
    at: Option<String>,
    caller: Caller,
}

impl Frame {
    /// With the styles of the site and nobody signed in.
    #[must_use]
    pub fn new(assets: &Assets, look: Look) -> Self {
        Self {
            assets: assets.clone(),
            look,
            ..Self::default()
        }
    }

    /// Says who reads.
    #[must_use]
    pub fn by(self, caller: &Caller) -> Self {
        Self {
            caller: caller.clone(),
            ..self
        }
    }

    /// Says in which workspace it lies.
    #[must_use]
    pub fn at(self, workspace: &str) -> Self {
        Self {
            at: Some(workspace.to_owned()),
            ..self
        }
    }
}

/// A page that its reader may not see.
#[must_use]
pub fn refused(frame: Frame, error: &AppError) -> String {
    let (title, text, advice) = (error.title(), error.to_string(), error.advice());
    page(frame, title, move || {
        let text = view! { <p class="notice-title">{text}</p><p>{advice}</p> };
        view! {
            {page_header(title.into_any(), vec![])}
            {notice(NoticeTone::Failed, text.into_any())}
            <p class="ways-out"><a class="button" href=route::HOME>"All flows"</a></p>
        }
        .into_any()
    })
}

/// The whole document. `content` is made inside, where the reader's zone is known.
fn page(frame: Frame, title: &str, content: impl FnOnce() -> AnyView) -> String {
    let title = format!("{title} · Integration View");
    Owner::new().with(|| {
        let Look { display, zone, .. } = frame.look.clone();
        let root = Root::of(&display);
        provide_context(components::Look::new(display, zone, Reader::default()));
        let view = view! {
            <html lang="en" data-theme=root.theme data-density=root.density>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content=root.theme.unwrap_or("light dark")/>
                    <meta name="robots" content="noindex"/>
                    <title>{title}</title>
                    <link rel="stylesheet" href=frame.assets.css.clone()/>
                    <link rel="icon" type="image/svg+xml" href=route::FAVICON/>
                </head>
                <body>
                    <div class="page">
                        <a class="skip-link" href="#main">"Skip to content"</a>
                        {bar(&frame)}
                        <main id="main" class="main" tabindex="-1">{content()}</main>
                    </div>
                </body>
            </html>
        };
        format!("<!DOCTYPE html>{}", view.to_html())
    })
}

/// How the reader likes it, as attributes of the document.
struct Root {
    theme: Option<&'static str>,
    density: Option<&'static str>,
}

impl Root {
    fn of(display: &Display) -> Self {
        Self {
            theme: (display.theme != Theme::System).then(|| display.theme.as_str()),
            density: (display.density != Density::Comfortable).then(|| display.density.as_str()),
        }
    }
}

/// The brand, the pages of the workspace where one is known, and who is signed in.
fn bar(frame: &Frame) -> AnyView {
    let links = frame.at.as_ref().map(|workspace| {
        let links = [
            ("Flows", route::flows(workspace)),
            ("Runs", route::runs(workspace)),
            ("Settings", route::settings(workspace)),
        ];
        let links = links.map(|(text, href)| view! { <li><a href=href>{text}</a></li> });
        view! { <nav aria-label="Main"><ul>{links.into_iter().collect::<Vec<_>>()}</ul></nav> }
    });
    let workspace = frame.at.as_ref().map(|workspace| {
        view! { <span class="workspace" title="Workspace">{workspace.clone()}</span> }
    });
    // Whoever is to sign in is nobody yet.
    let who = (frame.caller != Caller::Nobody)
        .then(|| components::who(&Reader::of(&frame.caller, ""), route::ACCOUNT));
    view! {
        <header class="top-bar">
            <a class="brand" href=route::HOME>{components::brand()}</a>
            {workspace}
            {links}
            <span class="top-bar-space"></span>
            {who}
        </header>
    }
    .into_any()
}

/// The pages of those who look after a workspace, with the open one marked.
fn admin_tabs(workspace: &str, open: &'static str) -> AnyView {
    let pages = [
        ("People", route::people(workspace)),
        ("Keys", route::keys_of(workspace)),
        ("Audit log", route::record(workspace, None)),
        ("Originals", route::originals(workspace)),
        ("Settings", route::settings(workspace)),
    ];
    let tabs = pages.map(|(text, href)| components::Tab {
        text,
        note: None,
        href,
        open: text == open,
    });
    view! {
        {breadcrumb(vec![("Flows".to_owned(), route::flows(workspace))], open.to_owned())}
        {page_header(open.into_any(), vec![])}
        {components::tabs("Administration", "tabs", tabs.into())}
    }
    .into_any()
}

/// What comes of most forms that are refused.
const UNCHANGED: &str = "Nothing was changed.";

/// What came of a form that was refused, and why; said before it.
fn problem(title: &'static str, text: Option<String>) -> Option<AnyView> {
    let text = text?;
    let text = view! { <p class="notice-title">{title}</p><p>{text}</p> };
    Some(view! { <div role="alert">{notice(NoticeTone::Failed, text.into_any())}</div> }.into_any())
}

/// A secret that is shown this once: one click selects it.
fn shown_once(what: &'static str, about: impl Into<String>, secret: String) -> AnyView {
    let about = about.into();
    let text = view! {
        <p class="notice-title">{what}</p>
        <p><code class="secret" tabindex="0">{secret}</code></p>
        <p>{about}</p>
    };
    view! { <div role="status">{notice(NoticeTone::Info, text.into_any())}</div> }.into_any()
}

/// A line of text that a form asks for.
struct Input {
    label: &'static str,
    name: &'static str,
    kind: &'static str,
    /// What browsers and password managers may fill in.
    fill: &'static str,
    value: String,
    hint: &'static str,
}

fn input(field: Input) -> AnyView {
    typed(field, true)
}

/// The same, and may stay empty.
fn optional(field: Input) -> AnyView {
    typed(field, false)
}

fn typed(field: Input, required: bool) -> AnyView {
    let hint = (!field.hint.is_empty()).then(|| view! { <span class="hint">{field.hint}</span> });
    view! {
        <label class="field">
            <span class="field-label">{field.label}</span>
            <input type=field.kind name=field.name value=field.value autocomplete=field.fill required=required maxlength="256"/>
            {hint}
        </label>
    }
    .into_any()
}

/// A button that sends one form, with what it says beside its action.
fn button(text: &'static str, action: String, fields: Vec<(&'static str, String)>) -> AnyView {
    let fields = fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form class="inline-form" method="post" action=action>
            {fields.collect::<Vec<_>>()}
            <button type="submit" class="button">{text}</button>
        </form>
    }
    .into_any()
}
