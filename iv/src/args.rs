//! What can be asked for, by flag or by environment.

#![expect(
    clippy::doc_markdown,
    reason = "these are the texts of --help, which knows no Markdown"
)]

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};

/// Run integrations so that everybody can see how they went.
#[derive(Debug, Parser)]
#[command(name = "iv", version, about, max_term_width = 100)]
#[command(after_help = "\
Examples:
  iv run -i nightly-import -- ./import.sh --all     run a command and report its run
  iv run -p Passwords.json -i Integration.json      run everything that a list names
  iv log -m \"3 orders skipped\" --level warning      add to the log of the run around it
  iv flush                                          send what could not be sent before

The key is taken from IV_KEY, from the file that --key-file or IV_KEY_FILE names, or from -p.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The server, such as https://runs.example.com
    #[arg(long, env = "IV_URL", global = true)]
    pub(crate) url: Option<String>,
    /// A file that holds nothing but the key
    #[arg(long, env = "IV_KEY_FILE", global = true, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// A Passwords.json that says the server, the user and the key
    #[arg(short, long, global = true, value_name = "FILE")]
    pub(crate) passwords: Option<PathBuf>,
    /// A file of certificates (PEM) to trust instead of the usual ones
    #[arg(long, env = "IV_CA_FILE", global = true, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Where what is to be sent waits [default: $XDG_STATE_HOME/iv/spool]
    #[arg(long, env = "IV_SPOOL", global = true, value_name = "FOLDER")]
    pub(crate) spool: Option<PathBuf>,
    /// Megabytes (MiB) that may wait
    #[arg(long, env = "IV_SPOOL_LIMIT", global = true, default_value_t = 256, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    pub(crate) spool_limit: u64,
    /// Seconds to wait at the end for a server that answers [default: 5, and of a long log a
    /// tenth of the command's time; the rest is then sent in the background]
    #[arg(long, env = "IV_WAIT", global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) wait: Option<f64>,
    /// More names of secrets, separated by commas
    #[arg(
        long,
        env = "IV_SECRETS",
        global = true,
        value_delimiter = ',',
        value_name = "NAMES"
    )]
    pub(crate) secrets: Vec<String>,
    /// Say also what can wait
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

impl Global {
    /// How long to wait at the end, where somebody said so.
    pub(crate) fn wait(&self) -> Option<Duration> {
        self.wait.map(Duration::from_secs_f64)
    }

    /// The flags that say where the server and the spool are, and what is secret. The key is in
    /// the environment or in a file, and so is none of them.
    pub(crate) fn flags(&self) -> Vec<OsString> {
        let files = [
            ("--key-file", &self.key_file),
            ("--passwords", &self.passwords),
            ("--ca-file", &self.ca_file),
            ("--spool", &self.spool),
        ];
        let files = files.into_iter().filter_map(|(flag, file)| {
            let file = file.as_ref()?;
            Some([flag.into(), file.into()])
        });
        let url = self.url.as_ref();
        let url = url.map(|url| ["--url".into(), url.into()]);
        let secrets = self.secrets.join(",");
        let secrets = (!secrets.is_empty()).then(|| ["--secrets".into(), secrets.into()]);
        files.chain(url).chain(secrets).flatten().collect()
    }
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a command and report its run, line by line and to its end
    Run(Run),
    /// Add an entry to the log of a run
    Log(Log),
    /// Say that a run has started
    Start(Start),
    /// Say that a run has ended
    Stop(Stop),
    /// Start or stop a run, with the flags of IntegrationWrapperRunController
    Control(Control),
    /// Report a step of a run
    Step(Step),
    /// Send a ping: to a URL, or to the check KEY/SLUG of the server
    Ping(Ping),
    /// Send reports from a file, one JSON object a line
    Report(Report),
    /// Send everything that waits
    Flush,
    /// List what waits
    Spool {
        /// For machines
        #[arg(long)]
        json: bool,
    },
    /// Show a run
    Show {
        run: String,
        /// For machines
        #[arg(long)]
        json: bool,
    },
    /// List runs, the newest first
    Runs(Runs),
    /// Follow the log of a run until it has ended
    Tail(Tail),
}

/// `iv run`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  iv run -i nightly-import -- ./import.sh --all
  iv run -i crm-sync --flow contacts --nonzero warning -- python3 -u sync.py
  iv run -p Passwords.json -i Integration.json

