//! What a list shows equals what a reader of all rows would pick, in the same order.

use domain::{
    Cursor, Flow, Integration, IntegrationStatus, Key, LastRun, Page, PageSize, Run, Status,
    Timestamp, Total,
    bulk::{Bulk, BulkAction},
    filter::{
        CodeFilter, Columns, FlowFilter, Handled, IntegrationFilter, IntegrationSort, RunFilter,
        RunSort, Span, Took,
    },
};
use proptest::{collection::vec, option, prelude::*, sample::select, strategy::Union};
use serde_json::{Value, json};

use super::{
    database::{Database, for_all},
    offers::HOSTILE,
    people::{MINUTE, Person, THEN, at},
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

fn integration(n: i64) -> Vec<Value> {
    let key = if n % 2 == 0 {
        format!("Int_{n}")
    } else {
        format!("int%{n}")
    };
    let status = IntegrationStatus::ALL[n as usize % 6].as_str();
    let mut told = vec![
        json!({"type": "integration", "key": key, "flow": "f", "status": status,
        "user_id": format!("u{}", n % 11), "user_auth": format!("Dana{}@acme.test", n % 23), "app": format!("app{}", n % 4),
        // Several began in one moment.
        "created_at": at(n / 3 * MINUTE)}),
    ];
    if n % 5 > 0 {
        let status = [
            "ok",
            "failed",
            "running",
            "warning",
            "interrupted",
            "queued",
        ][n as usize % 7 % 6];
        told.push(
            json!({"type": "run", "key": format!("of {n}"), "integration": key, "status": status,
            "started_at": at(n * 17 % 40 * MINUTE)}),
        );
    }
    told
}

fn run(n: i64) -> Value {
    let status = [
        "queued",
        "running",
        "ok",
        "ok",
        "ok",
        "warning",
        "interrupted",
        "failed",
    ][n as usize % 8];
    let mut told = json!({"type": "run", "key": run_key(n),
        "integration": "i", "status": status, "started_at": at(n / 4 * MINUTE)});
    if n % 5 > 0 {
        // Several took equally long, one not at all, and one less than that.
        told["finished_at"] = json!(at(
            n / 4 * MINUTE + [0, 88, 5_000, 5_000, -7][n as usize % 7 % 5]
        ));
    }
    if status == "failed" {
        let app = ["crm", "shop"][n as usize % 16 / 8];
        told["steps"] = json!([{"key": "s", "app": app, "status": "failed"}]);
    }
    if n % 3 > 0 {
        let code = [200, 204, 301, 400, 404, 429, 499, 500, 599][n as usize % 9];
        told["network_code"] = json!(code);
    }
    if n % 4 > 0 {
        // One run's ID is another's trigger.
        let app = ["Shop", "SHOP", "Größe", "Run_8"][n as usize % 7 % 4];
        let kind = ["webhook", "Webhook", "poll"][n as usize % 3];
        told["trigger"] = json!({"app": app, "name": format!("{} {}", "a long name ".repeat(4), n % 4), "type": kind});
    }
    told
}

fn run_key(n: i64) -> String {
    if n % 2 == 0 {
        format!("Run_{n}")
    } else {
        format!("run {n}")
    }
}

fn integration_filters(rows: &[Integration]) -> impl Strategy<Value = IntegrationFilter> + use<> {
    let ids = rows.iter().flat_map(|row| {
        [
            Some(row.key.to_string()),
            row.user_id.clone(),
            row.user_auth.clone(),
        ]
        .into_iter()
        .flatten()
    });
    (
        search(ids.collect()),
        any::<bool>(),
        vec(select(LastRun::ALL), 0..3),
        vec(select(IntegrationStatus::ALL), 0..3),
        span(),
        span(),
        option::weighted(0.3, select(vec!["app0", "app3", "nobody's"])),
        (select(IntegrationSort::ALL), select(&PageSize::ALL[..])),
    )
        .prop_map(
            |(search, faulty, last_run, status, created, last_run_at, app, (sort, size))| {
                IntegrationFilter {
                    search,
                    faulty,
                    last_run,
                    status,
                    created,
                    last_run_at,
                    app: app.map(|app| Key::new(app).expect("a key")),
                    columns: Columns::default(),
                    sort,
                    size,
                    cursor: None,
                }
            },
        )
}

fn run_filters(rows: &[Run]) -> impl Strategy<Value = RunFilter> + use<> {
    let words = rows
        .iter()
        .flat_map(|row| [Some(row.key.to_string()), row.trigger_app.clone()]);
    let code = prop_oneof![
        select(vec![200, 404, 599, 600]).prop_map(CodeFilter::Exactly),
        (1..6_u8).prop_map(CodeFilter::Class),
        Just(CodeFilter::Absent),
    ];
    // Most conditions are absent, so that some runs pass.
    let text = |words: &[&'static str]| {
        option::weighted(0.15, select(words.to_vec()).prop_map(str::to_owned))
    };
    let name = format!("{} 3", "A long name ".repeat(4));
    let names = vec![
        name.clone(),
        name.to_uppercase(),
        name[..40].to_owned(),
        "x".to_owned(),
    ];
    let ms = || option::weighted(0.15, select(vec![0, 88, 89, 5_000, 60_000]));
    let app = option::weighted(0.15, select(vec!["crm", "shop", "Crm"]));
    (
        (
            search(words.flatten().collect()),
            vec(select(Status::ALL), 0..3),
            vec(code, 0..3),
            app.prop_map(|app| app.map(|app| Key::new(app).expect("a key"))),
        ),
        (
            text(&["shop", "GRÖSSE", "größe"]),
            option::weighted(0.15, select(names)),
            text(&["WEBHOOK", "poll", "cron"]),
            text(&["u_1", "U_1", "dana@acme.test", "Dana@acme.test", "nobody"]),
        ),
        (ms(), ms()).prop_map(|(least_ms, most_ms)| Took { least_ms, most_ms }),
        span(),
        option::weighted(0.2, select(Handled::ALL)),
        select(RunSort::ALL),
        select(&PageSize::ALL[..]),
    )
        .prop_map(
            |(
                (search, status, code, app),
                (trigger_app, trigger_name, trigger_type, user),
                took,
                started,
                handled,
                sort,
                size,
            )| RunFilter {
                search,
                status,
                code,
                app,
                trigger_app,
                trigger_name,
                trigger_type,
                user,
                took,
                started,
                handled,
                columns: Columns::default(),
                sort,
                size,
                cursor: None,
            },
        )
}

/// Mostly none; else what is there, in its own case or another; else what could do harm.
fn search(known: Vec<String>) -> impl Strategy<Value = Option<String>> {
    let hostile: Vec<_> = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
    let texts = Union::new_weighted(vec![
        (5, select(known.clone()).boxed()),
        (
            1,
            select(known).prop_map(|text| text.to_uppercase()).boxed(),
        ),
        (2, select(hostile).boxed()),
    ]);
    option::weighted(0.4, texts)
}

fn span() -> impl Strategy<Value = Span> {
    let minute = || {
        option::weighted(
            0.3,
            (0..40_i64).prop_map(|minute| whole(THEN.plus_ms(minute * MINUTE))),
        )
    };
    let within = option::weighted(0.2, select(vec!["5m", "20m", "1h"]));
    (minute(), minute(), within).prop_map(|(from, to, within)| Span {
        from,
        to,
        within: within.map(|text| text.parse().expect("a window")),
    })
}

/// Pages ask for whole minutes.
fn whole(moment: Timestamp) -> Timestamp {
    Timestamp::from_ms(moment.as_ms() / MINUTE * MINUTE)
}

fn within(span: Span, moment: Option<Timestamp>) -> bool {
    let after = span
        .from
        .is_none_or(|from| moment.is_some_and(|moment| moment >= from));
    after
        && span
            .to
            .is_none_or(|to| moment.is_some_and(|moment| whole(moment) <= to))
        && span.within.is_none_or(|within| {
            moment.is_some_and(|moment| now().as_ms() - moment.as_ms() <= within.ms())
        })
}

fn place(sort: IntegrationSort, row: &Integration) -> i64 {
    match sort {
        IntegrationSort::CreatedNewest | IntegrationSort::CreatedOldest => row.created_at.as_ms(),
        _ => row.last_run_at.map_or(0, Timestamp::as_ms),
    }
}

fn shows_integration(filter: &IntegrationFilter, row: &Integration) -> bool {
    let ids = [
        Some(row.key.as_str()),
        row.user_id.as_deref(),
        row.user_auth.as_deref(),
    ];
    (filter.search.is_none() || ids.contains(&filter.search.as_deref()))
        && (!filter.faulty || row.is_faulty())
        && (filter.last_run.is_empty() || filter.last_run.contains(&row.last_run_status))
        && (filter.status.is_empty() || filter.status.contains(&row.status))
        && within(filter.created, Some(row.created_at))
        && within(filter.last_run_at, row.last_run_at)
        && (filter.app.is_none() || filter.app == row.app_key)
}

fn shows_run(filter: &RunFilter, row: &Run, exact: bool) -> bool {
    let found = filter
        .search
        .as_deref()
        .is_none_or(|search| match &row.trigger_app {
            _ if exact => row.key.as_str() == search,
            Some(app) => app.eq_ignore_ascii_case(search),
            None => false,
        });
    let code = |code: &CodeFilter| match code {
        CodeFilter::Exactly(code) => row.network_code == Some(i64::from(*code)),
        CodeFilter::Class(digit) => row
            .network_code
            .is_some_and(|code| code / 100 == i64::from(*digit)),
        CodeFilter::Absent => row.network_code.is_none(),
    };
    found
        && (filter.status.is_empty() || filter.status.contains(&row.status))
        && (filter.code.is_empty() || filter.code.iter().any(code))
        && (filter.app.is_none() || filter.app == row.failing_app)
        && same(&filter.trigger_app, &row.trigger_app)
        && same(&filter.trigger_name, &row.trigger_name)
        && same(&filter.trigger_type, &row.trigger_type)
        && filter
            .took
            .least_ms
            .is_none_or(|least| row.duration_ms.is_some_and(|ms| ms >= least))
        && filter
            .took
            .most_ms
            .is_none_or(|most| row.duration_ms.is_some_and(|ms| ms <= most))
        && filter
            .handled
            .is_none_or(|handled| (handled == Handled::Yes) == row.handled_at.is_some())
        && within(filter.started, Some(row.started_at))
}

/// In any case, as far as ASCII goes.
fn same(wanted: &Option<String>, text: &Option<String>) -> bool {
    wanted.as_deref().is_none_or(|wanted| {
        text.as_deref()
            .is_some_and(|text| text.eq_ignore_ascii_case(wanted))
    })
}

fn shows_flow(filter: &FlowFilter, row: &Flow) -> bool {
    filter.search.as_deref().is_none_or(|search| {
        let search = search.to_ascii_lowercase();
        let name = row.name.as_deref().unwrap_or_default().to_ascii_lowercase();
        (row.name.is_some() && name.contains(&search))
            || row.key.as_str().to_ascii_lowercase().starts_with(&search)
    })
}
