//! An open page that listens: new rows are announced, a running run is read again in place.
//!
//! A page says what to listen to ([`Listen`]); everything else is here. Nothing is opened where
//! the reader has switched it off, and nothing stays open in a tab that nobody looks at. What a
//! stream tells never depends on what it told before (`server::live`), so that opening it again
//! with the mark of the page is enough to miss nothing.

use std::{pin::pin, time::Duration};

use domain::live::news_text;
use futures_util::{
    StreamExt as _,
    future::{AbortHandle, Either, abortable, select},
};
use gloo_net::eventsource::{State, futures::EventSource};
use leptos::{ev, prelude::*, task::spawn_local};

use super::Screen;
use crate::{
    api::Wire,
    components::{self, News, live_bar},
    error::AppError,
};

/// How often it is looked whether a stream is connected.
const LOOK: i32 = 1_000;
/// How long a stream may be without a connection before it is said.
const LOST_AFTER_MS: f64 = 10_000.0;
/// How long to wait where the server answers with something else than a stream.
const AGAIN_AFTER: i32 = 5_000;

/// What a page listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listen {
    /// The stream, from the mark that the page was read with.
    pub(super) url: String,
    /// How a list announces what is new; a page without one reads itself again.
    pub(super) list: Option<Announced>,
}

/// New rows in words, and the address that shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) one: &'static str,
    pub(super) many: &'static str,
    pub(super) show: String,
}

impl Listen {
    /// Whether an open stream serves it too: that of a run goes on from state to state.
    fn goes_on(&self, last: &Self) -> bool {
        let stream = |listen: &Self| listen.url.split('?').next().map(str::to_owned);
        self == last || (self.list.is_none() && last.list.is_none() && stream(self) == stream(last))
    }
}

/// A page as it is read.
pub(super) type Read = Resource<Result<Wire, AppError>>;

/// The one stream of the window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Live {
    listen: StoredValue<Option<Listen>>,
    page: StoredValue<Option<Read>>,
    task: StoredValue<Option<AbortHandle>>,
    /// Whether the reader wants it.
    on: StoredValue<bool>,
    news: RwSignal<Option<News>>,
    lost: RwSignal<Option<String>>,
}

impl Live {
    pub(super) fn new(on: bool) -> Self {
        Self {
            listen: StoredValue::new(None),
            page: StoredValue::new(None),
            task: StoredValue::new(None),
            on: StoredValue::new(on),
            news: RwSignal::new(None),
            lost: RwSignal::new(None),
        }
    }
}

impl Screen {
    /// Begins to follow whether anybody looks at the tab.
    pub(super) fn follow_the_tab(self) {
        components::on_tab(move |looked_at| {
            if looked_at {
                self.open_stream();
            } else {
                self.close_stream();
            }
        });
    }

    /// `page` is shown, and this is what it listens to.
    pub(super) fn listen(self, listen: Option<Listen>, page: Read) {
        let live = self.live;
        live.page.set_value(Some(page));
        live.news.set(None);
        let last = live.listen.get_value();
        live.listen.set_value(listen.clone());
        let goes_on = match (&listen, &last) {
            (Some(listen), Some(last)) => listen.goes_on(last),
            _ => false,
        };
        if !goes_on || live.task.with_value(Option::is_none) {
            self.close_stream();
            self.open_stream();
        }
    }

    /// The reader switched live updates on or off.
    pub(super) fn set_live(self, on: bool) {
        self.live.on.set_value(on);
        self.close_stream();
        if on {
            self.open_stream();
        } else {
            self.live.news.set(None);
        }
    }

    /// Reads the shown page again, in place.
    pub(super) fn read_again(self) {
        if let Some(page) = self.live.page.get_value() {
            page.refetch();
        }
    }

    /// The bar over the page.
    pub(crate) fn live_bar(self) -> AnyView {
        let shown = Callback::new(move |event: ev::MouseEvent| {
            let plain = !event.ctrl_key() && !event.meta_key() && !event.shift_key();
            let href = self.live.news.get_untracked().map(|news| news.href);
            // The router goes nowhere where the address stays the same.
            if plain && href.is_some_and(|href| components::is_here(&href)) {
                event.prevent_default();
                event.stop_propagation();
                components::scroll_to(0.0);
                self.read_again();
            }
            self.live.news.set(None);
        });
        live_bar(self.live.news, self.live.lost, shown)
    }

    fn close_stream(self) {
        if let Some(task) = self.live.task.get_value() {
            task.abort();
        }
        self.live.task.set_value(None);
        self.live.lost.set(None);
    }

    fn open_stream(self) {
        let Some(listen) = self.live.listen.get_value() else {
            return;
        };
        if !self.live.on.get_value() || !components::is_looked_at() {
            return;
        }
        let (stream, task) = abortable(async move { self.follow(listen).await });
        self.live.task.set_value(Some(task));
        spawn_local(async move { _ = stream.await });
    }

    async fn follow(self, listen: Listen) {
        let mut lost = None;
        loop {
            // By now the page may have been read anew.
            let listen = self
                .live
                .listen
                .get_value()
                .unwrap_or_else(|| listen.clone());
            let Ok(mut source) = EventSource::new(&listen.url) else {
                return;
            };
            let Ok(mut events) = source.subscribe("message") else {
                return;
            };
            loop {
                match select(events.next(), pin!(components::sleep(LOOK))).await {
                    Either::Left((Some(Ok((_, event))), _)) => {
                        self.heard(&listen, event.data().as_string().unwrap_or_default());
                    }
                    // It is over, or was no stream.
                    Either::Left(_) => break,
                    Either::Right(_) => {}
                }
                self.connected(source.state() == State::Open, &mut lost);
            }
            drop((events, source));
            components::sleep(AGAIN_AFTER).await;
            self.connected(false, &mut lost);
        }
    }

    fn heard(self, listen: &Listen, data: String) {
        let Some(Announced { one, many, show }) = &listen.list else {
            self.read_again();
            return;
        };
        let news = News {
            text: news_text(&data, one, many),
            href: show.clone(),
        };
        // Once: a number that grows would be said again and again.
        if self.live.news.with_untracked(Option::is_none) {
            self.said.set(format!("{}.", news.text));
        }
        self.live.news.set(Some(news));
    }

    fn connected(self, yes: bool, lost: &mut Option<f64>) {
        if yes {
            *lost = None;
            if self.live.lost.with_untracked(Option::is_some) {
                self.live.lost.set(None);
            }
            return;
        }
        let now = components::elapsed();
        let since = *lost.get_or_insert(now);
        if now - since >= LOST_AFTER_MS && self.live.lost.with_untracked(Option::is_none) {
            let text = match self.moment_at(since) {
                Some(at) => format!(
                    "Connection lost since {}. Trying again.",
                    components::zone().clock(at)
                ),
                None => "Connection lost. Trying again.".to_owned(),
            };
            self.said.set(text.clone());
            self.live.lost.set(Some(text));
        }
    }
}

/// How often a running run's time is brought up to date.
pub(super) const TICK: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_of_a_run_goes_on_and_that_of_a_list_begins_anew() {
        let run = |since: &str| Listen {
            url: format!("/m/runs/r/events?since={since}"),
            list: None,
        };
        assert!(run("b").goes_on(&run("a")));
        let list = |since: &str| Listen {
            list: Some(Announced {
                one: "new run",
                many: "new runs",
                show: String::new(),
            }),
            ..run(since)
        };
        assert!(!list("b").goes_on(&list("a")) && list("a").goes_on(&list("a")));
        assert!(!run("a").goes_on(&list("a")));
    }
}
