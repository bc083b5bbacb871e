//! Writes the log down: the thread behind the queue.
//!
//! 1. Bytes become lines ([`super::lines`]); a private key's lines become one.
//! 2. A line that names a file uploads it ([`super::attach`]).
//! 3. Secrets are taken out.
//! 4. What is left goes into the spool, all that was there to take at once.

use std::{
    collections::VecDeque,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use domain::{LogLevel, Timestamp, status::Stream};

use super::{
    Output,
    attach::{self, Attach},
    lines::Lines,
    queue::Queue,
};
use crate::{
    clock,
    report::{Entry, log_entry},
    secrets::Secrets,
    send::Sender,
    spool::{FileRecord, Record, Refused, Writer},
};

/// How often, at most, what was written is made to survive a power cut.
const SYNC: Duration = Duration::from_millis(200);
/// Bytes of the error output that are kept for the run itself.
const TAIL_BYTES: usize = 8 * 1_024;
/// Lines that are written at once, and refused at once where there is no room.
const TOGETHER: usize = 500;
/// Lines of a private key; a longer one is none.
const KEY_LINES: usize = 200;

/// What the recorder is told.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) run: String,
    pub(crate) secrets: Secrets,
    /// Whether standard output goes into the log.
    pub(crate) stdout: bool,
    pub(crate) attach: Attach,
    pub(crate) writer: Writer,
    pub(crate) sender: Option<Sender>,
}

/// What is known at the end.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) writer: Writer,
    /// The end of the error output, without secrets.
    pub(crate) tail: String,
    /// Lines that found no room.
    pub(crate) left_out: u64,
    /// The place of the next entry.
    pub(crate) next: u64,
}

/// Starts the thread; what it knows comes through the channel once the queue is closed.
pub(crate) fn start(setup: Setup, queue: Arc<Queue>) -> std::io::Result<mpsc::Receiver<Recorded>> {
    let (tell, told) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        tell.send(Recorder::new(setup).run(&queue)).ok();
    })?;
    Ok(told)
}

/// Lines of one stream.
#[derive(Debug, Default)]
struct Half {
    lines: Lines,
    /// A private key, as far as it has come.
    key: Vec<String>,
}

struct Recorder {
    setup: Setup,
    stdout: Half,
    stderr: Half,
    records: Vec<Record>,
    number: u64,
    tail: VecDeque<String>,
    tail_bytes: usize,
    /// Why nothing more is written.
    full: Option<String>,
    left_out: u64,
    synced: Instant,
}

impl Recorder {
    fn new(setup: Setup) -> Self {
        Self {
            setup,
            stdout: Half::default(),
            stderr: Half::default(),
            records: Vec::new(),
            number: 1,
            tail: VecDeque::new(),
            tail_bytes: 0,
            full: None,
            left_out: 0,
            synced: clock::instant(),
        }
    }

    fn run(mut self, queue: &Queue) -> Recorded {
        while let Some(chunks) = queue.pop() {
            for chunk in chunks {
                let mut lines = Vec::new();
                let half = self.half(chunk.output);
                half.lines.feed(&chunk.bytes, |line| lines.push(line));
                self.take(queue, chunk.output, chunk.at, lines);
            }
            self.write();
            if self.synced.elapsed() >= SYNC {
                self.setup.writer.sync();
                self.synced = clock::instant();
            }
        }
        for output in [Output::Stdout, Output::Stderr] {
            let half = self.half(output);
            let mut rest: Vec<_> = half.lines.end().into_iter().collect();
            let key = std::mem::take(&mut half.key);
            if !key.is_empty() {
                rest.insert(0, key.join("\n"));
            }
            let now = clock::now();
            for line in rest {
                self.line(output, now, line);
            }
        }
        self.write();
        let tail: Vec<String> = self.tail.into();
        Recorded {
            writer: self.setup.writer,
            tail: tail.join("\n"),
            left_out: self.left_out,
            next: self.number,
        }
    }

    fn half(&mut self, output: Output) -> &mut Half {
        match output {
            Output::Stdout => &mut self.stdout,
            Output::Stderr => &mut self.stderr,
        }
    }

