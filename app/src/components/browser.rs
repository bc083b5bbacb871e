//! What only a browser can do: copying, telling how long ago, moving focus.
//!
//! All of it happens in effects and event handlers, after hydration, and touches
//! attributes that no view renders. A page without script lacks these comforts
//! and nothing else.

use domain::Timestamp;
use leptos::{
    ev::{MouseEvent, SubmitEvent, keydown, popstate},
    prelude::*,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, FocusOptions, FormData, HtmlAnchorElement, HtmlElement, HtmlFormElement,
    HtmlInputElement, UrlSearchParams,
};

/// The height of an item in the list of steps, about.
const ONE_STEP: i32 = 56;

/// Marks the page as hydrated: styles and browser tests wait for it.
pub(crate) fn hydrated() {
    if let Some(body) = document().body() {
        let _ = body.set_attribute("data-hydrated", "");
    }
}

/// Puts the reader at the page's heading.
pub(crate) fn focus_heading() {
    if let Ok(Some(heading)) = document().query_selector("h1") {
        let _ = heading.unchecked_into::<HtmlElement>().focus();
    }
}

/// Keeps a reader near whose focus went with a row, a chip or a link that is no more.
pub(crate) fn keep_focus() {
    let lost = document()
        .active_element()
        .is_none_or(|focused| focused.tag_name() == "BODY");
    if lost && let Some(main) = document().get_element_by_id("main") {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = main
            .unchecked_into::<HtmlElement>()
            .focus_with_options(&options);
    }
}

/// Scrolls the list of steps, and nothing else, so that the open one is in it.
pub(crate) fn show_open_step() {
    let Ok(Some(link)) = document().query_selector(".step-list [aria-current]") else {
        return;
    };
    let (Ok(Some(item)), Ok(Some(list))) = (link.closest("li"), link.closest("ul")) else {
        return;
    };
    let top = item.unchecked_into::<HtmlElement>().offset_top();
    let (from, height) = (list.scroll_top(), list.client_height());
    if top < from || top + ONE_STEP > from + height {
        list.set_scroll_top(top - height / 3);
    }
}

/// The title that the server rendered; `None` outside a browser.
pub(crate) fn rendered_title() -> Option<String> {
    cfg!(feature = "hydrate").then(|| document().title())
}

/// Handles clicks anywhere on the page.
///
/// 1. A copy button copies and says how that went; so does the key that it stands behind.
/// 2. An open filter closes when something else is clicked.
/// 3. A link whose path the router `garbles` is left to the browser.
pub(crate) fn clicked(event: &MouseEvent, said: RwSignal<String>, garbles: fn(&str) -> bool) {
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return;
    };
    if let Ok(Some(button)) = target.closest("button.copy, button.copy-link") {
        super::clipboard::copy(button, said);
    }
    if let Some(button) = copies_key(&target) {
        super::clipboard::copy(button, said);
    }
    // A link inside leads on, and what it was found in has done its work.
    let leads_on = target.closest("a[href]").is_ok_and(|link| link.is_some());
    close_filters((!leads_on).then_some(&target));
    picked(&target, said);
    if let Ok(Some(link)) = target.closest("a[href]")
        && let Ok(link) = link.dyn_into::<HtmlAnchorElement>()
        && garbles(&link.pathname())
    {
        event.stop_propagation();
    }
}

/// Selects all rows with the box above them, and says how many are selected.
fn picked(target: &Element, said: RwSignal<String>) {
    let class = target.class_list();
    if !class.contains("pick") {
        return;
    }
    if class.contains("pick-all")
        && let Some(all) = target.dyn_ref::<HtmlInputElement>()
    {
        each_pick(|pick| pick.set_checked(all.checked()));
    }
    let mut selected = 0;
    each_pick(|pick| selected += u32::from(pick.checked()));
    said.set(format!("{selected} selected"));
}

/// Selects nothing: other rows have come into the places of those that were selected.
pub(crate) fn unpick() {
    each_pick(|pick| pick.set_checked(false));
    if let Ok(Some(all)) = document().query_selector(".pick-all") {
        all.unchecked_into::<HtmlInputElement>().set_checked(false);
    }
}

fn each_pick(mut apply: impl FnMut(&HtmlInputElement)) {
    let Ok(picks) = document().query_selector_all(".pick:not(.pick-all)") else {
        return;
    };
    for index in 0..picks.length() {
        if let Some(pick) = picks.get(index) {
            apply(pick.unchecked_ref());
        }
    }
}

/// The copy button behind a clicked key. A key that leads somewhere leads there, and one of which
/// a part is selected was not clicked.
fn copies_key(target: &Element) -> Option<Element> {
    let key = target.closest(".key-text").ok()??;
    let selected = window().get_selection().ok()?;
    if selected.is_some_and(|selected| !selected.is_collapsed()) {
        return None;
    }
    let button = key.next_element_sibling()?;
    button.has_attribute("data-copy").then_some(button)
}

