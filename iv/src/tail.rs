//! `iv tail`: the log of a run, as far as it is known and then as it comes, until the run has ended.

mod recent;

use std::{
    collections::VecDeque,
    io::{self, Write as _},
    time::Duration,
};

use domain::{LogLevel, Status, time::duration_text};
use serde::Deserialize;
use serde_json::value::RawValue;

use self::recent::Recent;
use crate::{
    args::Tail,
    context::Context,
    failure::Failure,
    read::{self, Colours, Unread, plain},
};

/// How long nothing new is waited for before it is asked again.
const QUIET: Duration = Duration::from_secs(1);

/// The same while the server is away: longer each time, up to this.
const AWAY: Duration = Duration::from_secs(30);

/// Every so many rounds the last entries are read again.
const AGAIN: u32 = 4;

#[derive(Deserialize)]
struct Page {
    rows: Vec<Box<RawValue>>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Keyed {
    entry_id: String,
}

#[derive(Deserialize)]
struct Entry {
    logged_at: String,
    level: String,
    stream: String,
    message: String,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    run: Run,
}

#[derive(Deserialize)]
struct Run {
    status: String,
    error: Option<String>,
    duration_ms: Option<i64>,
}

#[derive(Deserialize)]
struct Rows {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    run_id: String,
    status: String,
}

/// Why the reading of a log ends before the run does.
enum Stop {
    /// Whoever read our output is gone.
    Unheard,
    Unread(Unread),
}

impl From<Unread> for Stop {
    fn from(unread: Unread) -> Self {
        Self::Unread(unread)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Unread(Unread::Refused(failure))
    }
}

impl From<io::Error> for Stop {
    fn from(_: io::Error) -> Self {
        Self::Unheard
    }
}

/// Follows it. The exit code is 1 where the run failed or was interrupted.
pub(crate) fn tail(asked: &Tail, context: &Context) -> Result<u8, Failure> {
    let mut reading = Reading {
        asked,
        context,
        colours: Colours::usual(),
        recent: Recent::default(),
        rounds: 0,
    };
    match reading.follow() {
        Ok(code) => Ok(code),
        Err(Stop::Unheard) => Ok(0),
        Err(Stop::Unread(unread)) => Err(unread.into_failure()),
    }
}

/// How far a log was read.
struct Reading<'r> {
    asked: &'r Tail,
    context: &'r Context,
    colours: Colours,
    recent: Recent,
    rounds: u32,
}

