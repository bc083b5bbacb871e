//! What keys and buttons of a viewer do.

use domain::lines::view::View;
use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::{PANE_ID, ROOT_ID, SEARCH_ID, Stage, Viewer, paint};

/// Where the browser keeps that lines are not to be wrapped.
const NO_WRAP: &str = "iv-no-wrap";

/// What is being searched for.
fn asked() -> String {
    paint::by_id(SEARCH_ID).map_or_else(String::new, |input| {
        input.unchecked_into::<HtmlInputElement>().value()
    })
}

/// What was typed before the body was there is searched now.
pub(super) fn search_if_asked(state: Viewer) {
    if !asked().is_empty() {
        search(state);
    }
}

/// The next body may get the same box and the same levels, and is not asked anything yet.
pub(super) fn empty() {
    if let Some(input) = paint::by_id(SEARCH_ID) {
        input.unchecked_into::<HtmlInputElement>().set_value("");
    }
    if let Ok(Some(levels)) = document().query_selector(".viewer-levels select") {
        levels.unchecked_into::<HtmlSelectElement>().set_value("");
    }
}

pub(super) fn search(state: Viewer) {
    let asked = asked();
    change(state, |view| view.search(&asked));
    show_found(state);
}

fn next_found(state: Viewer, back: bool) {
    change(state, |view| view.next_found(back));
    show_found(state);
}

fn show_found(state: Viewer) {
    if let Some(row) = state.view.with_value(View::row_found) {
        paint::show_row(state, row);
        paint::bring_into_view(".here");
    }
}

/// Folds everything deeper than the level of this name.
pub(super) fn fold_to(state: Viewer, level: &str) {
    let level = level.parse().ok();
    change(state, |view| view.fold_to(level));
}

/// Changes the view and shows the change.
fn change(state: Viewer, change: impl FnOnce(&mut View)) {
    if state.stage.get_untracked() == Stage::Ready {
        state.view.update_value(change);
        paint::all(state);
        state.version.update(|version| *version += 1);
    }
}

/// Chooses a line and leaves the rows as they are.
fn choose(state: Viewer, choose: impl FnOnce(&mut View)) {
    state.view.update_value(choose);
    paint::show_row(state, state.view.with_value(View::row_chosen));
    paint::point_at_chosen(state);
    paint::bring_into_view(".chosen");
    state.version.update(|version| *version += 1);
}

pub(super) fn clicked(state: Viewer, event: &MouseEvent) {
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return;
    };
    if let Ok(Some(button)) = target.closest("[data-do]") {
        match button.get_attribute("data-do").as_deref() {
            Some("next") => next_found(state, false),
            Some("before") => next_found(state, true),
            Some("wrap") => set_wrap(state, !state.wrap.get_untracked()),
            Some("full") if state.full.get_untracked() => leave_full(state),
            Some("full") => enter_full(state),
            _ => {}
        }
        return;
    }
    let Ok(Some(row)) = target.closest("[data-line]") else {
        return;
    };
    let Some(line) = row
        .get_attribute("data-line")
        .and_then(|line| line.parse().ok())
    else {
        return;
    };
    choose(state, |view| view.choose(line));
    if target.class_list().contains("fold") {
        toggle(state, line);
    }
}

/// The button is made anew; whoever was at it stays there.
fn toggle(state: Viewer, line: usize) {
    change(state, |view| {
        let folded = view.folded(line) == Some(true);
        view.fold(line, !folded);
    });
    if let Some(pane) = paint::by_id(PANE_ID)
        && let Ok(Some(button)) = pane.query_selector(".chosen .fold")
    {
        let _ = button.unchecked_into::<HtmlElement>().focus();
    }
}

pub(super) fn key(state: Viewer, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return;
    };
    let key = event.key();
    let handled = match (target.id().as_str(), key.as_str()) {
        (SEARCH_ID, "Enter") => {
            next_found(state, event.shift_key());
            true
        }
        // The browser empties the box.
        (SEARCH_ID, "Escape") if !asked().is_empty() => return,
        (_, "Escape") if state.full.get_untracked() => {
            leave_full(state);
            true
        }
        _ if event.shift_key() || state.stage.get_untracked() != Stage::Ready => false,
        (PANE_ID, _) => pane_key(state, &key),
        _ if target.class_list().contains("fold") => pane_key(state, &key),
        _ => false,
    };
    if handled {
        event.prevent_default();
        event.stop_propagation();
    }
}

/// Up and down go from line to line; left and right fold and unfold, or lead out and in.
fn pane_key(state: Viewer, key: &str) -> bool {
    let line = state.view.with_value(View::chosen);
    let folded = state.view.with_value(|view| view.folded(line));
    match (key, folded) {
        ("ArrowUp", _) => choose(state, |view| view.go(-1)),
        ("ArrowDown", _) | ("ArrowRight", Some(false)) => choose(state, |view| view.go(1)),
        ("Home", _) => choose(state, |view| view.choose(0)),
        ("End", _) => choose(state, |view| view.choose(usize::MAX)),
        ("ArrowLeft", Some(false)) => change(state, |view| _ = view.fold(line, true)),
        ("ArrowRight", Some(true)) => change(state, |view| _ = view.fold(line, false)),
        ("ArrowLeft", _) => choose(state, |view| {
            if let Some(parent) = view.lines().parent(line) {
                view.choose(parent);
            }
        }),
        _ => return false,
    }
    true
}

/// Whether this browser wraps lines.
pub(super) fn remembered_wrap() -> bool {
    let kept = window().local_storage().ok().flatten();
    kept.is_none_or(|kept| !matches!(kept.get_item(NO_WRAP), Ok(Some(_))))
}

fn set_wrap(state: Viewer, wrap: bool) {
    state.wrap.set(wrap);
    if let Ok(Some(kept)) = window().local_storage() {
        let _ = if wrap {
            kept.remove_item(NO_WRAP)
        } else {
            kept.set_item(NO_WRAP, "1")
        };
    }
    paint::lay(state);
    paint::show_row(state, state.view.with_value(View::row_chosen));
}

/// The viewer fills the window, and nothing else can be reached.
fn enter_full(state: Viewer) {
    state.full.set(true);
    make_others_inert();
    // By then it has its size.
    request_animation_frame(move || paint::lay(state));
}

/// Everything is as it was, the focus at the button.
pub(super) fn leave_full(state: Viewer) {
    if state.full.try_get_untracked() != Some(true) {
        return;
    }
    if let Ok(inert) = document().query_selector_all("[inert]") {
        for index in 0..inert.length() {
            if let Some(element) = inert.get(index).map(JsCast::unchecked_into::<Element>) {
                let _ = element.remove_attribute("inert");
            }
        }
    }
    state.full.set(false);
    if let Ok(Some(button)) = document().query_selector("[data-do=full]") {
        let _ = button.unchecked_into::<HtmlElement>().focus();
    }
    request_animation_frame(move || paint::lay(state));
}

/// Everything beside the viewer and beside what it lies in, but for what is only said.
fn make_others_inert() {
    let mut inner = paint::by_id(ROOT_ID).map(Element::from);
    while let Some(element) = inner {
        let Some(outer) = element.parent_element() else {
            return;
        };
        let beside = outer.children();
        for index in 0..beside.length() {
            if let Some(other) = beside.item(index)
                && !other.is_same_node(Some(&element))
                && !other.has_attribute("aria-live")
            {
                let _ = other.set_attribute("inert", "");
            }
        }
        inner = (outer.tag_name() != "BODY").then_some(outer);
    }
}
