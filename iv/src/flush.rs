//! `iv flush` and `iv spool`: what waits, and sending it.

use std::{fs, path::Path, time::Duration};

use serde_json::json;

use crate::{
    clock,
    context::Context,
    failure::Failure,
    print,
    send::{
        Client,
        sender::{Swept, sweep},
    },
    spool::{Meta, Spool},
};

/// How long a server may be busy before it is left for later.
const PATIENCE: Duration = Duration::from_secs(60);

/// `iv flush`: sends everything that nobody writes to any more. The exit code is 1 where
/// something was refused.
pub(crate) fn flush(context: &Context) -> Result<u8, Failure> {
    let swept = send(context)?;
    print(&format!("{} sent", swept.taken));
    Ok(u8::from(swept.aside > 0))
}

/// The same, without a word but for what was refused.
pub(crate) fn send(context: &Context) -> Result<Swept, Failure> {
    let (spool, client) = reachable(context)?;
    let deadline = clock::instant() + PATIENCE;
    let mut all = Swept::default();
    loop {
        let swept = sweep(spool, client, |_| true);
        all.taken += swept.taken;
        all.aside += swept.aside;
        if let Some(complaint) = &swept.complaint {
            context.say(complaint);
        }
        match swept.trouble {
            // It said when: that is soon enough.
            Some((Some(time), _)) if time <= clock::left(deadline) => std::thread::sleep(time),
            Some((_, why)) => {
                let taken = all.taken;
                return Err(Failure::other(format!(
                    "{taken} sent, the rest still waits: {why}"
                )));
            }
            None => return Ok(all),
        }
    }
}

fn reachable(context: &Context) -> Result<(&Spool, &Client), Failure> {
    let spool = context.spool.as_ref();
    let spool = spool.ok_or_else(|| Failure::other("there is no spool"))?;
    let client = context.client.as_ref();
    let client = client.ok_or_else(|| {
        Failure::usage("no server or no key is known: set IV_URL and IV_KEY, or say -p")
    })?;
    Ok((spool, client))
}

/// Lists what waits, and what was refused.
pub(crate) fn list(context: &Context, as_json: bool) {
    let Some(spool) = &context.spool else { return };
    let mut waiting = Vec::new();
    for folder in spool.streams() {
        let Ok(meta) = Meta::read(&folder) else {
            continue;
        };
        let written = spool.take(&folder).is_none();
        waiting.push((meta, bytes(&folder), written));
    }
    let rejected: Vec<_> = fs::read_dir(spool.rejected())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    if as_json {
        let waiting: Vec<_> = waiting
            .iter()
            .map(|(meta, bytes, written)| {
                json!({"run": meta.run, "url": meta.url, "key": meta.key, "bytes": bytes, "being_written": written})
            })
            .collect();
        print(&json!({"waiting": waiting, "rejected": rejected}).to_string());
        return;
    }
    if waiting.is_empty() {
        print("nothing waits");
    } else {
        let header = ["RUN", "BYTES", "SERVER", "STATE"].map(str::to_owned);
        let rows = waiting.iter().map(|(meta, bytes, written)| {
            [
                meta.run.clone().unwrap_or_else(|| "–".to_owned()),
                bytes.to_string(),
                meta.url.clone().unwrap_or_else(|| "any".to_owned()),
                if *written { "being written" } else { "waits" }.to_owned(),
            ]
        });
        let rows: Vec<_> = std::iter::once(header).chain(rows).collect();
        for line in columns(&rows) {
            print(&line);
        }
    }
    for path in rejected {
        print(&format!("refused by the server: {}", path.display()));
    }
}

/// Rows with aligned columns.
pub(crate) fn columns<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let line = |row: &[String; N]| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let missing = width(column).unwrap_or(0) - cell.chars().count();
            format!("{cell}{}", " ".repeat(missing))
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let segments = entries.filter(|entry| entry.path().extension().is_some_and(|end| end == "seg"));
    segments
        .filter_map(|entry| Some(entry.metadata().ok()?.len()))
        .sum()
}
