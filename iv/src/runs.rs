//! `iv runs`: the newest runs, as the list of the pages has them.

use domain::{Timestamp, time::duration_text};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    args::Runs,
    clock,
    context::Context,
    failure::Failure,
    flush::columns,
    print,
    read::{self, Colours, Unread, cell},
};

/// Rows of a page that the server knows.
const PAGES: [usize; 4] = [10, 25, 50, 100];

/// Integrations of a flow that are asked for their runs; those that ran last come first.
const INTEGRATIONS: usize = 1_000;

#[derive(Deserialize)]
struct List {
    rows: Vec<Box<RawValue>>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    run_id: String,
    status: String,
    start_time: String,
    duration_ms: Option<i64>,
    integration_id: Option<String>,
    user_id: Option<String>,
    failing_step: Option<String>,
    failing_code: Option<i64>,
}

/// A run as it came, and when it began.
struct Found {
    raw: Box<RawValue>,
    began: Timestamp,
}

/// Prints them.
pub(crate) fn list(asked: &Runs, context: &Context) -> Result<(), Failure> {
    let found = match &asked.flow {
        Some(flow) => of_flow(asked, flow, context)?,
        None => newest(asked, asked.integration.as_deref(), context)?,
    };
    if asked.json {
        for one in &found {
            print(one.raw.get());
        }
        return Ok(());
    }
    if found.is_empty() {
        print("no runs");
        return Ok(());
    }
    let rows: Vec<Row> = found
        .iter()
        .map(|one| read::parsed(one.raw.get()))
        .collect::<Result<_, _>>()?;
    let header = [
        "STATUS",
        "RUN",
        "STARTED (UTC)",
        "TOOK",
        "INTEGRATION",
        "USER",
        "FAILED AT",
    ];
    let header = header.map(str::to_owned);
    let table: Vec<_> = std::iter::once(header)
        .chain(rows.iter().map(told))
        .collect();
    let colours = Colours::usual();
    for (index, line) in columns(&table).into_iter().enumerate() {
        let status = index.checked_sub(1).and_then(|index| rows.get(index));
        // The mark comes first, and is as long as its cell says.
        let painted = status.and_then(|row| {
            let rest = line.strip_prefix(table[index][0].as_str())?;
            let word = colours.status(&row.status, &table[index][0]);
            Some(format!("{word}{rest}"))
        });
        print(&painted.unwrap_or(line));
    }
    Ok(())
}

fn told(row: &Row) -> [String; 7] {
    let began = Timestamp::parse(&row.start_time);
    let began = began.map(|at| at.to_short(clock::now()));
    let failed = row.failing_step.as_deref().unwrap_or_default();
    let code = row.failing_code.map(|code| format!(" ({code})"));
    [
        read::marked(&row.status),
        cell(&row.run_id),
        began.unwrap_or_else(|_| cell(&row.start_time)),
        row.duration_ms
            .map_or_else(|| "–".to_owned(), duration_text),
        cell(row.integration_id.as_deref().unwrap_or_default()),
        cell(row.user_id.as_deref().unwrap_or_default()),
        cell(&format!("{failed}{}", code.unwrap_or_default()))
            .trim()
            .to_owned(),
    ]
}

/// The newest runs of an integration, or of all.
fn newest(
    asked: &Runs,
    integration: Option<&str>,
    context: &Context,
) -> Result<Vec<Found>, Failure> {
    let most = asked.number;
    let size = PAGES.into_iter().find(|size| *size >= most).unwrap_or(100);
    let mut first = "/api/v1/runs".to_owned();
    read::ask(&mut first, "size", &size.to_string());
    let named = [
        ("integration", integration),
        ("user", asked.user.as_deref()),
    ];
    for (name, value) in named {
        if let Some(value) = value {
            read::ask(&mut first, name, value);
        }
    }
    for status in &asked.status {
        read::ask(&mut first, "status", status);
    }
    let what = format!("integration {}", cell(integration.unwrap_or_default()));
    let mut found = Vec::new();
    walk(context, &first, &what, |raw| {
        let row: Row = read::parsed(raw.get())?;
        let began = Timestamp::parse(&row.start_time).unwrap_or_default();
        found.push(Found { raw, began });
        Ok(found.len() < most)
    })?;
    Ok(found)
}

/// The newest runs of a flow: of its integrations, those that ran last first, until no further one
/// can have a newer run.
fn of_flow(asked: &Runs, flow: &str, context: &Context) -> Result<Vec<Found>, Failure> {
    let mut first = "/api/v1/integrations?sort=last_run_newest&size=100".to_owned();
    read::ask(&mut first, "flow", flow);
    let (mut found, mut seen): (Vec<Found>, usize) = (Vec::new(), 0);
    walk(context, &first, &format!("flow {}", cell(flow)), |raw| {
        let row: Value = read::parsed(raw.get())?;
        let text = |name: &str| row[name].as_str();
        let (Some(key), Some(ran)) = (text("integration_id"), text("last_run_start")) else {
            // It and all behind it have not run yet.
            return Ok(false);
        };
        let ran = Timestamp::parse(ran).unwrap_or_default();
        let oldest = found.last().map(|one| one.began);
        if found.len() >= asked.number && oldest.is_some_and(|oldest| oldest >= ran) {
            return Ok(false);
        }
        seen += 1;
        if seen > INTEGRATIONS {
            context.say(&format!(
                "only the {INTEGRATIONS} integrations that ran last were asked"
            ));
            return Ok(false);
        }
        found.extend(newest(asked, Some(key), context)?);
        found.sort_by_key(|one| std::cmp::Reverse(one.began));
        found.truncate(asked.number);
        Ok(true)
    })?;
    Ok(found)
}

/// Reads a list page by page, for as long as `take` wants more of it.
fn walk(
    context: &Context,
    first: &str,
    what: &str,
    mut take: impl FnMut(Box<RawValue>) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut path = first.to_owned();
    loop {
        let page: List =
            read::parsed(&read::get(context, &path, what).map_err(Unread::into_failure)?)?;
        for row in page.rows {
            if !take(row)? {
                return Ok(());
            }
        }
        let Some(next) = page.next else {
            return Ok(());
        };
        path = first.to_owned();
        read::ask(&mut path, "at", &next);
    }
}
