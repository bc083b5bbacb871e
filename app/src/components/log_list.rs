//! The log of a run, oldest first.

use domain::{LogEntry, LogLevel, Timestamp, page::grouped};
use leptos::prelude::*;

use super::time_cell;

/// The first entries of a log that has `total`.
pub(crate) fn log_list(entries: &[LogEntry], total: i64, now: Timestamp) -> Option<AnyView> {
    if entries.is_empty() {
        return None;
    }
    let shown = entries.len() as i64;
    let items = entries
        .iter()
        .map(|entry| item(entry, now))
        .collect::<Vec<_>>();
    Some(
        view! {
            <section class="log" aria-labelledby="log">
                <h2 id="log">"Log "<span class="quiet">{grouped(total)}</span></h2>
                {(shown < total)
                    .then(|| view! { <p class="quiet">{format!("The first {} of {} entries.", grouped(shown), grouped(total))}</p> })}
                <ol class="log-list">{items}</ol>
            </section>
        }
        .into_any(),
    )
}

fn item(entry: &LogEntry, now: Timestamp) -> AnyView {
    let class = match entry.level {
        LogLevel::Debug => "log-entry log-debug",
        LogLevel::Info => "log-entry",
        LogLevel::Warning => "log-entry log-warning",
        LogLevel::Error => "log-entry log-error",
    };
    let source = match &entry.step {
        Some(step) => format!("{} · step {step}", entry.stream.label()),
        None => entry.stream.label().to_owned(),
    };
    view! {
        <li class=class>
            {time_cell(entry.logged_at, now)}
            <span class="log-level">{entry.level.label()}</span>
            <span class="log-message">{super::long_text(&entry.message)}</span>
            <span class="log-source quiet">{source}</span>
            {entry.description.clone().map(|text| {
                view! { <details class="log-description"><summary>"Description"</summary><pre><code>{text}</code></pre></details> }
            })}
        </li>
    }
    .into_any()
}
