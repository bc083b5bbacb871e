//! What every command needs: where things go, what is taken out of them, and whom to tell.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::{fs::OpenOptionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    clock,
    secrets::Secrets,
    send::Client,
    spool::{Meta, Spool},
};

/// Bytes of a log of our own, before it begins anew and the old one is kept beside it.
const LOG_BYTES: u64 = 10 * 1_024 * 1_024;

/// It.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) spool: Option<Spool>,
    pub(crate) client: Option<Client>,
    /// Where the server is, also where no key for it is known.
    pub(crate) url: Option<String>,
    /// Certificates in PEM that are trusted instead of the usual ones.
    pub(crate) roots: Option<Vec<u8>>,
    pub(crate) secrets: Secrets,
    /// For what belongs to this machine only.
    pub(crate) state: PathBuf,
    /// Where our own actions are written down.
    pub(crate) log_file: PathBuf,
    /// The flags with which this program was told all that.
    pub(crate) flags: Vec<OsString>,
    /// The spool is only mentioned where somebody asked for it.
    pub(crate) verbose: bool,
}

impl Context {
    /// To whom a new stream goes.
    pub(crate) fn meta(&self) -> Meta {
        Meta {
            url: self.client.as_ref().map(|client| client.url.clone()),
            key: self
                .client
                .as_ref()
                .map(|client| client.fingerprint.clone()),
            ..Meta::default()
        }
    }

    /// Starts this program once more, on its own, told the same.
    pub(crate) fn again(&self, command: &str) -> io::Result<()> {
        Command::new(std::env::current_exe()?)
            .args(&self.flags)
            .arg(command)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // What is sent to the group of the command that was run is not meant for it.
            .process_group(0)
            .spawn()
            .map(|_| ())
    }

    /// Something that its reader must know.
    #[expect(
        clippy::print_stderr,
        reason = "this is where the program speaks to people"
    )]
    pub(crate) fn say(&self, text: &str) {
        let text = self.without_secrets(text);
        eprintln!("iv: {text}");
        self.log(&text);
    }

    /// Something that only matters to who looks for it.
    pub(crate) fn quiet(&self, text: &str) {
        match self.verbose {
            true => self.say(text),
            false => self.log(text),
        }
    }

    /// Writes down what was done. Where that fails there is nobody to tell.
    pub(crate) fn log(&self, text: &str) {
        let text = self.without_secrets(text);
        append(&self.log_file, &text)
            .or_else(|_| append(&self.state.join("log/iv.log"), &text))
            .ok();
    }

    pub(crate) fn without_secrets(&self, text: &str) -> String {
        self.secrets.take_from(text.to_owned())
    }
}

/// Writes a line behind those of a file, with the time.
pub(crate) fn append(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if fs::metadata(path).is_ok_and(|found| found.len() > LOG_BYTES) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    let mut file = OpenOptions::new();
    let mut file = file.create(true).append(true).mode(0o600).open(path)?;
    let line = format!(
        "{} {}\n",
        clock::now().to_rfc3339(),
        text.replace('\n', "\\n")
    );
    file.write_all(line.as_bytes())
}
