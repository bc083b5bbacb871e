//! The rows that are seen, as elements of the page.

use domain::lines::{
    view::{Bit, Mark, RowView, UNWRAPPED},
    window::{self, Window},
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{BODY_ID, PANE_ID, SPACE_ID, Viewer};
use crate::components::code::token_class;

/// Characters of the ruler that tells how wide one is.
const RULER: usize = 64;

pub(super) fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id).map(JsCast::unchecked_into)
}

/// Another body begins at its beginning.
pub(super) fn to_top() {
    if let Some(pane) = by_id(PANE_ID) {
        pane.set_scroll_top(0);
    }
}

/// How many characters stand beside each other.
pub(super) fn columns(wrap: bool) -> usize {
    if !wrap {
        return UNWRAPPED;
    }
    measured().unwrap_or(UNWRAPPED)
}

fn measured() -> Option<usize> {
    let pane = by_id(PANE_ID)?;
    let ruler = element("span", "piece viewer-ruler")?;
    let text = element("span", "")?;
    text.set_text_content(Some(&"0".repeat(RULER)));
    ruler.append_with_node_1(&text).ok()?;
    pane.append_with_node_1(&ruler).ok()?;
    let (room, ink) = (
        ruler.get_bounding_client_rect(),
        text.get_bounding_client_rect(),
    );
    ruler.remove();
    let one = ink.width() / RULER as f64;
    (one > 0.0).then(|| ((room.right() - ink.left()) / one) as usize)
}

/// The window has another size, or lines are wrapped or not any more.
pub(super) fn lay(state: Viewer) {
    let Some(wrap) = state.wrap.try_get_untracked() else {
        return;
    };
    let columns = columns(wrap);
    let changed = state
        .view
        .try_update_value(|view| view.set_columns(columns));
    if changed == Some(true) {
        all(state);
    } else {
        scrolled(state);
    }
}

/// The rows are others, or look otherwise: makes them all anew.
pub(super) fn all(state: Viewer) {
    if let Some(rows) = by_id(BODY_ID)
        && state.painted.try_get_value().is_some()
        && by_id(SPACE_ID).is_some()
    {
        keep_focus(&rows);
        rows.replace_children_with_node_0();
        state.painted.set_value((0, 0));
        scrolled(state);
    }
}

/// Focus must not vanish with a button that is made anew.
fn keep_focus(rows: &HtmlElement) {
    let focused = document().active_element();
    if focused.is_some_and(|focused| rows.contains(Some(&focused)))
        && let Some(pane) = by_id(PANE_ID)
    {
        let _ = pane.focus();
    }
}

/// Takes rows out that have left, and puts those in that have come. What stays is not touched, so
/// that a selection lives on.
pub(super) fn scrolled(state: Viewer) {
    let (Some(pane), Some(space), Some(rows)) = (by_id(PANE_ID), by_id(SPACE_ID), by_id(BODY_ID))
    else {
        return;
    };
    let Some((mut first, mut last)) = state.painted.try_get_value() else {
        return;
    };
    state.view.with_value(|view| {
        let height = window::height_px(view.rows());
        set_px(&space, "height", height);
        let Window {
            first: from,
            last: to,
            top_px,
        } = window::window(
            view.rows(),
            f64::from(pane.scroll_top()),
            f64::from(pane.client_height()),
        );
        if last <= from || to <= first {
            rows.replace_children_with_node_0();
            (first, last) = (from, from);
        }
        while first < from {
            remove(rows.first_element_child());
            first += 1;
        }
        while to < last {
            remove(rows.last_element_child());
            last -= 1;
        }
        while from < first {
            first -= 1;
            if let Some(row) = view.row(first).and_then(|shown| row(&shown)) {
                let _ = rows.prepend_with_node_1(&row);
            }
        }
        while last < to {
            if let Some(row) = view.row(last).and_then(|shown| row(&shown)) {
                let _ = rows.append_with_node_1(&row);
            }
            last += 1;
        }
        set_px(&rows, "top", top_px);
    });
    state.painted.set_value((first, last));
    point_at_chosen(state);
}