    /// Lines as they came; those of a private key as one, since no line of it shows what it is.
    fn take(&mut self, queue: &Queue, output: Output, at: Timestamp, lines: Vec<String>) {
        for line in lines {
            queue.move_on();
            let half = self.half(output);
            if half.key.is_empty() && !begins_key(&line) {
                self.line(output, at, line);
                continue;
            }
            let ends = line.contains("-----END") || half.key.len() >= KEY_LINES;
            half.key.push(line);
            if ends {
                let key = std::mem::take(&mut half.key).join("\n");
                self.line(output, at, key);
            }
        }
    }

    fn line(&mut self, output: Output, at: Timestamp, line: String) {
        let file = match output {
            Output::Stdout => self.setup.attach.named_by(&line),
            Output::Stderr => None,
        };
        if output == Output::Stdout && self.full.is_some() && file.is_none() {
            self.left_out += u64::from(self.setup.stdout);
            return;
        }
        let line = self.setup.secrets.take_from(line);
        if output == Output::Stderr {
            self.remember(&line);
        }
        if output == Output::Stdout && !self.setup.stdout && file.is_none() {
            return;
        }
        let key = self.key();
        let (level, stream) = output.words();
        self.records
            .push(self.entry(&key, at, level, stream, &line));
        if let Some(file) = file {
            self.attach(&file, key);
        }
    }

    fn attach(&mut self, file: &attach::Found, log: String) {
        // Its line comes first.
        self.write();
        let record = FileRecord {
            run: self.setup.run.clone(),
            key: format!("{log}f"),
            log: Some(log),
            name: file.name.clone(),
        };
        let kept = attach::read(&file.path).and_then(|bytes| {
            self.setup
                .writer
                .file(record, &bytes)
                .map_err(|Refused(why)| why)
        });
        if let Err(why) = kept {
            let message = format!("{} was not uploaded: {why}", file.name);
            let key = self.key();
            self.records.push(self.entry(
                &key,
                clock::now(),
                LogLevel::Warning,
                Stream::Wrapper,
                &message,
            ));
        }
    }

    fn key(&mut self) -> String {
        let key = entry_key(self.number);
        self.number += 1;
        key
    }

    fn entry(
        &self,
        key: &str,
        at: Timestamp,
        level: LogLevel,
        stream: Stream,
        message: &str,
    ) -> Record {
        Record::Report(log_entry(&Entry {
            run: &self.setup.run,
            key,
            at,
            level,
            stream,
            message,
            description: None,
            step: None,
        }))
    }

    fn remember(&mut self, line: &str) {
        self.tail_bytes += line.len();
        self.tail.push_back(line.to_owned());
        while self.tail_bytes > TAIL_BYTES && self.tail.len() > 1 {
            self.tail_bytes -= self.tail.pop_front().map_or(0, |line| line.len());
        }
    }

    fn write(&mut self) {
        let records = std::mem::take(&mut self.records);
        if records.is_empty() {
            return;
        }
        for part in records.chunks(TOGETHER) {
            self.write_part(part);
        }
        if let Some(sender) = &self.setup.sender {
            sender.notify();
        }
    }

    fn write_part(&mut self, records: &[Record]) {
        if self.full.is_some() {
            self.left_out += records.len() as u64;
            return;
        }
        if let Err(Refused(why)) = self.setup.writer.lines(records) {
            self.left_out += records.len() as u64;
            let message = format!("the log ends here, the command goes on: {why}");
            let key = self.key();
            let entry = self.entry(
                &key,
                clock::now(),
                LogLevel::Warning,
                Stream::Wrapper,
                &message,
            );
            self.setup.writer.news(&[entry]).ok();
            self.full = Some(why);
        }
    }
}

/// The key of a run's entry: in order, and the same however often it is sent.
pub(crate) fn entry_key(number: u64) -> String {
    format!("iv{number:010}")
}

fn begins_key(line: &str) -> bool {
    line.contains("-----BEGIN") && line.contains("PRIVATE KEY") && !line.contains("-----END")
}
