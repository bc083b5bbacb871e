//! What lies around the pages: the document's title, what is announced, whether something loads.
//!
//! `leptos_router` announces nothing and moves no focus; this does both when the
//! path changes, and neither when only the query does, since a reader who sorts
//! or pages stays where they are.

use std::time::Duration;

use domain::Timestamp;
use leptos::{ev::MouseEvent, prelude::*};

use crate::{components, route};

/// How often "2 min ago" is brought up to date.
const AGO_EVERY: Duration = Duration::from_secs(15);

/// Provided once by [`crate::App`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) title: RwSignal<String>,
    /// What screen readers say when they have finished what they say.
    pub(crate) said: RwSignal<String>,
    /// Whether other rows are on their way.
    pub(crate) waiting: RwSignal<bool>,
    /// The server's moment of the page that is shown, and the browser's then.
    moment: StoredValue<Option<(Timestamp, f64)>>,
    path: StoredValue<Option<String>>,
}

impl Screen {
    /// The title as `leptos_meta` needs it.
    ///
    /// On the server (0.8.7) it writes the text into the page as it is, so that a
    /// name such as `</title><script>` would become markup; in the browser it sets
    /// `document.title`, which takes text. So the server escapes, and only the server.
    pub(crate) fn document_title(self) -> String {
        let title = self.title.get();
        if cfg!(feature = "ssr") {
            title
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
        } else {
            title
        }
    }

    pub(crate) fn new() -> Self {
        let title = components::rendered_title().unwrap_or_else(|| "Integration View".to_owned());
        Self {
            title: RwSignal::new(title),
            said: RwSignal::new(String::new()),
            waiting: RwSignal::new(false),
            moment: StoredValue::new(None),
            path: StoredValue::new(None),
        }
    }

    /// Begins what a hydrated page does by itself.
    pub(crate) fn start(self) {
        Effect::new(move |_| {
            components::hydrated();
            let _ = set_interval_with_handle(move || self.show_ago(), AGO_EVERY);
        });
    }

    /// Handles clicks anywhere.
    pub(crate) fn clicked(self, event: &MouseEvent) {
        components::clicked(event, self.said, route::breaks_when_decoded);
    }

    /// A page is shown at `path`; `now` is the server's moment.
    pub(super) fn arrive(self, path: String, title: String, now: Option<Timestamp>) {
        self.title.set(format!("{title} · Integration View"));
        Effect::new(move |_| {
            let last = self.path.get_value();
            let elsewhere = last.as_ref().is_some_and(|last| *last != path);
            let again = last.is_some();
            if elsewhere {
                self.said.set(title.clone());
            }
            self.path.set_value(Some(path.clone()));
            if let Some(now) = now {
                self.moment.set_value(Some((now, components::elapsed())));
            }
            // By then the new rows and heading are in place.
            request_animation_frame(move || {
                self.show_ago();
                if elsewhere {
                    components::focus_heading();
                } else if again {
                    components::keep_focus();
                }
            });
        });
    }

    fn show_ago(self) {
        if let Some((now, since)) = self.moment.get_value() {
            components::show_ago(now.plus_ms((components::elapsed() - since) as i64));
        }
    }
}