/// Closes open filters, except the one that `inside` lies in. Focus in a closed one goes to its button.
pub(crate) fn close_filters(inside: Option<&Element>) {
    let Ok(open) = document().query_selector_all("details.filter[open]") else {
        return;
    };
    for index in 0..open.length() {
        let Some(filter) = open.get(index).map(JsCast::unchecked_into::<Element>) else {
            continue;
        };
        if inside.is_some_and(|inside| filter.contains(Some(inside))) {
            continue;
        }
        let focused = document().active_element();
        let _ = filter.remove_attribute("open");
        if focused.is_some_and(|focused| filter.contains(Some(&focused)))
            && let Ok(Some(button)) = filter.query_selector("summary")
        {
            let _ = button.unchecked_into::<HtmlElement>().focus();
        }
    }
}

/// The query of a sent form, without the fields that say nothing; `None` where it cannot be read.
pub(crate) fn submitted(event: &SubmitEvent) -> Option<String> {
    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    let pairs = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    // The button that was pressed is a field as well, which the data of a form lack.
    if let Some(button) = event.submitter()
        && let Some(name) = button.get_attribute("name")
    {
        pairs.append(&name, &button.get_attribute("value").unwrap_or_default());
    }
    let query = pairs.to_string().as_string()?;
    let said: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.ends_with('='))
        .collect();
    close_filters(None);
    Some(if said.is_empty() {
        String::new()
    } else {
        format!("?{}", said.join("&"))
    })
}

/// Adds "2 min ago" to every moment of the last day.
pub(crate) fn show_ago(now: Timestamp) {
    let Ok(times) = document().query_selector_all("time[datetime]") else {
        return;
    };
    for index in 0..times.length() {
        let Some(time) = times.get(index).map(JsCast::unchecked_into::<Element>) else {
            continue;
        };
        let at = time
            .get_attribute("datetime")
            .and_then(|text| Timestamp::parse(&text).ok());
        let _ = match at.and_then(|at| at.ago(now)) {
            Some(ago) => time.set_attribute("data-ago", &ago),
            None => time.remove_attribute("data-ago"),
        };
    }
}

/// Where the reader is: the address and how far it is scrolled.
pub(crate) fn place() -> (String, f64) {
    (
        window().location().href().unwrap_or_default(),
        window().scroll_y().unwrap_or_default(),
    )
}

/// Scrolls to where the reader was.
pub(crate) fn scroll_to(offset: f64) {
    window().scroll_to_with_x_and_y(0.0, offset);
}

/// Calls `handle` when the reader goes back or forth.
pub(crate) fn on_travel(handle: impl Fn() + 'static) {
    // It lives as long as the page.
    let _ = window_event_listener(popstate, move |_| handle());
}

/// Keys that lead somewhere wherever the reader is, unless a field is being typed in.
///
/// `/` and Ctrl+K lead to the one box, F to that of a body; E, J and K follow the links that ask for them.
pub(crate) fn on_keys() {
    // It lives as long as the page.
    let _ = window_event_listener(keydown, |event| {
        let key = event.key();
        let control = event.ctrl_key() || event.meta_key();
        if control && !event.alt_key() && key.eq_ignore_ascii_case("k") {
            event.prevent_default();
            focus_find();
            return;
        }
        if control || event.alt_key() || typing() || event.default_prevented() {
            return;
        }
        let selector = match key.as_str() {
            "/" => {
                event.prevent_default();
                focus_find();
                return;
            }
            "f" | "F" => {
                if let Some(input) = document().get_element_by_id(super::viewer::SEARCH_ID) {
                    event.prevent_default();
                    focus_input(input);
                }
                return;
            }
            "e" | "E" => "a[href][aria-keyshortcuts=E]",
            "j" | "J" => "a[href][aria-keyshortcuts=J]",
            "k" | "K" => "a[href][aria-keyshortcuts=K]",
            "?" => "[data-help]",
            _ => return,
        };
        if let Ok(Some(link)) = document().query_selector(selector) {
            event.prevent_default();
            link.unchecked_into::<HtmlElement>().click();
        }
    });
}

fn typing() -> bool {
    document().active_element().is_some_and(|focused| {
        matches!(focused.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    })
}

fn focus_find() {
    if let Some(input) = document().get_element_by_id(super::find_box::FIND_ID) {
        focus_input(input);
    }
}

fn focus_input(input: Element) {
    let input = input.unchecked_into::<web_sys::HtmlInputElement>();
    let _ = input.focus();
    input.select();
}

/// Takes what a form did out of the address, so that a copied link does not tell it again.
pub(crate) fn forget_done() {
    let location = window().location();
    let (Ok(path), Ok(query)) = (location.pathname(), location.search()) else {
        return;
    };
    let Ok(pairs) = UrlSearchParams::new_with_str(&query) else {
        return;
    };
    if !pairs.has("did") {
        return;
    }
    pairs.delete("did");
    pairs.delete("of");
    let left = pairs.to_string().as_string().unwrap_or_default();
    let address = if left.is_empty() {
        path
    } else {
        format!("{path}?{left}")
    };
    if let Ok(history) = window().history() {
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(&address));
    }
}

/// Milliseconds since the page was opened: a distance, not a clock.
pub(crate) fn elapsed() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}
