//! What lies around the pages: the document's title, what is announced, whether something loads.
//!
//! `leptos_router` announces nothing and moves no focus; this does both when the
//! path changes, and neither when only the query does, since a reader who sorts
//! or pages stays where they are.

use std::time::Duration;

use domain::Timestamp;
use leptos::{ev::MouseEvent, prelude::*};

use super::live::{Live, TICK};
use crate::{components, route};

/// How often "2 min ago" is brought up to date.
const AGO_EVERY: Duration = Duration::from_secs(15);

/// Places that are remembered.
const PLACES: usize = 50;

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
    /// How far the addresses that were left by a click were scrolled.
    places: StoredValue<Vec<(String, f64)>>,
    /// Whether the reader has gone back or forth and not arrived yet.
    travelled: StoredValue<bool>,
    /// The stream that tells what is new.
    pub(super) live: Live,
}

/// A page that has been read.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrival {
    pub(super) path: String,
    pub(super) title: String,
    /// The server's moment.
    pub(super) now: Option<Timestamp>,
    /// What a list found, said when the list changes under its reader.
    pub(super) found: Option<String>,
}

/// The title of the page that the server rendered, or of none yet.
pub(crate) fn first_title() -> ArcRwSignal<String> {
    // Not in the arena: on the server it is read when the page's owner may be gone.
    ArcRwSignal::new(components::rendered_title().unwrap_or_else(|| "Integration View".to_owned()))
}

/// A title as `leptos_meta` needs it.
///
/// On the server (0.8.7) it writes the text into the page as it is, so that a
/// name such as `</title><script>` would become markup; in the browser it sets
/// `document.title`, which takes text. So the server escapes, and only the server.
pub(crate) fn document_title(title: String) -> String {
    if cfg!(feature = "ssr") {
        title
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    } else {
        title
    }
}

impl Screen {
    /// `live` says whether the reader wants to hear what is new.
    pub(crate) fn new(title: &ArcRwSignal<String>, live: bool) -> Self {
        Self {
            title: title.clone().into(),
            said: RwSignal::new(String::new()),
            waiting: RwSignal::new(false),
            moment: StoredValue::new(None),
            path: StoredValue::new(None),
            places: StoredValue::new(Vec::new()),
            travelled: StoredValue::new(false),
            live: Live::new(live),
        }
    }

    /// Begins what a hydrated page does by itself.
    pub(crate) fn start(self) {
        Effect::new(move |_| {
            components::hydrated();
            components::on_keys();
            components::forget_done();
            components::on_travel(move || self.travelled.set_value(true));
            self.follow_the_tab();
            let _ = set_interval_with_handle(move || self.show_ago(), AGO_EVERY);
            let _ = set_interval_with_handle(move || self.show_running(), TICK);
        });
    }

    /// Handles clicks anywhere.
    pub(crate) fn clicked(self, event: &MouseEvent) {
        // It may be a link: Back will bring the reader to this very place.
        let here = components::place();
        self.travelled.set_value(false);
        self.places.update_value(|places| {
            places.retain(|(address, _)| *address != here.0);
            places.push(here);
            let over = places.len().saturating_sub(PLACES);
            places.drain(..over);
        });
        components::clicked(event, self.said, route::breaks_when_decoded);
    }

    /// A page is shown.
    pub(super) fn arrive(self, page: Arrival) {
        self.title.set(format!("{} · Integration View", page.title));
        Effect::new(move |_| {
            let page = page.clone();
            let last = self.path.get_value();
            let again = last.is_some();
            let elsewhere = last.is_some_and(|last| last != page.path);
            if elsewhere {
                self.said.set(page.title);
            } else if let Some(found) = page.found.filter(|_| again) {
                self.said.set(found);
            }
            self.path.set_value(Some(page.path));
            if let Some(now) = page.now {
                self.moment.set_value(Some((now, components::elapsed())));
            }
            // By then the new rows and heading are in place.
            request_animation_frame(move || {
                self.show_ago();
                components::unpick();
                components::show_open_step();
                if elsewhere {
                    components::focus_heading();
                } else if again {
                    components::keep_focus();
                }
                self.return_to_place();
            });
        });
    }

    /// After Back or Forth the reader sees the rows that were left, not the top of the page.
    fn return_to_place(self) {
        if !self.travelled.get_value() {
            return;
        }
        self.travelled.set_value(false);
        let (here, _) = components::place();
        let offset = self.places.with_value(|places| {
            places
                .iter()
                .find(|(address, _)| *address == here)
                .map(|(_, offset)| *offset)
        });
        if let Some(offset) = offset {
            components::scroll_to(offset);
        }
    }

    /// What the server's clock said when the browser's stopwatch stood there.
    pub(super) fn moment_at(self, elapsed: f64) -> Option<Timestamp> {
        let (now, since) = self.moment.get_value()?;
        Some(now.plus_ms((elapsed - since) as i64))
    }

    fn show_ago(self) {
        if let Some(now) = self.moment_at(components::elapsed()) {
            components::show_ago(now);
            components::show_running(now);
        }
    }

    fn show_running(self) {
        if let Some(now) = self.moment_at(components::elapsed()) {
            components::show_running(now);
        }
    }
}
