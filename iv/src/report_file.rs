//! `iv report`: reports that lie in a file, one JSON object a line.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, IsTerminal as _, Read, Write as _},
    path::Path,
};

use crate::{
    context::Context,
    failure::Failure,
    flush,
    spool::{Record, Refused, Writer},
};

/// Reports of one write.
const BATCH: usize = 1_000;

/// Reads all of it into the spool, and sends that. The exit code is 1 where something was refused.
pub(crate) fn send(file: &Path, context: &Context) -> Result<u8, Failure> {
    let name = file.display();
    let (from, size): (Box<dyn Read>, _) = if file.as_os_str() == "-" {
        (Box::new(io::stdin()), 0)
    } else {
        let opened =
            File::open(file).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
        let size = opened.metadata().map_or(0, |found| found.len());
        (Box::new(opened), size)
    };
    let Some(spool) = &context.spool else {
        return Err(Failure::other("there is no spool"));
    };
    let full = |error: &dyn std::fmt::Display| {
        Failure::other(format!("{}: {error}", spool.folder().display()))
    };
    let (meta, mut refused) = (context.meta(), false);
    let mut writer = Writer::create(spool, &meta).map_err(|error| full(&error))?;
    let mut lines = BufReader::with_capacity(256 * 1_024, from);
    let mut bar = Bar::new(size);
    let (mut batch, mut number, mut bad) = (Vec::new(), 0_u64, 0_u64);
    loop {
        let mut line = Vec::new();
        let limit = domain::limit::REQUEST_BYTES as u64 + 1;
        let read = (&mut lines).take(limit).read_until(b'\n', &mut line);
        let count = read.map_err(|error| Failure::other(format!("{name}: {error}")))?;
        number += 1;
        bar.add(count as u64);
        if count == 0 || batch.len() == BATCH {
            let records = std::mem::take(&mut batch);
            if writer.lines(&records).is_err() {
                // Room comes from sending what is there already.
                writer.news(&[Record::End]).map_err(|error| full(&error))?;
                drop(writer);
                refused |= flush::send(context)?.aside > 0;
                writer = Writer::create(spool, &meta).map_err(|error| full(&error))?;
                writer.lines(&records).map_err(|Refused(why)| full(&why))?;
            }
        }
        if count == 0 {
            break;
        }
        let text = line.trim_ascii();
        match serde_json::from_slice::<&serde_json::value::RawValue>(text) {
            _ if text.is_empty() => {}
            Ok(value) if value.get().starts_with('{') => batch.push(Record::Report(text.to_vec())),
            _ => {
                bad += 1;
                if bad <= 10 {
                    context.say(&format!("{name}, line {number}: it is no JSON object"));
                }
            }
        }
    }
    bar.end();
    writer.news(&[Record::End]).map_err(|error| full(&error))?;
    writer.sync();
    // From here on it is a stream like any other that was left.
    drop(writer);
    let code = flush::flush(context)?;
    Ok(code.max(u8::from(bad > 0 || refused)))
}

/// How far it is, where somebody looks.
struct Bar {
    size: u64,
    done: u64,
    shown: u64,
}

impl Bar {
    fn new(size: u64) -> Self {
        let size = if io::stderr().is_terminal() { size } else { 0 };
        Self {
            size,
            done: 0,
            shown: 0,
        }
    }

    fn add(&mut self, bytes: u64) {
        self.done += bytes;
        let percent = (self.done * 100)
            .checked_div(self.size)
            .unwrap_or(0)
            .min(100);
        if percent > self.shown {
            self.shown = percent;
            let filled = "#".repeat(percent as usize / 4);
            write!(io::stderr(), "\r[{filled:<25}] {percent} %").ok();
        }
    }

    fn end(&self) {
        if self.shown > 0 {
            writeln!(io::stderr()).ok();
        }
    }
}
