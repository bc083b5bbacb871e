//! What can be set, by flag or by environment. Nothing else reads the environment.

mod oidc;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use clap::{Args, Parser, Subcommand};
use domain::access::Scope;

use crate::{
    accept::Limits,
    address::{Cidr, Proxies},
    budget::Budget,
    door::Door,
    entry::Entry,
    rate::{Allowed, Rate},
    router,
};

pub use oidc::{Oidc, Wrong};

/// See why an integration did not work, and what to do now.
#[derive(Debug, Parser)]
#[command(name = "integration-view", version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take reports and serve the pages
    Serve(Box<Serve>),
    /// Make the keys that programs report and read with
    #[command(subcommand)]
    Key(Key),
    /// Print a link that makes the first admin; it works once and for an hour
    SetupLink(Links),
    /// Forget who somebody is at the identity provider: whoever has their address there is next
    ForgetIdentity {
        /// The e-mail address of the account
        email: String,
        #[command(flatten)]
        database: Database,
    },
    /// Print a link with which somebody sets another password; it works once and for an hour
    PasswordLink {
        /// The e-mail address of the account
        email: String,
        #[command(flatten)]
        links: Links,
    },
    /// Make workspaces: each has its own people, keys and runs
    #[command(subcommand)]
    Workspace(Workspace),
    /// Print a fresh key for --secrets-key-file
    SecretsKey,
    /// Look after the record of who did what
    #[command(subcommand)]
    Audit(Audit),
}

/// The `audit` commands.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check that no line was changed or taken out; prints the newest hash
    Verify {
        #[command(flatten)]
        database: Database,
    },
}

/// What a printed link needs.
#[derive(Debug, Args)]
pub struct Links {
    #[command(flatten)]
    pub reach: Reach,
    #[command(flatten)]
    pub database: Database,
}

/// How people reach the server.
#[derive(Debug, Clone, Args)]
pub struct Reach {
    /// Address and port; port 0 takes a free one
    #[arg(long, env = "IV_LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// The address that people type, with its https://; needed beyond this machine
    #[arg(long, env = "IV_PUBLIC_URL", value_parser = parse_url)]
    pub public_url: Option<String>,
}

impl Reach {
    /// The beginning of every link; `address` is where it really listens.
    #[must_use]
    pub fn origin(&self, address: SocketAddr) -> String {
        self.public_url
            .clone()
            .unwrap_or_else(|| format!("http://{address}"))
    }
}

/// The `key` commands.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Print a new key, alone, on standard output. It is shown this once. Of an endpoint for webhooks
    /// the address and, behind it, the secret that its sender signs with
    Create(Box<NewKey>),
}

/// What a new key shall be.
#[derive(Debug, Args)]
pub struct NewKey {
    /// What the key is good for
    #[arg(long, value_parser = parse_scope)]
    pub scope: Scope,
    /// The workspace it is for
    #[arg(long, default_value = "main")]
    pub workspace: String,
    /// Which program has it
    #[arg(long)]
    pub name: Option<String>,
    /// The only flow it reports of
    #[arg(long, value_parser = parse_key)]
    pub flow: Option<domain::Key>,
    /// The only integration it reports of
    #[arg(long, value_parser = parse_key)]
    pub integration: Option<domain::Key>,
    /// How many reports it may send a day (UTC); as many as come, where nothing is said
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    pub daily_quota: Option<i64>,
    /// As of serve: the secrets of webhooks are sealed with it
    #[arg(long, env = "IV_SECRETS_KEY_FILE", value_name = "PATH")]
    pub secrets_key_file: Option<PathBuf>,
    #[command(flatten)]
    pub reach: Reach,
    #[command(flatten)]
    pub database: Database,
}

/// The `workspace` commands.
#[derive(Debug, Subcommand)]
pub enum Workspace {
    /// Make a workspace, and somebody its admin; prints a link for those who have no password yet
    Create {
        /// Its short name in every address: small letters, digits and hyphens
        #[arg(value_parser = parse_workspace)]
        key: String,
        /// The e-mail address of its first admin
        #[arg(long, value_parser = domain::access::checked_email)]
        admin: String,
        #[command(flatten)]
        links: Links,
    },
}

