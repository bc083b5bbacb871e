//! The log of a run, page by page (OV-16 to OV-20).

use domain::{
    Cursor, Key, LogEntry, Page, Total,
    filter::{LogFilter, LogPlace},
};
use serde_json::{Value, json};

use super::{
    database::Database,
    people::{Person, at},
};
use crate::Store;

/// Every tenth tells of a warning, every hundredth of an error, but for the first ten.
fn entry(number: i64) -> Value {
    let level = match number {
        n if n > 10 && n % 100 == 0 => "error",
        n if n > 10 && n % 10 == 0 => "warning",
        n if n % 2 == 0 => "info",
        _ => "debug",
    };
    json!({"type": "log", "run": "r", "key": format!("l{number}"), "logged_at": at(number / 3), "level": level,
        "message": format!("line {number} at 100%"), "description": (number % 7 == 0).then(|| format!("Deep_{number}: É!"))})
}

async fn told(owner: &Person, entries: std::ops::Range<i64>) {
    owner.report(entries.map(entry)).await;
}

struct Log<'a>(&'a Person, domain::RunId);

impl Log<'_> {
    async fn page(&self, query: &str, place: LogPlace) -> (Page<LogEntry>, Total) {
        let (filter, dropped) = LogFilter::from_query(query);
        assert_eq!(dropped, []);
        let page = self
            .0
            .store
            .log_page(self.0.workspace, self.1, &filter, &place);
        page.await.expect("a page")
    }

    /// The keys of all entries, page by page.
    async fn walked(&self, query: &str) -> Vec<String> {
        let (mut keys, mut place) = (Vec::new(), LogPlace::Beginning);
        loop {
            let (page, _) = self.page(query, place).await;
            assert!(page.rows.len() <= 100);
            assert_eq!(
                page.first as usize,
                keys.len() + usize::from(!page.rows.is_empty())
            );
            keys.extend(page.rows.iter().map(|row| row.key.to_string()));
            match page.next {
                Some(next) => place = LogPlace::At(next),
                None => return keys,
            }
        }
    }
}

fn keys(numbers: impl Iterator<Item = i64>) -> Vec<String> {
    numbers.map(|number| format!("l{number}")).collect()
}

on_both! {
    async fn a_log_is_walked_in_its_order_whatever_narrows_it(store: Store) {
        let owner = Person::owner(&store).await;
        // In an order that is not theirs; three have one moment.
        for part in [200..350, 0..50, 50..200] {
            told(&owner, part).await;
        }
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        let log = Log(&owner, run.id);
        let ordered = |walked: Vec<String>| {
            let mut numbers: Vec<i64> = walked.iter().map(|key| key[1..].parse().unwrap()).collect();
            assert!(numbers.windows(2).all(|two| two[0] / 3 <= two[1] / 3), "{numbers:?}");
            numbers.sort();
            keys(numbers.into_iter())
        };
        assert_eq!(ordered(log.walked("").await), keys(0..350));
        let loud = |n: &i64| *n > 10 && n % 10 == 0;
        assert_eq!(ordered(log.walked("level=warning").await), keys((0..350).filter(loud)));
        assert_eq!(ordered(log.walked("level=error").await), keys((0..350).filter(|n| *n > 0 && n % 100 == 0)));
        assert_eq!(ordered(log.walked("level=info").await), keys((0..350).filter(|n| n % 2 == 0)));
        assert_eq!(ordered(log.walked("level=debug").await), keys(0..350));
        // In the message or the description, in any case, and no character means another one.
        assert_eq!(ordered(log.walked("q=LINE+7+at+100%25").await), keys([7].into_iter()));
        assert_eq!(ordered(log.walked("q=deep_1").await), keys((0..350).filter(|n| n % 7 == 0 && n.to_string().starts_with('1'))));
        assert_eq!(ordered(log.walked("level=error&q=É!").await), keys([].into_iter()));
        assert_eq!(log.walked("q=l_ne").await.len(), 0);
        let (page, whole) = log.page("level=warning", LogPlace::Beginning).await;
        assert_eq!((page.total, whole), (Total::Exact(33), Total::Exact(350)));
    }

    async fn an_entry_is_found_on_its_page_and_the_first_error_among_all(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report([json!({"type": "run", "key": "r", "status": "running"})]).await;
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        assert_eq!(store.first_error(owner.workspace, run.id).await.unwrap(), None);
        told(&owner, 0..350).await;
        let log = Log(&owner, run.id);
        let first = store.first_error(owner.workspace, run.id).await.unwrap();
        assert_eq!(first.as_ref().map(Key::as_str), Some("l100"));
        let at = |key: &str| LogPlace::Entry(Key::new(key).unwrap());
        for (key, query, begins, first) in [
            ("l0", "", "l0", 1),
            ("l99", "", "l0", 1),
            ("l100", "", "l100", 101),
            ("l349", "", "l300", 301),
            ("l300", "level=error", "l100", 1),
            ("l240", "level=info", "l200", 101),
            // The run has no such entry.
            ("l350", "", "l0", 1),
        ] {
            let (page, _) = log.page(query, at(key)).await;
            assert_eq!((page.rows[0].key.as_str(), page.first), (begins, first), "{key} ?{query}");
        }
        // From there on and back it is the list that it always was.
        let (page, _) = log.page("", at("l250")).await;
        let (back, _) = log.page("", LogPlace::At(page.previous.unwrap())).await;
        assert_eq!((back.rows[0].key.as_str(), back.rows.len(), back.first), ("l100", 100, 101));
        let (last, _) = log.page("", LogPlace::At(Cursor::Last)).await;
        assert_eq!((last.rows.len(), last.first, last.next), (50, 301, None));
    }

    async fn who_follows_the_end_sees_a_full_page_of_it_however_many_come(store: Store) {
        let owner = Person::owner(&store).await;
        told(&owner, 0..201).await;
        let run = store.run(owner.workspace, "r").await.unwrap().unwrap();
        let log = Log(&owner, run.id);
        for (more, first) in [(201..202, 103), (202..299, 200)] {
            let end = more.end;
            told(&owner, more).await;
            let (page, _) = log.page("", LogPlace::Tail).await;
            let shown = (page.rows.len(), page.first, page.rows[99].key.to_string());
            assert_eq!(shown, (100, first, format!("l{}", end - 1)));
            assert!(page.previous.is_some() && page.next.is_none());
        }
        let few = log.page("level=error", LogPlace::Tail).await.0;
        assert_eq!((few.rows.len(), few.first), (2, 1));
    }
}