Standard output and error are passed on unchanged. A line `::file PATH`, or one that is nothing
but the path of a file inside the working directory, uploads that file. The command finds IV_RUN
and IV_URL in its environment. The exit code is the command's own.")]
pub(crate) struct Run {
    /// The integration's key; without a command, the list of integrations (Integration.json)
    #[arg(short, long, env = "IV_INTEGRATION", value_name = "ID|FILE")]
    pub(crate) integration: Option<String>,
    /// What people call the integration
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The key of the flow that it belongs to
    #[arg(long, value_name = "KEY")]
    pub(crate) flow: Option<String>,
    /// The run's key, where you have one already; it is to be new each time
    #[arg(long, value_name = "KEY")]
    pub(crate) run: Option<String>,
    /// Keep standard output out of the log
    #[arg(long)]
    pub(crate) no_stdout: bool,
    /// Upload only what a `::file` line names
    #[arg(long)]
    pub(crate) only_marked_files: bool,
    /// The status of a run whose command fails [default: failed, with -p warning]
    #[arg(long, value_parser = ["failed", "warning"])]
    pub(crate) nonzero: Option<String>,
    /// The command and its arguments
    #[arg(last = true)]
    pub(crate) command: Vec<OsString>,
}

/// `iv log`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  iv log -m \"12 of 14 files read\"                                inside `iv run`
  iv log -p Passwords.json -i crm-sync -w 1 -m \"slow\" -f out.csv  to the running run of crm-sync")]
pub(crate) struct Log {
    /// The integration whose running run it is about
    #[arg(short, long, value_name = "ID")]
    pub(crate) integration: Option<String>,
    /// The run [default: the one around it, IV_RUN]
    #[arg(long, value_name = "KEY")]
    pub(crate) run: Option<String>,
    /// 0 info, 1 warning, 2 error
    #[arg(short = 'w', long = "message-type", value_name = "0|1|2", value_parser = clap::value_parser!(u8).range(0..=2))]
    pub(crate) message_type: Option<u8>,
    /// The same in words
    #[arg(long, conflicts_with = "message_type", value_parser = ["debug", "info", "warning", "error"])]
    pub(crate) level: Option<String>,
    /// What happened, in short
    #[arg(short, long)]
    pub(crate) message: String,
    /// The full text
    #[arg(short, long)]
    pub(crate) description: Option<String>,
    /// A file to upload with it
    #[arg(short, long)]
    pub(crate) file: Option<PathBuf>,
    /// The step that it belongs to
    #[arg(long, value_name = "KEY")]
    pub(crate) step: Option<String>,
}

/// `iv start`
#[derive(Debug, Args)]
pub(crate) struct Start {
    /// The integration's key
    #[arg(short, long, value_name = "ID")]
    pub(crate) integration: String,
    /// What people call the integration
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// End a run that is running still as interrupted, instead of refusing
    #[arg(long)]
    pub(crate) replace: bool,
}

/// `iv stop`
#[derive(Debug, Args)]
pub(crate) struct Stop {
    /// The integration's key
    #[arg(short, long, value_name = "ID")]
    pub(crate) integration: String,
    /// 0 without warnings, 1 with warnings
    #[arg(short, long, value_name = "0|1", value_parser = clap::value_parser!(u8).range(0..=1))]
    pub(crate) error: u8,
}

/// `iv control`
#[derive(Debug, Args)]
pub(crate) struct Control {
    /// The integration's key
    #[arg(short, long, value_name = "ID")]
    pub(crate) integration: String,
    /// What to do
    #[arg(short = 't', long = "action", value_parser = ["start", "stop"])]
    pub(crate) action: String,
    /// 0 without warnings, 1 with warnings
    #[arg(short, long, value_name = "0|1", required_if_eq("action", "stop"), value_parser = clap::value_parser!(u8).range(0..=1))]
    pub(crate) error: Option<u8>,
}