/// The settings of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub reach: Reach,
    #[command(flatten)]
    pub database: Database,
    /// Let whoever reaches the server do everything, without signing in; on this machine only
    #[arg(long)]
    pub no_auth: bool,
    /// Connections at the same time; more take the place of those that only wait
    #[arg(long, env = "IV_MAX_CONNECTIONS", default_value_t = 1_024, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub max_connections: u32,
    /// Requests a second that each key may report with, and twice as many in a burst
    #[arg(long, env = "IV_INGEST_RATE", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub ingest_rate: u32,
    /// Megabytes (MiB) of reports that may be under way at the same time
    #[arg(long, env = "IV_INGEST_MEMORY", default_value_t = 256, value_parser = clap::value_parser!(u32).range(32..=65_536))]
    pub ingest_memory: u32,
    /// A proxy whose X-Forwarded-For is believed, as an address or a network; may be repeated
    #[arg(
        long = "trusted-proxy",
        env = "IV_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_name = "CIDR"
    )]
    pub trusted_proxies: Vec<Cidr>,
    #[command(flatten)]
    pub oidc: Oidc,
    /// A file with the keys that secrets of webhooks and originals are sealed with, one a line, the
    /// first one seals; without it no workspace can keep them
    #[arg(long, env = "IV_SECRETS_KEY_FILE", value_name = "PATH")]
    pub secrets_key_file: Option<PathBuf>,
    /// Fill the workspace with a sample of 100,000 runs, if it is empty
    #[arg(long)]
    pub demo: bool,
}

impl Serve {
    /// How many connections are taken, and how long each may dawdle.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits::of(self.max_connections as usize)
    }

    /// Whether and how people sign in.
    ///
    /// # Errors
    /// [`Wrong`] where the identity provider's settings cannot be used.
    pub fn entry(&self) -> Result<Entry, Wrong> {
        let settings = self
            .oidc
            .settings(self.reach.public_url.as_deref(), self.no_auth)?;
        if self.no_auth {
            return Ok(Entry::open());
        }
        let provider = settings.map(crate::oidc::Oidc::new).transpose();
        let mut entry = Entry::guarded(self.reach.listen.ip().is_loopback());
        entry.provider = provider.map_err(Wrong::certificates)?;
        entry.passwords = !self.oidc.no_passwords;
        Ok(entry)
    }

    /// What stands at the door.
    #[must_use]
    pub fn door(&self) -> Door {
        let reports = Allowed::per_second(self.ingest_rate, self.ingest_rate.saturating_mul(2));
        Door {
            proxies: Proxies::new(&self.trusted_proxies),
            budget: Budget::new(self.ingest_memory as usize * 1_024 * 1_024),
            reports: Arc::new(Rate::new(reports)),
            public_url: self.reach.public_url.clone(),
            ..Door::default()
        }
    }
}

/// Where the data is.
#[derive(Args, Clone)]
pub struct Database {
    /// sqlite:PATH or postgres://…; without it a SQLite file in the data folder
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The folder of the SQLite file, made if it is missing
    #[arg(long, env = "IV_DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,
}

impl Database {
    /// The address to open. Makes the data folder where it is needed, readable by its owner only.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn url(&self) -> std::io::Result<String> {
        if let Some(url) = &self.database_url {
            return Ok(url.clone());
        }
        if !self.data_dir.exists() {
            make_private(&self.data_dir)?;
        }
        Ok(format!(
            "sqlite:{}",
            self.data_dir.join("integration-view.db").display()
        ))
    }
}

#[cfg(unix)]
fn make_private(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(not(unix))]
fn make_private(path: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)
}

/// The address may hold a password.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field(
                "database_url",
                &self.database_url.as_ref().map(|_| "[redacted]"),
            )
            .field("data_dir", &self.data_dir)
            .finish()
    }
}

fn parse_url(text: &str) -> Result<String, String> {
    let text = text.trim().trim_end_matches('/');
    // Browsers leave the usual port out of what they say.
    let usual = match text.starts_with("https://") {
        true => ":443",
        false => ":80",
    };
    let text = text.strip_suffix(usual).unwrap_or(text);
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => {
            Ok(text.to_owned())
        }
        _ => Err("it is a scheme and a host, such as https://runs.example.com".to_owned()),
    }
}

fn parse_key(text: &str) -> Result<domain::Key, String> {
    domain::Key::new(text).map_err(|error| error.to_string())
}

/// A word of small letters, digits and hyphens, which no address of the program begins with.
fn parse_workspace(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let edge = text.starts_with('-') || text.ends_with('-');
    if text.is_empty() || text.len() > 40 || edge || !text.chars().all(plain) {
        return Err(
            "it has 1 to 40 small letters, digits and hyphens, no hyphen at its ends".to_owned(),
        );
    }
    match router::first_words().contains(text) {
        true => Err("addresses of the program itself begin with this word".to_owned()),
        false => Ok(text.to_owned()),
    }
}

fn parse_scope(text: &str) -> Result<Scope, String> {
    text.parse()
        .map_err(|error: domain::status::UnknownWord| error.to_string())
}
