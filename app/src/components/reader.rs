//! What only the reader's browser knows or keeps: its zone, the cookie, whether anybody looks.
//!
//! As in [`super::browser`], all of it happens after hydration; only [`rendered_look`] is read
//! before, from what the server rendered.

use std::sync::Arc;

use domain::{
    Timestamp,
    access::Reader,
    display::{Density, Display, Theme},
    time::running_text,
    zone::Zone,
};
use leptos::{
    ev::{Event, visibilitychange},
    prelude::*,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlDocument, VisibilityState};

/// What the server wrote on the document's element; `None` outside a browser.
pub(crate) fn rendered_look() -> Option<(Display, Arc<Zone>, Reader)> {
    cfg!(feature = "hydrate").then(read_look)
}

fn read_look() -> (Display, Arc<Zone>, Reader) {
    let mut display = Display::default();
    let root = document().document_element();
    let attribute = |name: &str| root.as_ref().and_then(|root| root.get_attribute(name));
    for (attribute_name, name) in [
        ("data-theme", "theme"),
        ("data-density", "density"),
        ("data-live", "live"),
    ] {
        if let Some(value) = attribute(attribute_name) {
            display.set(name, &value);
        }
    }
    let zone = attribute("data-zone").and_then(|table| table.parse::<Zone>().ok());
    if let Some(zone) = &zone {
        display.set("zone", zone.name());
    }
    let reader = Reader {
        name: attribute("data-who"),
        role: attribute("data-role").and_then(|role| role.parse().ok()),
    };
    (display, Arc::new(zone.unwrap_or_default()), reader)
}

/// Shows a choice at once, and keeps it for the pages to come.
pub(crate) fn keep_look(display: &Display) {
    let _ = document()
        .unchecked_into::<HtmlDocument>()
        .set_cookie(&display.to_cookie());
    let Some(root) = document().document_element() else {
        return;
    };
    let theme = (display.theme != Theme::System).then(|| display.theme.as_str());
    let density = (display.density != Density::Comfortable).then(|| display.density.as_str());
    for (name, value) in [("data-theme", theme), ("data-density", density)] {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// The name and the value of the field that has changed.
pub(crate) fn chosen(event: &Event) -> Option<(String, String)> {
    let field = event.target()?.dyn_into::<Element>().ok()?;
    Some((field.get_attribute("name")?, event_target_value(event)))
}

/// The zone of this machine.
pub(crate) fn zone_name() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    let options: JsValue = format.resolved_options().into();
    js_sys::Reflect::get(&options, &"timeZone".into())
        .ok()?
        .as_string()
}

/// Whether the tab is the one that is shown.
pub(crate) fn is_looked_at() -> bool {
    document().visibility_state() != VisibilityState::Hidden
}

/// Calls `handle` when the tab is shown or hidden.
pub(crate) fn on_tab(handle: impl Fn(bool) + 'static) {
    // It lives as long as the page.
    let _ = window_event_listener(visibilitychange, move |_| handle(is_looked_at()));
}

/// Whether this is the address of the page that is open.
pub(crate) fn is_here(href: &str) -> bool {
    let location = window().location();
    let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    here == href
}

/// Waits, as long as the tab lives.
pub(crate) async fn sleep(ms: i32) {
    let promise = js_sys::Promise::new(&mut |done, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, ms);
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}

/// Tells of everything that still runs for how long it has.
pub(crate) fn show_running(now: Timestamp) {
    let Ok(running) = document().query_selector_all("[data-since]") else {
        return;
    };
    for index in 0..running.length() {
        let Some(element) = running.get(index).map(JsCast::unchecked_into::<Element>) else {
            continue;
        };
        let since = element.get_attribute("data-since");
        let since = since.and_then(|text| Timestamp::parse(&text).ok());
        if let Some(since) = since.filter(|since| *since <= now) {
            let text = running_text(now.as_ms() - since.as_ms());
            let _ = element.set_attribute("data-for", &text);
        }
    }
}
