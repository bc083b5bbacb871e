//! One file per route: read the address, open what it names, compose components.

mod bulk;
mod changes;
mod compare;
mod delete;
mod display;
mod done;
mod failure;
mod filters;
mod find;
mod flow;
mod flows;
mod home;
mod integration;
mod list_parts;
mod live;
mod log;
mod log_parts;
mod row_menu;
mod run;
mod run_list;
mod runs;
mod screen;
mod section;
mod settings;
mod step;
mod trail;
mod user;

pub(crate) use bulk::{bulk, bulk_done};
pub(crate) use compare::compare;
pub(crate) use delete::delete;
pub(crate) use display::choose;
pub(crate) use failure::not_found;
pub(crate) use find::find;
pub(crate) use flow::flow;
pub(crate) use flows::flows;
pub(crate) use home::home;
pub(crate) use integration::integration;
use live::Listen;
pub(crate) use run::{log, run};
pub(crate) use runs::runs;
use screen::Arrival;
pub(crate) use screen::{Screen, document_title, first_title};
pub(crate) use settings::settings;
pub(crate) use step::step;
use trail::Trail;
pub(crate) use user::user;

use std::{future::Future, pin::Pin, time::Duration};

use domain::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    api::Wire,
    error::AppError,
    route::{self, Shape},
};

/// What the address names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Address {
    /// The path as it stands in the address bar.
    path: String,
    /// The keys in it, decoded.
    keys: Vec<String>,
    /// What stands behind the `?`.
    query: String,
}

impl Address {
    fn key(&self, index: usize) -> String {
        self.keys.get(index).cloned().unwrap_or_default()
    }
}

/// A page's data on its way.
type Reading = Pin<Box<dyn Future<Output = Result<Wire, AppError>> + Send>>;

/// A page that has been read.
struct Shown {
    title: String,
    now: Timestamp,
    content: AnyView,
    /// What a list found: "1–10 of 1,204 runs".
    found: Option<String>,
    /// Read it again after this time, as long as it is shown.
    again: Option<Duration>,
    /// What is told while it is shown.
    live: Option<Listen>,
}

/// Reads what the address names, again on every change of it, and shows it.
///
/// Old rows stay until the new ones have come. When the reader leaves for a page
/// of another shape, nothing is read here any more.
fn open(
    shape: Shape,
    read: fn(Address) -> Reading,
    show: fn(Wire) -> Result<Shown, AppError>,
) -> AnyView {
    // The router's own parameters lag behind the path, or the query behind them, when both change at once.
    let location = use_location();
    let address = Memo::new(move |last: Option<&Address>| {
        let path = location.pathname.get();
        let query = location.search.get();
        match route::keys(shape, &path) {
            Some(keys) => Address { path, keys, query },
            None => last.cloned().unwrap_or_default(),
        }
    });
    let page = Resource::new(move || address.get(), read);
    let screen = expect_context::<Screen>();
    let content = move || {
        Suspend::new(async move {
            let read = page.await;
            let Address { path, query, keys } = address.get_untracked();
            match read.and_then(show) {
                Ok(shown) => {
                    let Shown {
                        title, now, found, ..
                    } = shown;
                    let workspace = keys.first().map_or("", String::as_str);
                    let done = done::done(workspace, &path, &query);
                    screen.arrive(Arrival {
                        path,
                        title,
                        now: Some(now),
                        found,
                    });
                    let live = shown.live;
                    Effect::new(move |_| screen.listen(live.clone(), page));
                    if let Some(after) = shown.again {
                        Effect::new(move |_| repeat(page, after));
                    }
                    view! { {done}{shown.content} }.into_any()
                }
                Err(error) => {
                    let again = failure::again(&path, &query);
                    Effect::new(move |_| screen.listen(None, page));
                    screen.arrive(Arrival {
                        path,
                        title: error.title().to_owned(),
                        ..Arrival::default()
                    });
                    failure::failure(&error, again)
                }
            }
        })
    };
    // On the server nobody waits for other rows, and the effect behind `set_pending` (leptos
    // 0.8.23) may run there when the page it belongs to is gone, and panic.
    #[cfg(feature = "ssr")]
    let shown = view! { <Transition>{content}</Transition> };
    #[cfg(not(feature = "ssr"))]
    let shown = view! { <Transition set_pending=screen.waiting>{content}</Transition> };
    shown.into_any()
}

/// Reads `page` again, unless the reader has left by then.
fn repeat(page: Resource<Result<Wire, AppError>>, after: Duration) {
    if let Ok(waiting) = set_timeout_with_handle(move || page.refetch(), after) {
        on_cleanup(move || waiting.clear());
    }
}