/// `iv step`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  iv step --name \"Fetch orders\" --status ok --code 200 --response answer.json")]
pub(crate) struct Step {
    /// The run [default: the one around it, IV_RUN]
    #[arg(long, env = "IV_RUN", value_name = "KEY")]
    pub(crate) run: String,
    /// Its key [default: its name]
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// What people call it
    #[arg(long)]
    pub(crate) name: String,
    /// The app that it talks to, by its key
    #[arg(long, value_name = "KEY")]
    pub(crate) app: Option<String>,
    /// Its place in the run, from 1
    #[arg(long)]
    pub(crate) position: Option<u32>,
    /// How it went
    #[arg(long, default_value = "ok", value_parser = ["queued", "running", "skipped", "ok", "warning", "failed", "interrupted"])]
    pub(crate) status: String,
    /// What went wrong
    #[arg(long)]
    pub(crate) error: Option<String>,
    /// The method of its request
    #[arg(long, requires = "address")]
    pub(crate) method: Option<String>,
    /// The address of its request
    #[arg(long = "request-url", value_name = "URL")]
    pub(crate) address: Option<String>,
    /// A file with the body of its request
    #[arg(long, value_name = "FILE")]
    pub(crate) request: Option<PathBuf>,
    /// The status code of its response
    #[arg(long)]
    pub(crate) code: Option<u16>,
    /// A file with the body of its response
    #[arg(long, value_name = "FILE")]
    pub(crate) response: Option<PathBuf>,
}

/// `iv ping`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  iv ping https://runs.example.com/ping/3f0c1a52-…
  iv ping PINGKEY/nightly-import start
  iv ping PINGKEY/nightly-import $?")]
pub(crate) struct Ping {
    /// A ping URL, or KEY/SLUG
    pub(crate) to: String,
    /// start, fail, log, or an exit code; nothing means success
    #[arg(value_parser = signal)]
    pub(crate) signal: Option<String>,
    /// Pairs a start with its end
    #[arg(long, value_name = "UUID")]
    pub(crate) rid: Option<String>,
    /// Make the check if it is missing (KEY/SLUG only)
    #[arg(long)]
    pub(crate) create: bool,
    /// Text to send along
    #[arg(short, long)]
    pub(crate) message: Option<String>,
}

/// `iv report`
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The file; - is standard input
    pub(crate) file: PathBuf,
}

/// `iv runs`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  iv runs --status failed -n 50
  iv runs --integration crm-sync --json | jq -r .run_id

It needs a key of scope read.")]
pub(crate) struct Runs {
    /// Only those of this integration
    #[arg(short, long, value_name = "ID")]
    pub(crate) integration: Option<String>,
    /// Only those of this flow
    #[arg(long, value_name = "KEY", conflicts_with = "integration")]
    pub(crate) flow: Option<String>,
    /// Only those of this end-user, by User ID or User Auth
    #[arg(long, value_name = "ID")]
    pub(crate) user: Option<String>,
    /// Only those that stand so; may be repeated
    #[arg(long, value_parser = ["queued", "running", "ok", "warning", "failed", "interrupted"])]
    pub(crate) status: Vec<String>,
    /// How many
    #[arg(short, long, default_value_t = 20, value_parser = number)]
    pub(crate) number: usize,
    /// For machines: one object a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// `iv tail`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  iv tail 4711
  iv tail nightly-17 --lines 20 --level warning

It needs a key of scope read. It ends when the run has: with 0, or with 1 where that failed or was
interrupted.")]
pub(crate) struct Tail {
    /// Its key
    pub(crate) run: String,
    /// Begin with the last so many entries instead of all
    #[arg(short = 'n', long, value_name = "N")]
    pub(crate) lines: Option<usize>,
    /// Do not wait for more
    #[arg(long)]
    pub(crate) no_follow: bool,
    /// Only entries of this level and above
    #[arg(long, value_parser = ["debug", "info", "warning", "error"])]
    pub(crate) level: Option<String>,
    /// For machines: one object a line
    #[arg(long)]
    pub(crate) json: bool,
}

fn number(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=10_000) => Ok(number),
        _ => Err("a number from 1 to 10000".to_owned()),
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("seconds, from 0 to 86400".to_owned()),
    }
}

fn signal(text: &str) -> Result<String, String> {
    match text {
        "start" | "fail" | "log" => Ok(text.to_owned()),
        _ if text.parse::<u8>().is_ok() => Ok(text.to_owned()),
        _ => Err("it is start, fail, log or an exit code from 0 to 255".to_owned()),
    }
}
