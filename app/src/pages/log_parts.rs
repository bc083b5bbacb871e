//! What the page of a run and that of its log show alike: entries, the first error, files.

use domain::{File, Key, LogEntry, Timestamp, Total, access::Role, page::grouped};
use leptos::prelude::*;

use crate::{
    api::RunPage,
    components::{
        Column, LogItem, Place, Row, dash, data_table, file_link, key_text, log_list, may,
        time_cell,
    },
    route,
};

/// Entries of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entries<'a> {
    pub(super) workspace: &'a str,
    pub(super) run: &'a str,
    pub(super) files: &'a [File],
    /// The entry that the reader was led to.
    pub(super) marked: Option<&'a Key>,
    /// What the reader looks for: a description that holds it is unfolded.
    pub(super) text: Option<&'a str>,
    pub(super) now: Timestamp,
}

impl Entries<'_> {
    pub(super) fn show(&self, entries: &[LogEntry]) -> AnyView {
        log_list(entries, |entry| self.item(entry), self.now)
    }

    fn item(&self, entry: &LogEntry) -> LogItem {
        let key = entry.key.as_str();
        let step = entry.step.as_ref();
        let mine = self.files.iter();
        let mine = mine.filter(|file| file.entry.as_ref() == Some(&entry.key));
        let text = self.text.map(str::to_ascii_lowercase);
        LogItem {
            anchor: route::log_anchor(key),
            href: route::log_entry(self.workspace, self.run, key),
            step: step.map(|step| route::step(self.workspace, self.run, step.as_str())),
            files: mine.map(|file| self.file(file)).collect(),
            marked: self.marked == Some(&entry.key),
            open: text
                .zip(entry.description.as_ref())
                .is_some_and(|(text, description)| {
                    description.to_ascii_lowercase().contains(&text)
                }),
        }
    }

    /// A file, saved by those who may see payloads.
    pub(super) fn file(&self, file: &File) -> AnyView {
        let href = || route::run_file(self.workspace, self.run, file.key.as_str());
        let href = may(Role::Support).then(href);
        file_link(&file.name, href, file.size_bytes, file.redacted)
    }
}

/// The way to the first entry that tells of an error, under E.
pub(super) fn first_error(workspace: &str, run: &str, key: Option<&Key>) -> Option<AnyView> {
    let href = route::log_entry(workspace, run, key?.as_str());
    Some(
        view! {
            <a class="button" href=href rel="external" aria-keyshortcuts="E">
                "First error "<kbd aria-hidden="true">"E"</kbd>
            </a>
        }
        .into_any(),
    )
}

/// What the page of a run shows below its steps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rest<'a> {
    page: &'a RunPage,
    entries: Entries<'a>,
}

impl<'a> Rest<'a> {
    pub(super) fn of(page: &'a RunPage) -> Self {
        let entries = Entries {
            workspace: page.workspace.key.as_str(),
            run: page.run.key.as_str(),
            files: &page.files,
            marked: None,
            text: None,
            now: page.now,
        };
        Self { page, entries }
    }

    /// All files, also those that an entry carries.
    pub(super) fn files(&self) -> Option<AnyView> {
        let files = &self.page.files;
        if files.is_empty() {
            return None;
        }
        let columns = [
            Column::new("File", Place::Name),
            Column::new("Log Entry", Place::Detail),
            Column::new("Received", Place::Time),
        ];
        let rows = files.iter().map(|file| self.row(file)).collect();
        Some(
            view! {
                <section class="files" aria-labelledby="files">
                    <h2 id="files">"Files "<span class="quiet">{grouped(files.len() as i64)}</span></h2>
                    {data_table(format!("Files of {}", self.entries.run), &columns, rows)}
                </section>
            }
            .into_any(),
        )
    }

    fn row(&self, file: &File) -> Row {
        let Entries { workspace, run, .. } = self.entries;
        let entry = file.entry.as_ref().map(|entry| {
            let href = route::log_entry(workspace, run, entry.as_str());
            view! { <a href=href rel="external">{key_text(entry.as_str())}</a> }.into_any()
        });
        Row {
            class: "",
            cells: vec![
                self.entries.file(file),
                entry.unwrap_or_else(dash),
                time_cell(file.received_at, self.entries.now),
            ],
        }
    }

    /// The beginning of the log, and the ways to the rest of it.
    pub(super) fn log(&self) -> Option<AnyView> {
        let entries = &self.page.log.entries.rows;
        if entries.is_empty() {
            return None;
        }
        let Entries { workspace, run, .. } = self.entries;
        let (shown, total) = (entries.len() as i64, self.page.log.whole);
        let part = (total != Total::Exact(shown)).then(|| {
            let text = format!("The first {} of {total} entries.", grouped(shown));
            view! { <p class="quiet">{text}</p> }
        });
        Some(
            view! {
                <section class="log" aria-labelledby="log">
                    <h2 id="log">"Log "<span class="quiet">{total.to_string()}</span></h2>
                    <p class="log-ways">
                        <a class="button" href=route::log(workspace, run, "")>"Whole log"</a>
                        {first_error(workspace, run, self.page.first_error.as_ref())}
                    </p>
                    {part}
                    {self.entries.show(entries)}
                </section>
            }
            .into_any(),
        )
    }
}
