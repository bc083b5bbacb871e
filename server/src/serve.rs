//! Starting and stopping.

use std::{io::Write as _, net::SocketAddr, path::Path, time::Duration};

use domain::{
    access::{Scope, Token},
    filter::FlowFilter,
};
use store::{KeyAsked, Keys, Store, StoreError};
use tokio::net::TcpListener;

use crate::{
    accept, bulk,
    clock::{self, Clock},
    commands,
    config::{Audit, Command, Database, Key, Links, Serve, Workspace, Wrong},
    keyfile,
    router::router,
    sample,
    state::AppState,
};

/// The workspace of a new installation.
const WORKSPACE: &str = "main";

/// How long a link is good that is printed.
pub(crate) const LINK_MS: i64 = 60 * 60 * 1_000;

/// How long requests in flight may take once the server was asked to stop.
const DRAIN: Duration = Duration::from_secs(8);

/// Open files beside connections: databases, logs, the system's own.
const OTHER_FILES: u64 = 256;

/// Why the program ends with an error: a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(
        "cannot listen on {0} with --no-auth: it is for this machine only; use 127.0.0.1 or [::1]"
    )]
    OpenToAll(SocketAddr),
    #[error(
        "cannot listen on {0} without --public-url: say under which address people reach this server, such as https://runs.example.com"
    )]
    NoPublicUrl(SocketAddr),
    #[error(
        "somebody can sign in already; integration-view password-link EMAIL lets them set another password"
    )]
    SetUp,
    #[error("nobody has the e-mail address `{0}`")]
    NoAccount(String),
    #[error("line {0} of the record: {1}")]
    Record(i64, &'static str),
    #[error(
        "cannot listen on {0}: {1}; another program may use the port, choose one with --listen"
    )]
    Listen(SocketAddr, std::io::Error),
    #[error("cannot use the data folder: {0}; choose one with --data-dir")]
    DataDir(std::io::Error),
    #[error("cannot use the key file {0}: {1}")]
    KeyFile(std::path::PathBuf, String),
    #[error("cannot open the database: {0}")]
    Store(#[from] StoreError),
    #[error("there is no workspace `{0}`")]
    NoWorkspace(String),
    #[error(
        "--flow, --integration and --daily-quota are of keys that report; a key that reads, reads the workspace"
    )]
    ReadsAll,
    #[error("a key of the scope webhook is of one integration: --integration")]
    OfOneIntegration,
    #[error(
        "the secret of a webhook is sealed: say --secrets-key-file, the one that the server has; integration-view secrets-key prints a key for it"
    )]
    NoSecretsKey,
    #[error("there is a workspace `{0}` already")]
    WorkspaceExists(String),
    #[error("the workspace was made, and has no admin: somebody else is making it too")]
    NoAdmin,
    #[error("--oidc-workspace: there is no workspace `{0}`")]
    NoWorkspaceToJoin(String),
    #[error("{0}")]
    Oidc(#[from] Wrong),
    #[error("the operating system has no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Does what the command line says.
///
/// # Errors
/// A [`Failure`] to print.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(settings) => serve(*settings).await,
        Command::Key(Key::Create(asked)) => commands::key(*asked).await,
        Command::Workspace(Workspace::Create { key, admin, links }) => {
            commands::workspace(&key, &admin, &links).await
        }
        Command::SetupLink(Links { reach, database }) => {
            let store = open(&database).await?;
            if store.has_people().await? {
                return Err(Failure::SetUp);
            }
            let path = setup_link(&store).await?;
            store.close().await;
            writeln!(std::io::stdout(), "{}{path}", reach.origin(reach.listen))?;
            Ok(())
        }
        Command::PasswordLink { email, links } => commands::password_link(email, &links).await,
        Command::ForgetIdentity { email, database } => {
            commands::forget_identity(email, &database).await
        }
        Command::SecretsKey => {
            let key = Keys::line(clock::random()?);
            writeln!(std::io::stdout(), "{key}")?;
            Ok(())
        }
        Command::Audit(Audit::Verify { database }) => {
            let store = open(&database).await?;
            let checked = store.check_audit().await?;
            store.close().await;
            if let Some((position, fault)) = checked.fault {
                return Err(Failure::Record(position, fault));
            }
            let (lines, newest) = (checked.lines, checked.newest);
            writeln!(
                std::io::stdout(),
                "{lines} lines, none changed or taken out; the newest is {newest}"
            )?;
            Ok(())
        }
    }
}

