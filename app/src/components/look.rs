//! How the reader likes the pages: their look, and the zone in which moments are told.
//!
//! The server writes it on the document's element, so that nothing flashes and the browser has the
//! same zone; from there on [`super::browser`] keeps both in step.

use std::sync::Arc;

use domain::{
    access::{Reader, Role},
    display::Display,
    zone::Zone,
};
use leptos::prelude::*;

/// Provided once, to every component.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(crate) display: ArcRwSignal<Display>,
    pub(crate) zone: ArcRwSignal<Arc<Zone>>,
    pub(crate) reader: Arc<Reader>,
}

impl Look {
    pub(crate) fn new(display: Display, zone: Arc<Zone>, reader: Reader) -> Self {
        Self {
            display: ArcRwSignal::new(display),
            zone: ArcRwSignal::new(zone),
            reader: Arc::new(reader),
        }
    }
}

/// Whether the reader may do what asks for a role. What they may not is not offered; the server
/// refuses it in any case.
pub(crate) fn may(needed: Role) -> bool {
    use_context::<Look>().is_some_and(|look| look.reader.may(needed))
}

/// The zone of the reader. A page is rendered anew when it changes, so nothing follows it.
pub(crate) fn zone() -> Arc<Zone> {
    use_context::<Look>().map_or_else(Arc::default, |look| look.zone.get_untracked())
}
