//! Copying, after a click on a copy button.
//!
//! A button carries what to copy, or names the element that shows it. Where the page shows only a
//! part of a text, whoever has the whole offers it here under the same name.

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

/// How long a copy button shows that it has copied.
const COPIED_FOR: Duration = Duration::from_secs(2);

/// Gives a text, or `None` as long as it is not there.
type Offer = Rc<dyn Fn() -> Option<String>>;

thread_local! {
    static OFFERS: RefCell<Vec<(&'static str, Offer)>> = const { RefCell::new(Vec::new()) };
}

/// From now on `text` is copied instead of what the element with this id shows.
pub(super) fn offer(id: &'static str, text: Offer) {
    withdraw(id);
    OFFERS.with_borrow_mut(|offers| offers.push((id, text)));
}

/// What the element shows is copied again.
pub(super) fn withdraw(id: &str) {
    OFFERS.with_borrow_mut(|offers| offers.retain(|(of, _)| *of != id));
}

/// Copies what `button` carries or names, and says how that went.
pub(super) fn copy(button: Element, said: RwSignal<String>) {
    let what = button.get_attribute("data-copied").unwrap_or_default();
    let Some(text) = text_for(&button) else {
        said.set(format!("There is no {what} to copy."));
        return;
    };
    let clipboard = window().navigator().clipboard();
    // Browsers hide the clipboard from pages that did not come over a secure connection.
    if AsRef::<JsValue>::as_ref(&clipboard).is_undefined() {
        said.set("This browser copies only on a secure connection.".to_owned());
        return;
    }
    let written = clipboard.write_text(&text);
    spawn_local(async move {
        if wasm_bindgen_futures::JsFuture::from(written).await.is_err() {
            said.set(format!("{what} could not be copied."));
            return;
        }
        said.set(format!("{what} copied."));
        // A menu closes over its button, so the page says it.
        let shown = match document().body() {
            Some(body) if button.has_attribute("data-copy-link") => body.unchecked_into(),
            _ => button,
        };
        let _ = shown.set_attribute("data-done", &format!("{what} copied"));
        set_timeout(
            move || drop(shown.remove_attribute("data-done")),
            COPIED_FOR,
        );
    });
}

fn text_for(button: &Element) -> Option<String> {
    if let Some(path) = button.get_attribute("data-copy-link") {
        return Some(window().location().origin().ok()? + &path);
    }
    let before = button.get_attribute("data-copy");
    let Some(id) = button.get_attribute("data-copy-from") else {
        return before;
    };
    let offered = OFFERS.with_borrow(|offers| {
        let found = offers.iter().find(|(of, _)| *of == id);
        found.map(|(_, text)| text.clone())
    });
    let text = match offered {
        Some(text) => text()?,
        None => document().get_element_by_id(&id)?.text_content()?,
    };
    Some(before.unwrap_or_default() + &text)
}
