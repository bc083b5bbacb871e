//! `/{workspace}/runs/{run}/log`: the whole log of a run, followed while the run is running.

use domain::{
    Cursor, LogLevel,
    filter::{LogFilter, LogPlace},
};
use leptos::prelude::*;

use super::{
    filters,
    log_parts::{Entries, first_error},
};
use crate::{
    api::{LogView, RunPage},
    components::{Chip, Links, Pager, Tab, chips, dropped_notice, empty, pager, search_form, tabs},
    route,
};

/// What the page shows below its header.
pub(super) fn log(page: &RunPage, running: bool) -> AnyView {
    let at = At(page);
    view! {
        {dropped_notice(&page.log.dropped)}
        {at.toolbar(running)}
        {chips(at.chips(), at.link(&LogFilter::default(), &LogPlace::Beginning))}
        {at.entries()}
    }
    .into_any()
}

/// `120 of 4,310`
pub(super) fn count(log: &LogView) -> String {
    match log.filter.narrows() {
        true => format!("{} of {}", log.entries.total, log.whole),
        false => log.whole.to_string(),
    }
}

/// The page, and where it stands in its log.
struct At<'a>(&'a RunPage);

impl At<'_> {
    fn link(&self, filter: &LogFilter, place: &LogPlace) -> String {
        let page = self.0;
        let query = filter.to_query(place);
        route::log(page.workspace.key.as_str(), page.run.key.as_str(), &query)
    }

    fn toolbar(&self, running: bool) -> AnyView {
        let page = self.0;
        let filter = &page.log.filter;
        let place = match page.log.place {
            LogPlace::Tail => LogPlace::Tail,
            _ => LogPlace::Beginning,
        };
        let untexted = LogFilter {
            text: None,
            ..filter.clone()
        };
        let keep = filters::kept(&untexted.to_query(&place));
        let level = |level: Option<LogLevel>| {
            let filter = LogFilter {
                level,
                ..filter.clone()
            };
            Tab {
                text: level.map_or("All levels", above),
                note: None,
                href: self.link(&filter, &place),
                open: filter.levels() == page.log.filter.levels(),
            }
        };
        let levels = [
            None,
            Some(LogLevel::Info),
            Some(LogLevel::Warning),
            Some(LogLevel::Error),
        ];
        let (workspace, run) = (page.workspace.key.as_str(), page.run.key.as_str());
        let label = "In message or description";
        view! {
            <div class="toolbar">
                {search_form(route::log(workspace, run, ""), "q", label, filter.text.clone(), keep)}
                {tabs("Level", "segments", levels.map(level).into())}
                {first_error(workspace, run, page.first_error.as_ref())}
                {(running || place == LogPlace::Tail).then(|| self.follow())}
            </div>
        }
        .into_any()
    }

    /// Stays at the end of the log, whatever comes.
    fn follow(&self) -> AnyView {
        let follows = self.0.log.place == LogPlace::Tail;
        let place = match follows {
            true => LogPlace::At(Cursor::Last),
            false => LogPlace::Tail,
        };
        let href = self.link(&self.0.log.filter, &place);
        view! { <a class="button" href=href aria-current=follows.then_some("true")>"Follow the end"</a> }.into_any()
    }

    fn chips(&self) -> Vec<Chip> {
        let filter = &self.0.log.filter;
        let chip = |text: String, without: LogFilter| Chip {
            text,
            without: self.link(&without, &LogPlace::Beginning),
        };
        let level = filter.level.filter(|_| !filter.levels().is_empty());
        let level = level.map(|level| {
            let without = LogFilter {
                level: None,
                ..filter.clone()
            };
            chip(format!("Level: {}", above(level)), without)
        });
        let text = filter.text.as_ref().map(|text| {
            let without = LogFilter {
                text: None,
                ..filter.clone()
            };
            chip(format!("Text: {text}"), without)
        });
        level.into_iter().chain(text).collect()
    }

    fn entries(&self) -> AnyView {
        let page = self.0;
        if page.log.entries.rows.is_empty() {
            return self.nothing();
        }
        let (workspace, run) = (page.workspace.key.as_str(), page.run.key.as_str());
        let entries = Entries {
            workspace,
            run,
            files: &page.files,
            marked: match &page.log.place {
                LogPlace::Entry(key) => Some(key),
                _ => None,
            },
            text: page.log.filter.text.as_deref(),
            now: page.now,
        };
        let list = entries.show(&page.log.entries.rows);
        let list = match page.log.place {
            LogPlace::Tail => view! {
                <div class="log-tail" role="log" aria-label="The end of the log" tabindex="0">{list}</div>
            }
            .into_any(),
            _ => list,
        };
        view! { {list}{pager(self.place())} }.into_any()
    }

    fn nothing(&self) -> AnyView {
        let log = &self.0.log;
        if log.filter.narrows() && !log.whole.is_zero() {
            let what = "No entry passes the filter.".to_owned();
            let why = format!("The log has {} entries.", log.whole);
            let all = self.link(&LogFilter::default(), &LogPlace::Beginning);
            return empty(what, why, Some(("Show all entries", all)));
        }
        let why = match self.0.run.status.is_finished() {
            true => "This run was reported without a log.",
            false => "Entries appear as they are reported.",
        };
        empty("No log entries.".to_owned(), why.to_owned(), None)
    }

    fn place(&self) -> Pager {
        let log = &self.0.log.entries;
        let at = |cursor: &Cursor| self.link(&self.0.log.filter, &LogPlace::At(cursor.clone()));
        let beginning = || self.link(&self.0.log.filter, &LogPlace::Beginning);
        Pager {
            noun: "entries",
            total: log.total,
            first: log.first,
            shown: log.rows.len() as i64,
            links: Links {
                first: log.previous.is_some().then(beginning),
                previous: log.previous.as_ref().map(at),
                next: log.next.as_ref().map(at),
                last: log.next.is_some().then(|| at(&Cursor::Last)),
            },
            sizes: vec![],
            files: vec![],
        }
    }
}

fn above(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Debug => "All levels",
        LogLevel::Info => "Info and above",
        LogLevel::Warning => "Warning and above",
        LogLevel::Error => "Error",
    }
}
