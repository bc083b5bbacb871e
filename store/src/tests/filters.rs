//! What a list shows equals what a reader of all rows would pick, in the same order.

mod drawn;
mod shows;
mod told;

use domain::{
    Cursor, Flow, Integration, Key, Page, PageSize, Run, Timestamp, Total,
    bulk::{Bulk, BulkAction},
    filter::{FlowFilter, IntegrationSort, RunFilter, RunSort},
};
use proptest::{option, prelude::*, sample::select};
use serde_json::json;

use self::{
    drawn::{integration_filters, run_filters},
    shows::{place, shows_flow, shows_integration, shows_run},
    told::{integration, run, run_key},
};
use super::{
    database::{Database, for_all},
    offers::HOSTILE,
    people::{MINUTE, Person, THEN},
};
use crate::{RunsOf, Store};

const CASES: u32 = 64;

on_both! {
    async fn the_list_of_integrations_shows_what_its_filter_says(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report((0..70).flat_map(integration)).await;
        // The same IDs in another flow, and another's flow of the same name.
        owner.report([json!({"type": "integration", "key": "elsewhere", "flow": "g", "user_id": "u1"})]).await;
        let stranger = Person::stranger(&store).await;
        stranger.report((0..5).flat_map(integration)).await;
        let flow = store.flow(owner.workspace, "f").await.unwrap().unwrap();
        let rows: Vec<Integration> = on!(&store.pool, Pool, |pool: Db| {
            let all = sqlx::query_as::<Db, _>("SELECT * FROM integration WHERE flow_id = $1").bind(flow.id);
            all.fetch_all(pool).await.expect("all rows")
        });
        assert_eq!(rows.len(), 70);
        let filters = integration_filters(&rows);
        for_all(CASES, &filters, async |filter| {
            let mut expected: Vec<_> = rows.iter().filter(|row| shows_integration(&filter, row)).collect();
            expected.sort_by_key(|row| (place(filter.sort, row), row.id));
            if matches!(filter.sort, IntegrationSort::CreatedNewest | IntegrationSort::LastRunNewest) {
                expected.reverse();
            }
            let expected: Vec<_> = expected.iter().map(|row| row.key.to_string()).collect();
            walk(&expected, filter.size, async |cursor| {
                let page = store.list_integrations(owner.workspace, &flow, &filter.at(cursor), now()).await;
                (page.expect("a page"), |row: &Integration| row.key.to_string())
            })
            .await;
        });
    }

    async fn the_list_of_runs_shows_what_its_filter_says(store: Store) {
        let owner = Person::owner(&store).await;
        let world = Runs::reported(&owner).await;
        for (of, rows) in world.lists() {
            for_all(CASES, &run_filters(rows), async |filter| {
                let expected = world.expected(&filter, rows);
                walk(&expected, filter.size, async |cursor| {
                    let page = store.list_runs(owner.workspace, of, &filter.at(cursor), now()).await;
                    (page.expect("a page"), |row: &domain::RunRow| row.key.to_string())
                })
                .await;
            });
        }
    }

    async fn list_count_and_export_of_runs_agree_on_a_thousand_filters(store: Store) {
        let owner = Person::owner(&store).await;
        let world = Runs::reported(&owner).await;
        for (of, rows) in world.lists() {
            for_all(500, &run_filters(rows), async |filter| {
                let expected = world.expected(&filter, rows);
                let page = store.list_runs(owner.workspace, of, &filter, now()).await.expect("a page");
                assert_eq!(page.total, Total::Exact(expected.len() as i64));
                let exported = store.runs_from(owner.workspace, of, &filter, None, 1_000, now()).await.expect("rows");
                let exported: Vec<_> = exported.iter().map(|row| row.key.to_string()).collect();
                assert_eq!(exported, expected);
                let listed: Vec<_> = page.rows.iter().map(|row| row.key.to_string()).collect();
                assert!(expected.starts_with(&listed) && listed.len() == expected.len().min(filter.size.rows() as usize));
            });
        }
    }

    async fn list_count_and_export_of_integrations_agree_on_a_thousand_filters(store: Store) {
        let owner = Person::owner(&store).await;
        owner.report((0..70).flat_map(integration)).await;
        let flow = store.flow(owner.workspace, "f").await.unwrap().unwrap();
        let rows: Vec<Integration> = on!(&store.pool, Pool, |pool: Db| {
            let all = sqlx::query_as::<Db, _>("SELECT * FROM integration WHERE flow_id = $1").bind(flow.id);
            all.fetch_all(pool).await.expect("all rows")
        });
        for_all(1_000, &integration_filters(&rows), async |filter| {
            let count = rows.iter().filter(|row| shows_integration(&filter, row)).count();
            let page = store.list_integrations(owner.workspace, &flow, &filter, now()).await.expect("a page");
            assert_eq!(page.total, Total::Exact(count as i64));
            let exported = store.integrations_from(owner.workspace, &flow, &filter, None, 1_000, now()).await.expect("rows");
            assert_eq!(exported.len(), count);
            assert!(exported.iter().all(|row| shows_integration(&filter, row)));
            assert_eq!(page.rows, exported[..count.min(filter.size.rows() as usize)]);
        });
    }

    async fn the_list_of_flows_shows_what_its_filter_says(store: Store) {
        let owner = Person::owner(&store).await;
        let names = ["Sync contacts", "sync ORDERS", "100% of it", "a_b", "a!b", "Ünïted", "back\\slash", "Zoo", "zoo"];
        owner.report((0..60).map(|n| match names.get(n % 12) {
            Some(name) => json!({"type": "flow", "key": format!("Flow_{n}"), "name": name}),
            None => json!({"type": "flow", "key": format!("flow%{n}")}),
        }))
        .await;
        let rows: Vec<Flow> = on!(&store.pool, Pool, |pool: Db| {
            let all = sqlx::query_as::<Db, _>("SELECT * FROM flow");
            all.fetch_all(pool).await.expect("all rows")
        });
        let words = ["sync", "CONTACTS", "%", "_", "!", "\\", "flow_1", "low", "flow%", "Ünï", "ünï", "zoo", "nothing"];
        let words = words.into_iter().chain(HOSTILE.iter().copied()).collect::<Vec<_>>();
        let filters = (option::of(select(words)), select(&PageSize::ALL[..])).prop_map(|(search, size)| FlowFilter {
            search: search.map(str::to_owned),
            size,
            cursor: None,
        });
        for_all(CASES, &filters, async |filter| {
            let mut expected: Vec<_> = rows.iter().filter(|row| shows_flow(&filter, row)).collect();
            expected.sort_by_key(|row| (row.title().to_ascii_lowercase(), row.id));
            let expected: Vec<_> = expected.iter().map(|row| row.key.to_string()).collect();
            walk(&expected, filter.size, async |cursor| {
                let page = store.list_flows(owner.workspace, &filter.at(cursor)).await;
                (page.expect("a page"), |row: &Flow| row.key.to_string())
            })
            .await;
        });
    }

    async fn a_list_without_rows_is_an_empty_page(store: Store) {
        let owner = Person::owner(&store).await;
        for cursor in [None, Some(Cursor::Last)] {
            let page = store.list_flows(owner.workspace, &FlowFilter::default().at(cursor)).await.unwrap();
            assert_eq!((page.rows.len(), page.total, page.first), (0, Total::Exact(0), 0));
            assert_eq!((page.previous, page.next), (None, None));
        }
    }
}

