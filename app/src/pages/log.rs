//! `/{workspace}/runs/{run}/log`: the whole log of a run, followed while the run is running.

use domain::{
    Cursor, LogLevel, Total,
    filter::{LogFilter, LogPlace},
};
use leptos::prelude::*;

use super::{
    Shown, Trail, filters,
    log_parts::{Entries, first_error},
    open,
    run::listen,
};
use crate::{
    api::{LogPage, show_log},
    components::{
        Chip, Fact, Links, Pager, Tab, chips, dropped_notice, empty, key_text, page_header, pager,
        run_status, search_form, tabs,
    },
    route,
};

pub(crate) fn log() -> AnyView {
    open(
        route::LOG,
        |address| Box::pin(show_log(address.key(0), address.key(1), address.query)),
        |wire| wire.open().map(show),
    )
}

fn show(page: LogPage) -> Shown {
    let at = At(&page);
    let (workspace, run) = (page.workspace.key.as_str(), page.run.key.as_str());
    let live = listen(workspace, run, page.standing.as_ref());
    let content = view! {
        {Trail::new(workspace).flow(&page.flow).integration(page.integration.key.as_str()).run(run).to("Log")}
        {at.header()}
        {dropped_notice(&page.dropped)}
        {at.toolbar(live.is_some())}
        {chips(at.chips(), at.link(&LogFilter::default(), &LogPlace::Beginning))}
        {at.entries()}
    };
    Shown {
        title: format!("Log of {run}"),
        now: page.now,
        content: content.into_any(),
        // Each new entry of a running run would be said.
        found: None,
        again: None,
        live,
    }
}

/// The page, and where it stands in its log.
struct At<'a>(&'a LogPage);

impl At<'_> {
    fn link(&self, filter: &LogFilter, place: &LogPlace) -> String {
        let page = self.0;
        let query = filter.to_query(place);
        route::log(page.workspace.key.as_str(), page.run.key.as_str(), &query)
    }

    fn header(&self) -> AnyView {
        let page = self.0;
        let run = &page.run;
        let heading = view! { {run_status(run.status)}" Log of "{key_text(run.key.as_str())} };
        page_header(heading.into_any(), vec![Fact::new("Entries", self.count())])
    }

    /// `120 of 4,310`
    fn count(&self) -> String {
        let (found, whole) = (self.0.log.total, self.0.whole);
        match self.0.filter.narrows() {
            true => format!("{found} of {whole}"),
            false => whole.to_string(),
        }
    }

    fn toolbar(&self, running: bool) -> AnyView {
        let page = self.0;
        let filter = &page.filter;
        let place = match page.place {
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
                open: filter.levels() == page.filter.levels(),
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
        let follows = self.0.place == LogPlace::Tail;
        let place = match follows {
            true => LogPlace::At(Cursor::Last),
            false => LogPlace::Tail,
        };
        let href = self.link(&self.0.filter, &place);
        view! { <a class="button" href=href aria-current=follows.then_some("true")>"Follow the end"</a> }.into_any()
    }

    fn chips(&self) -> Vec<Chip> {
        let filter = &self.0.filter;
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
        if page.log.rows.is_empty() {
            return self.nothing();
        }
        let (workspace, run) = (page.workspace.key.as_str(), page.run.key.as_str());
        let entries = Entries {
            workspace,
            run,
            files: &page.files,
            marked: match &page.place {
                LogPlace::Entry(key) => Some(key),
                _ => None,
            },
            text: page.filter.text.as_deref(),
            now: page.now,
        };
        let list = entries.show(&page.log.rows);
        let list = match page.place {
            LogPlace::Tail => view! {
                <div class="log-tail" role="log" aria-label="The end of the log" tabindex="0">{list}</div>
            }
            .into_any(),
            _ => list,
        };
        view! { {list}{pager(self.place())} }.into_any()
    }

    fn nothing(&self) -> AnyView {
        if self.0.filter.narrows() && self.0.whole != Total::Exact(0) {
            let what = "No entry passes the filter.".to_owned();
            let why = format!("The log has {} entries.", self.0.whole);
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
        let log = &self.0.log;
        let at = |cursor: &Cursor| self.link(&self.0.filter, &LogPlace::At(cursor.clone()));
        let beginning = || self.link(&self.0.filter, &LogPlace::Beginning);
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