/// Makes a link for the first admin; earlier ones end.
async fn setup_link(store: &Store) -> Result<String, Failure> {
    let secret = Token::Setup.secret(clock::random()?);
    let now = Clock::System.now();
    store
        .create_ticket(None, &secret, now.plus_ms(LINK_MS), now)
        .await?;
    Ok(app::route::setup(&secret))
}

pub(crate) async fn open(database: &Database) -> Result<Store, Failure> {
    let url = database.url().map_err(Failure::DataDir)?;
    let store = Store::open(&url, u16::from_le_bytes(clock::random()?)).await?;
    store
        .ensure_workspace(WORKSPACE, Clock::System.now())
        .await?;
    Ok(store)
}

/// What secrets are sealed with, where there is a file that says it.
pub(crate) fn secrets_keys(path: Option<&Path>) -> Result<Option<Keys>, Failure> {
    let read = |path: &Path| {
        let keys = keyfile::read(path);
        keys.map_err(|why| Failure::KeyFile(path.to_owned(), why))
    };
    path.map(read).transpose()
}

async fn serve(settings: Serve) -> Result<(), Failure> {
    let listen = settings.reach.listen;
    if !listen.ip().is_loopback() {
        if settings.no_auth {
            return Err(Failure::OpenToAll(listen));
        }
        if settings.reach.public_url.is_none() {
            return Err(Failure::NoPublicUrl(listen));
        }
    }
    let entry = settings.entry()?;
    let secrets_keys = secrets_keys(settings.secrets_key_file.as_deref())?;
    let store = open(&settings.database).await?;
    if let Some(workspace) = entry.provider.as_ref().and_then(|one| one.joined()) {
        let found = store.workspace(workspace).await?;
        found.ok_or_else(|| Failure::NoWorkspaceToJoin(workspace.to_owned()))?;
    }
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|e| Failure::Listen(listen, e))?;
    let address = listener.local_addr()?;
    let origin = settings.reach.origin(address);

    let workspace = store
        .ensure_workspace(WORKSPACE, Clock::System.now())
        .await?;
    let empty = store
        .list_flows(workspace.id, &FlowFilter::default())
        .await?
        .total
        .is_zero();
    let first_key = match empty {
        true => Some(
            commands::create_key(&store, workspace.id, Scope::Ingest, KeyAsked::default()).await?,
        ),
        false => None,
    };
    let mut state = AppState::new(store.clone(), Clock::System, origin.clone(), first_key);
    state.door = settings.door();
    state.entry = entry;
    state.secrets_keys = secrets_keys;
    let live = state.live.clone();
    if settings.demo && empty {
        sample::start(&state, workspace.id);
    }
    let working = tokio::spawn(bulk::work(store.clone(), state.clock, state.bulk.clone()));
    let mut said = format!("listening on {origin}\n");
    if !settings.no_auth && !store.has_people().await? {
        let path = setup_link(&store).await?;
        let link = format!("open {origin}{path} to begin; it works once and for an hour\n");
        said.push_str(&link);
    }
    // At once: whoever reads the first line only may be gone before a second one.
    std::io::stdout().write_all(said.as_bytes())?;
    std::io::stdout().flush()?;

    let (stop, stopped) = tokio::sync::watch::channel(false);
    let (limits, proxies) = (settings.limits(), state.door.proxies.clone());
    raise_open_files(limits.connections);
    let running = tokio::spawn(accept::serve(
        listener,
        router(state),
        limits,
        proxies,
        stopped,
    ));
    signalled().await;
    let _ = stop.send(true);
    // Pages that listen would keep their connections for ever.
    live.stop();
    tracing::info!("stopping: finishing what is under way");
    // A client that never finishes its request must not keep the server from ending.
    tokio::select! {
        _ = running => {}
        () = tokio::time::sleep(DRAIN) => {}
        () = signalled() => {}
    }
    // Between two parts: what it had begun goes on at the next start.
    working.abort();
    store.close().await;
    Ok(())
}

/// Asks the system for as many open files as connections and databases may need. Many systems give
/// a program 1,024 and more on request.
#[cfg(unix)]
fn raise_open_files(connections: usize) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = connections as u64 + OTHER_FILES;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= wanted) {
        return;
    }
    let current = Some(maximum.map_or(wanted, |maximum| wanted.min(maximum)));
    let raised = setrlimit(Resource::Nofile, Rlimit { current, maximum });
    if raised.is_err() || current < Some(wanted) {
        tracing::warn!(
            connections,
            "the system allows fewer open files than there may be connections; raise `ulimit -n`"
        );
    }
}

#[cfg(not(unix))]
fn raise_open_files(_: usize) {}

/// Waits for Ctrl-C or SIGTERM.
async fn signalled() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