impl Reading<'_> {
    /// 1. How the run stands is asked first, and what its log holds after that: so nothing that
    ///    was there when it ended is left out.
    /// 2. A server that is away at the beginning may be the wrong one; later it is waited for.
    fn follow(&mut self) -> Result<u8, Stop> {
        self.status()?;
        self.beginning()?;
        if self.asked.no_follow {
            return Ok(0);
        }
        let mut away = Duration::ZERO;
        loop {
            match self.news() {
                Ok(Some(code)) => return Ok(code),
                Ok(None) => {
                    if !away.is_zero() {
                        self.context.say("the server is back");
                    }
                    away = Duration::ZERO;
                    std::thread::sleep(QUIET);
                }
                Err(Stop::Unread(Unread::Away(why))) => {
                    if away.is_zero() {
                        self.context
                            .say(&format!("{why}; trying again until it answers"));
                    }
                    away = (away * 2).clamp(QUIET, AWAY);
                    std::thread::sleep(away);
                }
                Err(stop) => return Err(stop),
            }
        }
    }

    /// What has come since, and the exit code where the run has ended.
    fn news(&mut self) -> Result<Option<u8>, Stop> {
        let status = self.status()?.parse();
        let goes_on = matches!(status, Ok(Status::Queued | Status::Running));
        self.rounds += 1;
        let again = self.rounds.is_multiple_of(AGAIN) || !goes_on;
        self.walk(again, |reading, row| reading.tell(&row))?;
        io::stdout().flush()?;
        if goes_on {
            return Ok(None);
        }
        self.tell_end()?;
        let well = matches!(status, Ok(Status::Ok | Status::Warning));
        Ok(Some(u8::from(!well)))
    }

    /// What is there, or the last lines of it.
    fn beginning(&mut self) -> Result<(), Stop> {
        let mut last = VecDeque::new();
        self.walk(true, |reading, row| {
            let Some(lines) = reading.asked.lines else {
                return reading.tell(&row);
            };
            if reading.is_wanted(&row)? {
                last.push_back(row);
            }
            if last.len() > lines {
                last.pop_front();
            }
            Ok(())
        })?;
        for row in last {
            self.tell(&row)?;
        }
        Ok(io::stdout().flush()?)
    }

    /// Reads to the end, the last of what was read `again`, and hands out what was not there before.
    fn walk(
        &mut self,
        again: bool,
        mut each: impl FnMut(&Self, Box<RawValue>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let (mut place, mut pages) = self.recent.begin(again);
        loop {
            let mut path = read::run_path(&self.asked.run, "/log");
            if let Some(place) = &place {
                read::ask(&mut path, "at", place);
            }
            let page: Page = read::parsed(&self.get(&path)?)?;
            if page.rows.is_empty() {
                self.recent.keep(pages, place);
                return Ok(());
            }
            let mut keys = Vec::with_capacity(page.rows.len());
            for row in page.rows {
                let Keyed { entry_id } = read::parsed(row.get())?;
                if self.recent.meet(&entry_id) {
                    each(self, row)?;
                }
                keys.push(entry_id);
            }
            pages.push_back((std::mem::replace(&mut place, page.next), keys));
        }
    }

    /// How the run stands: its row in the list, which is short however many steps it has.
    fn status(&self) -> Result<String, Stop> {
        let mut path = "/api/v1/runs".to_owned();
        read::ask(&mut path, "search", &self.asked.run);
        let list: Rows = read::parsed(&self.get(&path)?)?;
        let mut rows = list.rows.into_iter();
        let row = rows.find(|row| row.run_id == self.asked.run);
        let row = row.ok_or_else(|| Failure::other(self.missing()))?;
        Ok(row.status)
    }

    fn get(&self, path: &str) -> Result<String, Stop> {
        let what = format!("run {}", read::cell(&self.asked.run));
        Ok(read::get(self.context, path, &what)?)
    }

    fn missing(&self) -> String {
        format!("there is no run {}", read::cell(&self.asked.run))
    }

    fn is_wanted(&self, row: &RawValue) -> Result<bool, Stop> {
        let entry: Entry = read::parsed(row.get())?;
        Ok(self.wants(entry.level.parse().ok()))
    }

    /// A level that is unknown here is of a newer server, and is shown.
    fn wants(&self, level: Option<LogLevel>) -> bool {
        let least = self
            .asked
            .level
            .as_deref()
            .and_then(|text| text.parse().ok());
        match (level, least) {
            (Some(level), Some(least)) => level >= least,
            _ => true,
        }
    }

    fn tell(&self, row: &RawValue) -> Result<(), Stop> {
        let entry: Entry = read::parsed(row.get())?;
        let level = entry.level.parse().ok();
        if !self.wants(level) {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        if self.asked.json {
            return Ok(writeln!(out, "{}", row.get())?);
        }
        let word = self
            .colours
            .level(level, &format!("{:7}", plain(&entry.level)));
        let (at, stream) = (plain(&entry.logged_at), plain(&entry.stream));
        writeln!(out, "{at} {word} {stream:7} {}", inside(&entry.message))?;
        let more = entry.description.filter(|more| !more.trim().is_empty());
        if let Some(more) = more {
            writeln!(out, "  {}", inside(more.trim_end()))?;
        }
        Ok(())
    }

    /// How it ended. A program that reads the entries learns it from the exit code.
    fn tell_end(&self) -> Result<(), Stop> {
        if self.asked.json {
            return Ok(());
        }
        let answer: Answer = read::parsed(&self.get(&read::run_path(&self.asked.run, ""))?)?;
        let Run {
            status,
            error,
            duration_ms,
        } = answer.run;
        let took = duration_ms.map(duration_text).unwrap_or_default();
        let mut out = io::stdout().lock();
        let mark = self.colours.status(&status, &read::marked(&status));
        writeln!(out, "{}", format!("{mark}  {took}").trim_end())?;
        if let Some(error) = error {
            writeln!(out, "  {}", inside(&error))?;
        }
        Ok(())
    }
}

/// Text of an entry: its further lines are indented, so that none looks like an entry of its own.
fn inside(text: &str) -> String {
    plain(text).trim_end().replace('\n', "\n  ")
}
