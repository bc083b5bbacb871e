//! What happens when a reader chooses another look: at once, and without loading the page again.

use std::sync::Arc;

use domain::zone::Zone;
use leptos::{prelude::*, task::spawn_local};

use super::Screen;
use crate::{
    api::show_zone,
    components::{self, Choose, Look},
};

/// Takes over what is chosen in the menu.
pub(crate) fn choose(screen: Screen, look: &Look) -> Choose {
    let look = look.clone();
    Callback::new(move |(name, value): (String, String)| {
        look.display.update(|display| display.set(&name, &value));
        let display = look.display.get_untracked();
        components::keep_look(&display);
        match name.as_str() {
            "live" => screen.set_live(display.live),
            "zone" => {
                let look = look.clone();
                spawn_local(async move {
                    // Where the table does not come, the next page has it.
                    if let Ok(zone) = show_zone(value)
                        .await
                        .and_then(|wire| wire.open::<String>())
                        && let Ok(zone) = zone.parse::<Zone>()
                    {
                        look.zone.set(Arc::new(zone));
                        screen.read_again();
                    }
                });
            }
            _ => {}
        }
    })
}
