//! What stands behind the question mark of a list's address, and in the cookie of a reader's look.
//!
//! What was understood is written so that it is understood the same way again.
#![no_main]

use domain::{
    bulk::Selection,
    display::Display,
    filter::{FlowFilter, IntegrationFilter, RunFilter},
    view::{self, ViewList},
};
use libfuzzer_sys::fuzz_target;

macro_rules! same_again {
    ($filter:ty, $query:expr) => {{
        let (read, _) = <$filter>::from_query($query);
        let written = read.to_query();
        let (again, dropped) = <$filter>::from_query(&written);
        assert_eq!((&again, dropped), (&read, vec![]), "{written}");
    }};
}

fuzz_target!(|query: &str| {
    same_again!(FlowFilter, query);
    same_again!(IntegrationFilter, query);
    same_again!(RunFilter, query);
    let _ = Selection::from_query(query);
    for list in [ViewList::Integrations, ViewList::IntegrationRuns, ViewList::Runs] {
        if let Ok(saved) = view::checked(list, "A view", query) {
            let again = view::checked(list, &saved.name, &saved.query).expect("it was fine before");
            assert_eq!(again.query, saved.query);
        }
    }
    let look = Display::from_cookies(query);
    assert_eq!(Display::from_cookies(&look.to_cookie()), look);
});
