//! What every command needs: where things go, what is taken out of them, and whom to tell.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use domain::redact::{Names, Redactor, Rules};

use crate::{
    clock,
    send::Client,
    spool::{Meta, Spool, make_private},
};

/// Bytes of a log of our own, before it begins anew and the old one is kept beside it.
const LOG_BYTES: u64 = 10 * 1_024 * 1_024;

/// It.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) spool: Option<Spool>,
    pub(crate) client: Option<Client>,
    pub(crate) rules: Rules,
    /// For what belongs to this machine only.
    pub(crate) state: PathBuf,
    /// Where our own actions are written down.
    pub(crate) log_file: PathBuf,
    /// The spool is only mentioned where somebody asked for it.
    pub(crate) verbose: bool,
}

impl Context {
    /// To whom a new stream goes.
    pub(crate) fn meta(&self) -> Meta {
        Meta {
            url: self.client.as_ref().map(|client| client.url.clone()),
            key: self.client.as_ref().map(|client| client.fingerprint.clone()),
            ..Meta::default()
        }
    }

    /// Something that its reader must know.
    #[expect(clippy::print_stderr, reason = "this is where the program speaks to people")]
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
        let line = format!("{} {}\n", clock::now().to_rfc3339(), text.replace('\n', "\\n"));
        let open = |path: &Path| {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            if fs::metadata(path).is_ok_and(|found| found.len() > LOG_BYTES) {
                fs::rename(path, path.with_extension("log.1"))?;
            }
            OpenOptions::new().create(true).append(true).mode(0o600).open(path)
        };
        let file = open(&self.log_file).or_else(|_| open(&self.state.join("log/iv.log")));
        if let Ok(mut file) = file {
            file.write_all(line.as_bytes()).ok();
        }
    }

    pub(crate) fn without_secrets(&self, text: &str) -> String {
        Redactor::new(&self.rules).text(text.to_owned())
    }
}

/// By what secrets are found on this machine. Their fingerprints are made with a key that never
/// leaves it, so that only here the same secret can be seen to be the same.
pub(crate) fn rules(state: &Path, extra: &str) -> Rules {
    let path = state.join("fingerprint.key");
    let mut key = [0; 32];
    if File::open(&path).and_then(|mut file| file.read_exact(&mut key)).is_err() {
        key = clock::random();
        let kept = make_private(state).and_then(|()| {
            let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path)?;
            file.write_all(&key)
        });
        // Two at once, or no room: another key only makes fingerprints differ.
        kept.ok();
    }
    Rules::new(key, Names::new(extra, ""))
}
