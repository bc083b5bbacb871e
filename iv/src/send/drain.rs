//! Sends one stream, a request at a time.
//!
//! What the server will never take is put aside with the reason, so that it does not hold up what
//! comes after it; everything else stays where it is until it is taken.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::PathBuf,
    time::Duration,
};

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Answer, Client};
use crate::spool::{FileRecord, Reader, Spool, place::Place, read::Next};

/// What one step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Something went out; there may be more.
    Sent,
    /// Nothing waits.
    Nothing,
    /// Everything was sent, and the writer has said that there is no more.
    End,
    /// Not before this time again, and why.
    Wait(Option<Duration>, String),
}

/// A stream on its way.
#[derive(Debug)]
pub(crate) struct Drain {
    pub(crate) reader: Reader,
    rejected: PathBuf,
    /// Something was put aside, and why: said once.
    pub(crate) complaint: Option<String>,
    /// How many items were put aside.
    pub(crate) aside: usize,
    /// How many were taken.
    pub(crate) taken: usize,
}

/// An item that was put aside.
#[derive(Serialize)]
struct Aside<'a> {
    reason: &'a str,
    item: &'a RawValue,
}

impl Drain {
    pub(crate) fn new(spool: &Spool, reader: Reader) -> Self {
        let name = reader.folder().file_name().unwrap_or_default().to_owned();
        let file = spool.rejected().join(name).with_extension("ndjson");
        Self {
            reader,
            rejected: file,
            complaint: None,
            aside: 0,
            taken: 0,
        }
    }

    /// Sends the next request, if there is something to send.
    pub(crate) fn step(&mut self, client: &Client) -> Step {
        match self.reader.next() {
            Ok(Next::Nothing) => Step::Nothing,
            Ok(Next::End) => Step::End,
            Ok(Next::Reports(reports, place)) => {
                let answer = client.batch(&reports);
                self.reports(client, &reports, place, answer)
            }
            Ok(Next::File(file, place)) => self.file(client, &file, place),
            Err(error) => Step::Wait(None, format!("the spool cannot be read: {error}")),
        }
    }

    fn reports(
        &mut self,
        client: &Client,
        reports: &[Vec<u8>],
        place: Place,
        answer: Answer,
    ) -> Step {
        let items = match answer {
            Answer::Taken(items) => items,
            Answer::Refused { items, .. } if !items.is_empty() => items,
            Answer::Refused { why, .. } if reports.len() == 1 => {
                return self.put_aside(&[(&reports[0], why)], place);
            }
            Answer::Refused { .. } => return self.one_by_one(client, reports, place),
            Answer::Denied(why) => return Step::Wait(None, why),
            Answer::Later(time, why) => return Step::Wait(time, why),
            Answer::Away(why) => return Step::Wait(None, why),
        };
        self.taken += reports.len().saturating_sub(items.len());
        let aside: Vec<_> = items
            .iter()
            .filter_map(|item| Some((reports.get(item.index)?, item.reason())))
            .collect();
        self.put_aside(&aside, place)
    }

    /// The request as a whole was refused, so that it does not say which item it was.
    fn one_by_one(&mut self, client: &Client, reports: &[Vec<u8>], place: Place) -> Step {
        for report in reports {
            let one = std::slice::from_ref(report);
            // The place moves once, behind the last one: what is sent again is stored once.
            let step = self.reports(client, one, self.reader.place(), client.batch(one));
            if step != Step::Sent {
                return step;
            }
        }
        self.reader.sent(place);
        Step::Sent
    }

    fn put_aside(&mut self, items: &[(&Vec<u8>, String)], place: Place) -> Step {
        for (item, reason) in items {
            if let Err(error) = self.write_aside(item, reason) {
                return Step::Wait(None, format!("{}: {error}", self.rejected.display()));
            }
            self.aside += 1;
            self.complaint.get_or_insert_with(|| {
                format!(
                    "{reason}; what was refused is in {}",
                    self.rejected.display()
                )
            });
        }
        self.reader.sent(place);
        Step::Sent
    }

    fn write_aside(&self, item: &[u8], reason: &str) -> io::Result<()> {
        if let Some(folder) = self.rejected.parent() {
            crate::spool::make_private(folder)?;
        }
        let item = std::str::from_utf8(item).unwrap_or("null");
        let item = serde_json::from_str(item).or_else(|_| serde_json::from_str("null"))?;
        let mut line = serde_json::to_vec(&Aside { reason, item })?;
        line.push(b'\n');
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.rejected)?;
        file.write_all(&line)
    }

    fn file(&mut self, client: &Client, file: &FileRecord, place: Place) -> Step {
        let content = match self.reader.content(file) {
            Ok(content) => content,
            Err(error) => {
                let reason = format!("the copy of {} is gone: {error}", file.name);
                return self.put_aside(&[(&record(file), reason)], place);
            }
        };
        match client.file(file, &content) {
            Answer::Taken(_) => {
                self.taken += 1;
                self.reader.sent(place);
                self.reader.forget(file);
                Step::Sent
            }
            Answer::Refused { why, .. } => {
                let copy = self.rejected.with_extension(format!("{}.file", file.key));
                let reason = match crate::spool::make_private(copy.parent().unwrap_or(&copy))
                    .and_then(|()| std::fs::write(&copy, content))
                {
                    Ok(()) => format!("{}: {why}; its copy is {}", file.name, copy.display()),
                    Err(error) => return Step::Wait(None, format!("{}: {error}", copy.display())),
                };
                let step = self.put_aside(&[(&record(file), reason)], place);
                self.reader.forget(file);
                step
            }
            Answer::Denied(why) | Answer::Away(why) => Step::Wait(None, why),
            Answer::Later(time, why) => Step::Wait(time, why),
        }
    }
}

fn record(file: &FileRecord) -> Vec<u8> {
    serde_json::to_vec(file).unwrap_or_default()
}
