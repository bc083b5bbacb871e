//! Filters of every kind, most of which show something.

use domain::{
    Integration, IntegrationStatus, Key, LastRun, PageSize, Run, Status,
    filter::{
        CodeFilter, Columns, Handled, IntegrationFilter, IntegrationSort, RunFilter, RunSort, Span,
        Took,
    },
};
use proptest::{collection::vec, option, prelude::*, sample::select, strategy::Union};

use super::shows::whole;
use crate::tests::{
    offers::HOSTILE,
    people::{MINUTE, THEN},
};

pub(super) fn integration_filters(
    rows: &[Integration],
) -> impl Strategy<Value = IntegrationFilter> + use<> {
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

pub(super) fn run_filters(rows: &[Run]) -> impl Strategy<Value = RunFilter> + use<> {
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
    let long = "x".repeat(300);
    let references = vec!["erp-1".to_owned(), long[..200].to_owned(), long];
    let references = option::weighted(0.15, select(references));
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
        (text(&["half done", "on hold", "On Hold"]), references),
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
                (label, reference),
                took,
                started,
                handled,
                sort,
                size,
            )| RunFilter {
                search,
                status,
                label,
                reference,
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