/// Scrolls so that `row` is seen, if it is not.
pub(super) fn show_row(state: Viewer, row: usize) {
    let Some(pane) = by_id(PANE_ID) else {
        return;
    };
    let rows = state.view.with_value(domain::lines::view::View::rows);
    let (scrolled_px, pane_px) = (
        f64::from(pane.scroll_top()),
        f64::from(pane.client_height()),
    );
    if !window::sees(rows, row, scrolled_px, pane_px) {
        pane.set_scroll_top(window::scroll_to(rows, row, pane_px) as i32);
        scrolled(state);
    }
}

/// Scrolls the page too, as far as it must, so that the find or the chosen line is seen.
pub(super) fn bring_into_view(what: &str) {
    let Some(rows) = by_id(BODY_ID) else {
        return;
    };
    if let Ok(Some(element)) = rows.query_selector(what) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        options.set_inline(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Marks the chosen line, for eyes and for screen readers.
pub(super) fn point_at_chosen(state: Viewer) {
    let (Some(pane), Some(rows)) = (by_id(PANE_ID), by_id(BODY_ID)) else {
        return;
    };
    let chosen = state.view.with_value(domain::lines::view::View::chosen);
    let id = line_id(chosen);
    if let Ok(marked) = rows.query_selector_all(".chosen") {
        for index in 0..marked.length() {
            if let Some(row) = marked.get(index).map(JsCast::unchecked_into::<Element>) {
                let _ = row.class_list().remove_1("chosen");
                set_reachable(&row, "-1");
            }
        }
    }
    match by_id(&id) {
        Some(row) => {
            let _ = row.class_list().add_1("chosen");
            set_reachable(&row, "0");
            let _ = pane.set_attribute("aria-activedescendant", &id);
        }
        None => drop(pane.remove_attribute("aria-activedescendant")),
    }
}

/// Of all buttons that fold only that of the chosen line is a stop of the Tab key.
fn set_reachable(row: &Element, index: &str) {
    if let Ok(Some(button)) = row.query_selector(".fold") {
        let _ = button.set_attribute("tabindex", index);
    }
}

/// Through the object model, which the content security policy lets scripts do; an attribute in
/// the markup it would refuse.
fn set_px(element: &HtmlElement, property: &str, px: f64) {
    let _ = HtmlElement::style(element).set_property(property, &format!("{px}px"));
}

fn line_id(line: usize) -> String {
    format!("body-line-{line}")
}

fn remove(row: Option<Element>) {
    if let Some(row) = row {
        let rows = row.parent_element();
        if let Some(rows) = rows {
            keep_focus(rows.unchecked_ref());
        }
        row.remove();
    }
}

/// A line's parts stand in boxes below each other, with a line end only behind the last: what is
/// selected and copied is the text.
fn row(shown: &RowView) -> Option<Element> {
    let row = element("span", "row")?;
    let piece = element("span", "piece")?;
    let number = (shown.line + 1).to_string();
    let _ = row.set_attribute("data-line", &shown.line.to_string());
    if shown.begins {
        row.set_id(&line_id(shown.line));
        let _ = piece.set_attribute("data-n", &number);
    }
    if let Some(folded) = shown.folded {
        let button = element("button", "fold")?;
        let _ = button.set_attribute("type", "button");
        let _ = button.set_attribute("tabindex", "-1");
        let _ = button.set_attribute("aria-expanded", if folded { "false" } else { "true" });
        let _ = button.set_attribute("aria-label", &format!("Content of line {number}"));
        put(&piece, &button);
    }
    for bit in &shown.bits {
        put(&piece, &node(bit)?);
    }
    put(&row, &piece);
    if shown.ends && !shown.last {
        put(&row, &document().create_text_node("\n"));
    }
    Some(row)
}

fn node(bit: &Bit) -> Option<Node> {
    let class = token_class(bit.token).unwrap_or_default();
    let (name, class) = match bit.mark {
        Mark::None if class.is_empty() => {
            return Some(document().create_text_node(&bit.text).into());
        }
        Mark::None => ("span", class.to_owned()),
        Mark::Found => ("mark", class.to_owned()),
        Mark::Here => ("mark", format!("{class} here")),
    };
    let node = element(name, &class)?;
    node.set_text_content(Some(&bit.text));
    Some(node.into())
}

fn put(parent: &Element, child: &Node) {
    let _ = parent.append_child(child);
}

fn element(name: &str, class: &str) -> Option<Element> {
    let element = document().create_element(name).ok()?;
    if !class.is_empty() {
        element.set_class_name(class);
    }
    Some(element)
}
