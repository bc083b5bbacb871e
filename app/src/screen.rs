//! What lies around the pages: the document's title, what is announced, whether something loads.
//!
//! `leptos_router` announces nothing and moves no focus; this does both when the
//! path changes, and neither when only the query does, since a reader who sorts
//! or pages stays where they are.

use domain::Timestamp;
use leptos::prelude::*;

use crate::browser;

/// Provided once by [`crate::App`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) title: RwSignal<String>,
    pub(crate) said: RwSignal<String>,
    /// Whether another page, or other rows, are on their way.
    pub(crate) waiting: RwSignal<bool>,
    /// The server's moment of the page that is shown, and the browser's then.
    pub(crate) arrived_at: StoredValue<Option<(Timestamp, f64)>>,
    path: StoredValue<Option<String>>,
}

impl Screen {
    pub(crate) fn new() -> Self {
        let title = browser::rendered_title().unwrap_or_else(|| "Integration View".to_owned());
        Self {
            title: RwSignal::new(title),
            said: RwSignal::new(String::new()),
            waiting: RwSignal::new(false),
            arrived_at: StoredValue::new(None),
            path: StoredValue::new(None),
        }
    }

    /// Says it to screen readers when they have finished what they say.
    pub(crate) fn say(self, text: String) {
        self.said.set(text);
    }

    /// A page is shown at `path`.
    pub(crate) fn arrive(self, path: String, title: String, now: Option<Timestamp>) {
        self.title.set(format!("{title} · Integration View"));
        Effect::new(move |_| {
            let last = self.path.get_value();
            let elsewhere = last.is_some_and(|last| last != path);
            if elsewhere {
                self.say(title.clone());
            }
            self.path.set_value(Some(path.clone()));
            browser::arrive(self, now, elsewhere);
        });
    }
}
