//! A throw-away Postgres around one command.
//!
//! Nothing of it is durable or reachable from elsewhere: a temporary folder, a unix socket, no
//! syncs. Durability is tested against clusters of their own.

use crate::{
    bootstrap::{is_root, postgres_programs},
    house, run, say, signals,
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
};
use tempfile::TempDir;

/// The variable under which tests find the cluster.
pub(crate) const URL_VARIABLE: &str = "IV_TEST_POSTGRES";

/// A running cluster; it stops and vanishes with this value.
#[derive(Debug)]
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    /// `postgres` refuses to run as root: then it runs as this user.
    user: Option<&'static str>,
}

impl Cluster {
    pub(crate) fn start() -> Result<Self> {
        let programs = postgres_programs().context(
            "PostgreSQL's server programs are missing: run `script/bootstrap test`, or put initdb, \
             pg_ctl and postgres on PATH",
        )?;
        let folder = tempfile::Builder::new()
            .prefix("iv-postgres-")
            // A socket's path may have about 100 bytes; a TMPDIR can be longer than that.
            .tempdir_in("/tmp")
            .context("cannot create a folder for Postgres in /tmp")?;
        let user = is_root().then(unprivileged_user).transpose()?;
        if let Some(user) = user {
            run::check_quietly(Command::new("chown").arg(user).arg(folder.path()))?;
        }
        let cluster = Self {
            programs,
            folder,
            user,
        };
        cluster.initialise()?;
        Ok(cluster)
    }

    fn initialise(&self) -> Result<()> {
        run::check_quietly(
            self.program("initdb")
                .args(["--no-sync", "--auth=trust", "--username=test"])
                .args(["--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"])
                .arg(self.data()),
        )?;
        // `pg_ctl` hands this text to a shell; the folder's name is ours and holds no quotes.
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off \
             -c synchronous_commit=off -c full_page_writes=off -c max_connections=300",
            self.folder.path().display()
        );
        let log = self.folder.path().join("log");
        // The server inherits what pg_ctl was given: a pipe would stay open until it ends.
        let status = self
            .program("pg_ctl")
            .args(["start", "--wait", "--silent", "--pgdata"])
            .arg(self.data())
            .arg("--log")
            .arg(&log)
            .args(["--options", &options])
            .stdout(Stdio::null())
            .status()
            .context("pg_ctl does not start")?;
        if !status.success() {
            let said = fs::read_to_string(&log).unwrap_or_default();
            bail!("Postgres does not start:\n{said}");
        }
        run::check_quietly(
            self.program("createdb")
                .args(["--username=test", "--host"])
                .arg(self.folder.path())
                .arg("test"),
        )
    }

    /// `postgres://test@localhost/test?host=FOLDER`; the role is a superuser.
    pub(crate) fn url(&self) -> String {
        format!(
            "postgres://test@localhost/test?host={}",
            self.folder.path().display()
        )
    }

    /// `15.14`
    pub(crate) fn version(&self) -> Result<String> {
        let text = run::output(Command::new(self.programs.join("postgres")).arg("--version"))?;
        text.split_whitespace()
            .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
            .map(str::to_owned)
            .context("postgres --version names no version")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if let Some(user) = self.user {
            let mut runuser = Command::new("runuser");
            runuser.args(["-u", user, "--"]).arg(program);
            runuser
        } else {
            Command::new(program)
        };
        // The caller's folder may be closed to the unprivileged user.
        command.current_dir("/");
        for name in [
            "PGDATA",
            "PGHOST",
            "PGPORT",
            "PGUSER",
            "PGDATABASE",
            "PGOPTIONS",
        ] {
            command.env_remove(name);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = run::check_quietly(
            self.program("pg_ctl")
                .args(["stop", "--mode=immediate", "--pgdata"])
                .arg(self.data()),
        );
        // Without a server there is nothing to stop; with one, its folder says who it is.
        if let Err(error) = stopped
            && self.data().join("postmaster.pid").exists()
        {
            say(format_args!("Postgres did not stop: {error:#}"));
        }
    }
}

fn unprivileged_user() -> Result<&'static str> {
    if house::program_on_path("runuser").is_none() {
        bail!("Postgres refuses to run as root and runuser is missing: run this as another user");
    }
    ["postgres", "nobody"]
        .into_iter()
        .find(|user| run::output(Command::new("id").args(["-u", user])).is_ok())
        .context("Postgres refuses to run as root, and neither `postgres` nor `nobody` exists")
}

/// Runs the command with the cluster's URL in its environment; the cluster is gone afterwards,
/// also after Ctrl-C, a failure, or a kill that lets us act.
pub(crate) fn around(command: &[String]) -> Result<ExitStatus> {
    let [program, arguments @ ..] = command else {
        bail!("say which command shall run: cargo xtask postgres -- COMMAND …");
    };
    signals::survive()?;
    let cluster = Cluster::start()?;
    let mut child = Command::new(program);
    child.args(arguments).env(URL_VARIABLE, cluster.url());
    signals::wait(&mut child).with_context(|| format!("{program} does not start"))
}
