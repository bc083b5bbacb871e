//! From the first lines to the whole body.

use std::rc::Rc;

use domain::lines::{Lines, view::View};
use leptos::{ev::resize, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, js_sys::Uint8Array};

use super::{BODY_ID, PATH_ID, Stage, VALUE_ID, Viewed, Viewer, hands, paint};
use crate::components::clipboard;

/// The name under which a browser measures how long a body took: from here to its first rows.
const MEASURE: &str = "viewer";
const STARTED: &str = "viewer-started";

/// Takes the pane over.
///
/// 1. What is copied comes from the view, not from the page.
/// 2. Where the first lines are all, they are the body; otherwise it is fetched, once.
/// 3. The rows take the place of the lines.
pub(super) fn start(state: Viewer, body: Viewed) {
    if let Some(performance) = window().performance() {
        let _ = performance.mark(STARTED);
    }
    state.wrap.set(hands::remembered_wrap());
    paint::to_top();
    offer(state);
    let resized = window_event_listener(resize, move |_| paint::lay(state));
    on_cleanup(move || {
        resized.remove();
        for id in [BODY_ID, VALUE_ID, PATH_ID] {
            clipboard::withdraw(id);
        }
        hands::leave_full(state);
        hands::empty();
    });
    if body.whole {
        let text = body.head.text();
        show(state, Lines::read(text.as_bytes(), body.form).0);
        return;
    }
    let Some(address) = body.address else {
        return;
    };
    spawn_local(async move {
        let bytes = fetch(&address).await;
        // The reader may have gone on.
        if state.stage.try_get_untracked() != Some(Stage::Head) {
            return;
        }
        match bytes {
            Ok(bytes) => show(state, Lines::read(&bytes, body.form).0),
            Err(_) => state.stage.set(Stage::Failed),
        }
    });
}

/// What is copied from a view.
type Copied = fn(&View) -> Option<String>;

fn offer(state: Viewer) {
    let text = move |of: Copied| {
        let ready = state.stage.try_get_untracked() == Some(Stage::Ready);
        ready.then(|| state.view.with_value(of)).flatten()
    };
    let offers: [(_, Copied); 3] = [
        (BODY_ID, |view| Some(view.lines().text())),
        (VALUE_ID, |view| Some(view.lines().value(view.chosen()))),
        (PATH_ID, |view| view.lines().path(view.chosen())),
    ];
    for (id, of) in offers {
        clipboard::offer(id, Rc::new(move || text(of)));
    }
}

fn show(state: Viewer, lines: Lines) {
    let columns = paint::columns(state.wrap.get_untracked());
    state.view.set_value(View::new(lines, columns));
    state.painted.set_value((0, 0));
    state.version.update(|version| *version += 1);
    state.stage.set(Stage::Ready);
    // By then the rows have a place.
    request_animation_frame(move || {
        if state.stage.try_get_untracked() != Some(Stage::Ready) {
            return;
        }
        paint::all(state);
        hands::search_if_asked(state);
        // And by then they are seen.
        request_animation_frame(|| {
            if let Some(performance) = window().performance() {
                let _ = performance.measure_with_start_mark(MEASURE, STARTED);
            }
        });
    });
}

async fn fetch(address: &str) -> Result<Vec<u8>, JsValue> {
    let response = JsFuture::from(window().fetch_with_str(address)).await?;
    let response: Response = response.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::UNDEFINED);
    }
    let bytes = JsFuture::from(response.array_buffer()?).await?;
    Ok(Uint8Array::new(&bytes).to_vec())
}
