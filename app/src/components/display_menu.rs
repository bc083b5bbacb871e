//! The menu that sets how pages look: theme, density, zone, live updates.
//!
//! A form, so that it works without script; with script each choice acts at once.

use domain::{
    display::{Density, Theme},
    zone::UTC,
};
use leptos::{ev, prelude::*};

use super::{Look, reader};

/// Takes the name and the value of what was chosen.
pub(crate) type Choose = Callback<(String, String)>;

/// `action` takes the form, which leads back to `back`; `zones` is the page with all of them.
pub(crate) fn display_menu(
    action: &'static str,
    back: Signal<String>,
    zones: Signal<String>,
    look: &Look,
    choose: Choose,
) -> AnyView {
    let display = look.display.get_untracked();
    let themes = Theme::ALL.iter().map(|theme| {
        choice(
            "theme",
            theme.as_str(),
            theme.label(),
            *theme == display.theme,
        )
    });
    let densities = Density::ALL.iter().map(|density| {
        let chosen = *density == display.density;
        choice("density", density.as_str(), density.label(), chosen)
    });
    let live = [("on", "On", true), ("off", "Off", false)]
        .map(|(word, label, on)| choice("live", word, label, on == display.live));
    let on_change = move |event: ev::Event| {
        if let Some(chosen) = reader::chosen(&event) {
            choose.run(chosen);
        }
    };
    view! {
        <button type="button" class="menu-button display-button" popovertarget="display" title="Display">
            <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                <path d="M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 3v3M6 10v3"></path>
            </svg>
            {super::hidden_text("Display")}
        </button>
        <form
            class="display"
            id="display"
            popover="auto"
            method="post"
            action=action
            autocomplete="off"
            aria-label="Display"
            on:change=on_change
        >
            {choices("Theme", themes.collect())}
            {choices("Density", densities.collect())}
            {choices("Live updates", live.into_iter().collect())}
            {zone_select(display.zone, zones)}
            <input type="hidden" name="back" value=move || back.get()/>
            <button type="submit" class="button display-apply">"Apply"</button>
        </form>
    }
    .into_any()
}

fn choices(legend: &'static str, choices: Vec<AnyView>) -> AnyView {
    view! { <fieldset class="field"><legend>{legend}</legend><div class="choices">{choices}</div></fieldset> }
        .into_any()
}

fn choice(name: &'static str, value: &'static str, label: &'static str, chosen: bool) -> AnyView {
    view! {
        <label class="choice"><input type="radio" name=name value=value checked=chosen/>{label}</label>
    }
    .into_any()
}

/// UTC, the chosen one, and the one of the browser, which the server does not know.
fn zone_select(chosen: Option<String>, all: Signal<String>) -> AnyView {
    let here = RwSignal::new(None::<String>);
    let known = chosen.clone();
    Effect::new(move |_| {
        let zone = reader::zone_name().filter(|zone| zone != UTC && known.as_ref() != Some(zone));
        here.set(zone);
    });
    let is_utc = chosen.is_none();
    let chosen = chosen
        .map(|zone| view! { <option value=zone.clone() selected=true>{zone.clone()}</option> });
    let option = move || {
        let option = |zone: String| view! { <option value=zone.clone()>{format!("This browser's: {zone}")}</option> };
        here.get().map(option)
    };
    view! {
        <div class="field">
            <label class="field-label" for="zone">"Time zone"</label>
            <select id="zone" name="zone">
                <option value=UTC selected=is_utc>"UTC"</option>
                {chosen}
                {option}
            </select>
            <a href=move || all.get()>"All time zones"</a>
        </div>
    }
    .into_any()
}