/// When the lists are read: a while after everything that was told.
fn now() -> Timestamp {
    THEN.plus_ms(40 * MINUTE)
}

/// The runs of three integrations, one of which holds most.
struct Runs {
    integration: Integration,
    of_integration: Vec<Run>,
    all: Vec<Run>,
    users: Vec<Integration>,
}

impl Runs {
    async fn reported(owner: &Person) -> Self {
        let store = &owner.store;
        owner.report([
            json!({"type": "integration", "key": "i", "user_id": "u_1", "user_auth": "dana@acme.test"}),
            json!({"type": "integration", "key": "other", "user_id": "u_2", "user_auth": "u_1"}),
            json!({"type": "integration", "key": "third", "user_id": "U_1"}),
        ]).await;
        owner.report((0..120).map(run)).await;
        owner
            .report((0..9).map(|n| {
                let mut told = run(n);
                told["key"] = json!(format!("else {n}"));
                told["integration"] = json!(["other", "third"][n as usize % 2]);
                told
            }))
            .await;
        let failed: Vec<_> = (0..40)
            .map(|n| Key::new(run_key(n)).expect("a key"))
            .collect();
        let handle = Bulk::new(BulkAction::Handle, None, "/".to_owned());
        store
            .begin_bulk(owner.workspace, handle, failed, THEN)
            .await
            .expect("begun");
        while store.bulk_step(THEN).await.expect("a step") {}
        let integration = store
            .integration(owner.workspace, "i")
            .await
            .unwrap()
            .unwrap();
        let (all, users): (Vec<Run>, Vec<Integration>) = on!(&store.pool, Pool, |pool: Db| {
            let runs = sqlx::query_as::<Db, _>("SELECT * FROM run")
                .fetch_all(pool)
                .await;
            let users = sqlx::query_as::<Db, _>("SELECT * FROM integration")
                .fetch_all(pool)
                .await;
            (runs.expect("all runs"), users.expect("all integrations"))
        });
        let of_integration: Vec<_> = all
            .iter()
            .filter(|run| run.integration_id == integration.id)
            .cloned()
            .collect();
        assert_eq!((of_integration.len(), all.len()), (120, 129));
        assert!(
            all.iter().any(|run| run.handled_at.is_some())
                && all.iter().any(|run| run.failing_app.is_some())
        );
        Self {
            integration,
            of_integration,
            all,
            users,
        }
    }

