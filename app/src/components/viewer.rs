//! A body that one can fold, search and copy from.
//!
//! The server renders its first lines, which are all there is without script. In the browser the
//! same pane is taken over: [`load`] gets the whole body, `domain::lines` makes lines of it,
//! [`paint`] keeps those that are seen in the page and no others, [`hands`] does what keys and
//! buttons ask for. Rows are made by hand and not by views, as they come and go with every
//! movement of the scroll bar and must not take a selection with them.

mod hands;
mod load;
mod paint;

use domain::{
    json::Pretty,
    lines::{
        Form,
        view::{MOST_FOUND, View},
    },
    page::grouped,
};
use leptos::prelude::*;

use super::{code::head_lines, copy::copy_from};

/// The element that holds the body, for its copy button.
pub(crate) const BODY_ID: &str = "body-text";
/// The box that searches it.
pub(super) const SEARCH_ID: &str = "body-search";
const ROOT_ID: &str = "viewer";
const PANE_ID: &str = "body-pane";
const SPACE_ID: &str = "body-space";
const VALUE_ID: &str = "line-value";
const PATH_ID: &str = "line-path";

/// A body as the page brings it.
#[derive(Debug, Clone)]
pub(crate) struct Viewed {
    /// Its first lines.
    pub(crate) head: Pretty,
    pub(crate) form: Form,
    /// Whether they are all of it.
    pub(crate) whole: bool,
    /// Where all its bytes are.
    pub(crate) address: Option<String>,
}

/// How far the browser has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The lines of the server are shown, and further ones may be on their way.
    Head,
    /// The rows are shown.
    Ready,
    /// The further lines did not come.
    Failed,
}

/// The state of one viewer.
#[derive(Debug, Clone, Copy)]
struct Viewer {
    view: StoredValue<View>,
    stage: RwSignal<Stage>,
    /// Changes with the view.
    version: RwSignal<u32>,
    wrap: RwSignal<bool>,
    full: RwSignal<bool>,
    /// The rows that are in the page.
    painted: StoredValue<(usize, usize)>,
}

impl Viewer {
    /// Something of the view, read again whenever it changes.
    fn read<T>(self, read: impl FnOnce(&View) -> T) -> T {
        self.version.track();
        self.view.with_value(read)
    }

    fn is_ready(self) -> bool {
        self.stage.get() == Stage::Ready
    }
}

/// Shows a body; `Copy body` elsewhere on the page copies it by [`BODY_ID`].
pub(crate) fn viewer(body: Viewed) -> AnyView {
    let state = Viewer {
        view: StoredValue::new(View::default()),
        stage: RwSignal::new(Stage::Head),
        version: RwSignal::new(0),
        wrap: RwSignal::new(true),
        full: RwSignal::new(false),
        painted: StoredValue::new((0, 0)),
    };
    let folds = body.form != Form::Raw;
    let total = body.head.total_lines;
    let head = StoredValue::new(body.head.clone());
    let rest = rest(&body);
    Effect::new(move |_| load::start(state, body.clone()));
    let content = move || {
        if state.is_ready() {
            view! { <div class="viewer-space" id=SPACE_ID><code class="viewer-rows" id=BODY_ID></code></div> }.into_any()
        } else {
            let lines = head.with_value(head_lines);
            view! { <code class="viewer-head" id=BODY_ID>{lines}</code> }.into_any()
        }
    };
    view! {
        <div
            class="viewer"
            class:viewer-full=state.full
            id=ROOT_ID
            on:click=move |event| hands::clicked(state, &event)
            on:keydown=move |event| hands::key(state, &event)
        >
            {bar(state, folds)}
            <div
                class="code viewer-pane"
                id=PANE_ID
                tabindex="0"
                role="group"
                aria-label="Lines of the body"
                on:scroll=move |_| paint::scrolled(state)
            >
                {content}
            </div>
            {foot(state, folds, total, rest)}
        </div>
    }
    .into_any()
}

/// What a page without script leaves out.
fn rest(body: &Viewed) -> Option<String> {
    let (shown, total) = (body.head.lines.len(), body.head.total_lines);
    if shown < total {
        return Some(format!(
            "The first {} of {} lines.",
            grouped(shown as i64),
            grouped(total as i64)
        ));
    }
    (!body.whole).then(|| "Values that are too long for a page are cut at “…”.".to_owned())
}

/// Finding, folding, wrapping. Nothing of it works without script, so the style hides it then.
fn bar(state: Viewer, folds: bool) -> AnyView {
    let count = move || {
        let (asked, (at, of)) = state.read(|view| (view.asked(), view.found()));
        match (at, of) {
            _ if !asked => String::new(),
            (_, 0) => "Not found".to_owned(),
            (at, MOST_FOUND) => format!("{at} of {} or more", grouped(MOST_FOUND as i64)),
            (at, of) => format!("{} of {}", grouped(at as i64), grouped(of as i64)),
        }
    };
    let levels = folds.then(|| {
        view! {
            <label class="viewer-levels">
                "Levels "
                <select on:change=move |event| hands::fold_to(state, &event_target_value(&event))>
                    <option value="">"All"</option>
                    <option value="1">"1"</option>
                    <option value="2">"2"</option>
                    <option value="3">"3"</option>
                </select>
            </label>
        }
    });
    view! {
        <div class="viewer-bar">
            <label class="viewer-find">
                "Find in body "
                <input
                    type="search"
                    id=SEARCH_ID
                    autocomplete="off"
                    spellcheck="false"
                    maxlength="1000"
                    enterkeyhint="search"
                    aria-keyshortcuts="F"
                    on:input=move |_| hands::search(state)
                />
            </label>
            <button type="button" class="button" data-do="before" aria-label="Previous find" title="Previous find (Shift Enter)">"↑"</button>
            <button type="button" class="button" data-do="next" aria-label="Next find" title="Next find (Enter)">"↓"</button>
            <span class="viewer-count" aria-live="polite">{count}</span>
            <span class="viewer-tools">
                {levels}
                <button type="button" class="button" data-do="wrap" aria-pressed=move || state.wrap.get().to_string()>"Wrap"</button>
                <button type="button" class="button" data-do="full" aria-pressed=move || state.full.get().to_string()>"Full window"</button>
            </span>
        </div>
    }
    .into_any()
}

/// How much is shown, where the reader is in it, and what can be copied there.
fn foot(state: Viewer, folds: bool, total: usize, rest: Option<String>) -> AnyView {
    let about = move || match (state.stage.get(), rest.clone()) {
        (Stage::Ready, _) | (_, None) => match total {
            1 => "1 line".to_owned(),
            total => format!("{} lines", grouped(total as i64)),
        },
        (Stage::Failed, Some(rest)) => {
            format!("{rest} The rest could not be loaded; download it to see all.")
        }
        (Stage::Head, Some(rest)) => format!("{rest} Download it to see all."),
    };
    let place = move || {
        let ready = state.is_ready();
        state.read(|view| {
            let path = view.lines().path(view.chosen());
            match path.filter(|_| ready) {
                Some(path) => path,
                None => format!("Line {}", grouped(view.chosen() as i64 + 1)),
            }
        })
    };
    view! {
        <div class="viewer-foot">
            <span class="viewer-about">{about}</span>
            <span class="viewer-place">
                <span class="viewer-path" title=place>{place}</span>
                {copy_from(if folds { "value" } else { "line" }, VALUE_ID)}
                {folds.then(|| copy_from("path", PATH_ID))}
            </span>
        </div>
    }
    .into_any()
}
