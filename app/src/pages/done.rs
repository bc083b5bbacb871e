//! What a form did, told once on the page that it leads back to.

use domain::IntegrationStatus;
use leptos::prelude::*;

use crate::{
    components::{NoticeTone, notice},
    route,
};

/// The notice that `?did=` asks for, with the way to undo it where there is one.
pub(super) fn done(workspace: &str, path: &str, query: &str) -> Option<AnyView> {
    let pairs = super::filters::kept(query);
    let field = |wanted: &str| {
        let found = pairs.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str())
    };
    let did = field("did")?;
    if did == "saved" {
        return Some(said("Saved.".to_owned(), None));
    }
    let key = field("of").unwrap_or_default();
    let view = match did {
        "view_saved" => Some(format!(
            "The view “{key}” is saved. Everybody in the workspace finds it under Views."
        )),
        "view_deleted" => Some(format!("The view “{key}” is deleted.")),
        "view_unnamed" => Some("A view needs a name of at most 80 characters.".to_owned()),
        "view_too_many" => {
            Some("There are 100 views of this list. Delete one that nobody needs first.".to_owned())
        }
        _ => None,
    };
    if let Some(text) = view {
        return Some(said(text, None));
    }
    let (text, undo) = match did.parse() {
        Ok(IntegrationStatus::Disabled) => (
            format!(
                "{key} is disabled. It takes no new runs; runs that began before are still taken in."
            ),
            Some(("Enable it again", IntegrationStatus::Enabled)),
        ),
        Ok(IntegrationStatus::Enabled) => (
            format!("{key} is enabled. It takes new runs."),
            Some(("Disable it again", IntegrationStatus::Disabled)),
        ),
        Ok(IntegrationStatus::Deleted) => {
            (format!("{key} is deleted. Its runs stay readable."), None)
        }
        _ => (
            format!("{key} was deleted in the meantime, and that is final. Nothing was changed."),
            None,
        ),
    };
    let undo = undo.map(|(text, status)| {
        view! {
            <form method="post" action=route::status(workspace, key)>
                <input type="hidden" name="status" value=status.as_str()/>
                <input type="hidden" name="back" value=path.to_owned()/>
                <button type="submit" class="button">{text}</button>
            </form>
        }
        .into_any()
    });
    Some(said(text, undo))
}

fn said(text: String, undo: Option<AnyView>) -> AnyView {
    let content = view! { <div class="done" role="status"><p>{text}</p>{undo}</div> };
    notice(NoticeTone::Info, content.into_any())
}
