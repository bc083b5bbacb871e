//! Entries of a run's log, oldest first, and the files of a run.

use domain::{LogEntry, LogLevel, Timestamp};
use leptos::prelude::*;

use super::{long_text, time_cell};

/// Where an entry leads, and how it is shown.
#[derive(Debug)]
pub(crate) struct LogItem {
    /// Its name inside the page.
    pub(crate) anchor: String,
    /// The entry itself, for whoever wants to show it to somebody.
    pub(crate) href: String,
    /// The step that it tells of.
    pub(crate) step: Option<String>,
    pub(crate) files: Vec<AnyView>,
    /// Whether the reader was led to it.
    pub(crate) marked: bool,
    /// Whether its description is unfolded.
    pub(crate) open: bool,
}

/// `item` tells of each entry where it leads.
pub(crate) fn log_list(
    entries: &[LogEntry],
    item: impl Fn(&LogEntry) -> LogItem,
    now: Timestamp,
) -> AnyView {
    let items = entries.iter().map(|entry| line(entry, item(entry), now));
    view! { <ol class="log-list">{items.collect::<Vec<_>>()}</ol> }.into_any()
}

fn line(entry: &LogEntry, item: LogItem, now: Timestamp) -> AnyView {
    let class = match entry.level {
        LogLevel::Debug => "log-entry log-debug",
        LogLevel::Info => "log-entry",
        LogLevel::Warning => "log-entry log-warning",
        LogLevel::Error => "log-entry log-error",
    };
    let step = entry.step.as_ref().map(|step| {
        view! { " · "<a href=item.step>{format!("step {step}")}</a> }
    });
    let description = entry.description.as_ref().map(|text| {
        let text =
            view! { <summary>"Description"</summary><pre><code>{long_text(text)}</code></pre> };
        // Attributes are set anew when the page is read again: without this one, what the reader
        // unfolds stays so.
        match item.open {
            true => view! { <details class="log-description" open="">{text}</details> }.into_any(),
            false => view! { <details class="log-description">{text}</details> }.into_any(),
        }
    });
    let files = (!item.files.is_empty()).then(|| view! { <p class="log-files">{item.files}</p> });
    // The browser leads to what stands behind the `#`, and takes the focus along.
    view! {
        <li class=class id=item.anchor aria-current=item.marked.then_some("true")>
            <a class="log-time" href=item.href rel="external" title=format!("Link to entry {}", entry.key)>{time_cell(entry.logged_at, now)}</a>
            <span class="log-level">{entry.level.label()}</span>
            <div class="log-text">
                <p class="log-message">{long_text(&entry.message)}</p>
                {description}
                {files}
            </div>
            <span class="log-source quiet">{entry.stream.label()}{step}{own_words(entry)}</span>
        </li>
    }
    .into_any()
}

/// What its reporter calls the entry, and what it is about.
fn own_words(entry: &LogEntry) -> Vec<String> {
    let label = entry.label.iter();
    // Beside its level it says nothing more.
    let label = label.filter(|label| !label.eq_ignore_ascii_case(entry.level.as_str()));
    let words = label.chain(&entry.reference);
    words.map(|word| format!(" · {word}")).collect()
}

/// A file: where it is saved from, for those who may have it; its size; what was done to it.
pub(crate) fn file_link(name: &str, href: Option<String>, bytes: i64, redacted: bool) -> AnyView {
    let size = byte_size(u64::try_from(bytes).unwrap_or(0));
    let name = match href {
        Some(href) => view! {
            <a class="file" href=href download="" rel="external">{name.to_owned()}</a>
        }
        .into_any(),
        None => view! { <span class="file">{name.to_owned()}</span> }.into_any(),
    };
    let about = match redacted {
        true => format!(" {size}, secrets replaced"),
        false => format!(" {size}"),
    };
    view! { {name}<span class="quiet">{about}</span> }.into_any()
}

/// `412 B`, `3.4 kB`, `1.2 MB`.
pub(crate) fn byte_size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_two_digits_or_three() {
        let sizes = [412, 3_456, 16_777_216].map(byte_size);
        assert_eq!(sizes, ["412 B", "3.4 kB", "16.7 MB"]);
    }
}
