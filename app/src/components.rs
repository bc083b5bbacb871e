//! Plain values in, markup out.
//!
//! Components know the vocabulary (`domain`) and nothing else: no server calls,
//! no address that was not handed to them, no clock. They render the same on
//! server and browser; what only a browser can do lives in [`browser`].
//! Most are plain functions, as every distinct view type costs wasm.

mod breadcrumb;
mod browser;
mod changes_table;
mod chips;
mod clipboard;
mod code;
mod copy;
mod data_table;
mod day_bars;
mod display_menu;
mod empty;
mod find_box;
mod first_start;
mod form;
mod key_text;
mod list_menu;
mod live_bar;
mod log_list;
mod look;
mod menu;
mod network_code;
mod notice;
mod page_header;
mod pager;
mod progress;
mod reader;
mod run_strip;
mod selecting;
mod shortcuts;
mod status;
mod step_list;
mod tabs;
mod time;
mod timeline;
mod tip;
mod top_bar;
mod viewer;

pub(crate) use breadcrumb::breadcrumb;
pub(crate) use browser::{
    clicked, close_filters, elapsed, focus_heading, forget_done, hydrated, keep_focus, on_keys,
    on_travel, place, rendered_title, scroll_to, show_ago, show_open_step, unpick,
};
pub(crate) use changes_table::changes_table;
pub(crate) use chips::{Chip, chips};
pub(crate) use code::{json_lines, long_text, pairs_table, plain_text};
pub(crate) use copy::{copy_button, copy_from, copy_text_button, copy_with};
pub(crate) use data_table::{Column, Place, Row, Sort, data_table};
pub(crate) use day_bars::day_bars;
pub(crate) use display_menu::{Choose, display_menu};
pub(crate) use empty::empty;
pub(crate) use find_box::find_box;
pub(crate) use first_start::{
    FIRST_RUN, FirstReport, demo_failed, demo_form, demo_progress, first_start,
};
pub(crate) use form::{Offer, checks, filter_panel, search_form, select, text_field, window};
pub(crate) use key_text::{key_link, key_text};
pub(crate) use list_menu::{ViewItem, columns_menu, views_menu};
pub(crate) use live_bar::{News, live_bar};
pub(crate) use log_list::{LogItem, byte_size, file_link, log_list};
pub(crate) use look::{Look, may, zone};
pub(crate) use menu::{MenuItem, menu};
pub(crate) use network_code::{network_code, run_code};
pub(crate) use notice::{Tone as NoticeTone, dropped_notice, notice};
pub(crate) use page_header::{Fact, page_header};
pub(crate) use pager::{Links, Pager, Size, pager, position};
pub(crate) use progress::progress;
pub(crate) use reader::{
    is_here, is_looked_at, keep_look, on_tab, rendered_look, show_running, sleep,
};
pub(crate) use run_strip::{StripRun, run_strip};
use selecting::pick_all;
pub(crate) use selecting::{BulkBar, bulk_bar, pick};
pub(crate) use shortcuts::shortcuts;
pub(crate) use status::{flow_status, integration_status, last_run, run_status, run_word};
pub(crate) use step_list::{StepItem, step_list};
pub(crate) use tabs::{Tab, tabs};
pub(crate) use time::{duration, moment, running_for, time_cell};
pub(crate) use timeline::timeline;
pub(crate) use tip::tip;
#[cfg(feature = "ssr")]
pub(crate) use top_bar::brand;
pub(crate) use top_bar::{NavLink, top_bar, who};
pub(crate) use viewer::{BODY_ID, Viewed, viewer};

use leptos::prelude::*;

/// Text for screen readers only.
pub(crate) fn hidden_text(text: impl Into<String>) -> impl IntoView {
    view! { <span class="visually-hidden">{text.into()}</span> }
}

/// A link to another site. It learns nothing about where its reader came from.
pub(crate) fn outside_link(href: String, text: impl Into<String>) -> AnyView {
    view! { <a class="outside" href=href rel="noopener noreferrer">{text.into()}</a> }.into_any()
}

/// What a cell shows where there is nothing to show.
pub(crate) fn dash() -> AnyView {
    view! { <span class="quiet">"–"</span> }.into_any()
}