    fn lists(&self) -> [(RunsOf<'_>, &[Run]); 2] {
        [
            (RunsOf::Integration(&self.integration), &self.of_integration),
            (RunsOf::Workspace, &self.all),
        ]
    }

    /// The keys of those that `filter` shows, in its order.
    fn expected(&self, filter: &RunFilter, rows: &[Run]) -> Vec<String> {
        // An exact ID stands alone.
        let exact = rows
            .iter()
            .any(|row| Some(row.key.as_str()) == filter.search.as_deref());
        let mut expected: Vec<_> = rows
            .iter()
            .filter(|row| shows_run(filter, row, exact) && self.is_of_user(filter, row))
            .collect();
        expected.sort_by_key(|row| match filter.sort {
            RunSort::Newest | RunSort::Oldest => (row.started_at.as_ms(), row.id),
            RunSort::Longest | RunSort::Shortest => (row.duration_ms.unwrap_or(-1), row.id),
        });
        if matches!(filter.sort, RunSort::Newest | RunSort::Longest) {
            expected.reverse();
        }
        expected.iter().map(|row| row.key.to_string()).collect()
    }

    fn is_of_user(&self, filter: &RunFilter, run: &Run) -> bool {
        let Some(user) = filter.user.as_deref() else {
            return true;
        };
        let owner = self
            .users
            .iter()
            .find(|one| one.id == run.integration_id)
            .expect("its integration");
        [owner.user_id.as_deref(), owner.user_auth.as_deref()].contains(&Some(user))
    }
}

/// Reads all pages from the first on, and all from the last back: each must show every row once.
async fn walk<T, K: Fn(&T) -> String>(
    expected: &[String],
    size: PageSize,
    page_at: impl AsyncFn(Option<Cursor>) -> (Page<T>, K),
) {
    let total = Total::Exact(expected.len() as i64);
    let (mut seen, mut at) = (Vec::new(), None);
    loop {
        let (page, key) = page_at(at.clone()).await;
        let first = if expected.is_empty() {
            0
        } else {
            seen.len() as i64 + 1
        };
        assert_eq!(
            (page.total, page.first),
            (total, first),
            "forwards at {at:?}"
        );
        assert_eq!(page.previous.is_some(), !seen.is_empty());
        seen.extend(page.rows.iter().map(key));
        match page.next {
            Some(next) => at = Some(next),
            None => break,
        }
        assert_eq!(
            seen.len() as i64 % size.rows(),
            0,
            "a page that is not full"
        );
    }
    assert_eq!(seen, expected, "forwards");

    let (mut seen, mut at) = (Vec::new(), Cursor::Last);
    loop {
        let (page, key) = page_at(Some(at.clone())).await;
        let rows: Vec<_> = page.rows.iter().map(key).collect();
        assert_eq!(page.next.is_some(), !seen.is_empty());
        seen.splice(0..0, rows);
        let first = if expected.is_empty() {
            0
        } else {
            (expected.len() - seen.len()) as i64 + 1
        };
        assert_eq!(
            (page.total, page.first),
            (total, first),
            "backwards at {at:?}"
        );
        match page.previous {
            Some(previous) => at = previous,
            None => break,
        }
    }
    assert_eq!(seen, expected, "backwards");
}
