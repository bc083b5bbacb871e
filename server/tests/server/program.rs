//! The real program, on a free port.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

/// It, running, and where it listens. Whoever started it ends it; a test that fails before it does
/// leaves none behind.
pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The program with these arguments, on data of its own and with no setting of whoever tests.
pub(crate) fn command(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_integration-view"));
    command.args(arguments).arg("--data-dir").arg(folder);
    command
        .env_remove("DATABASE_URL")
        .env_remove("IV_SECRETS_KEY_FILE");
    command
}

/// Starts to serve, without sign-in, on a port that is free.
pub(crate) fn serve(folder: &Path) -> Program {
    serve_with(folder, &[])
}

/// The same, with more to say; `--listen` among it too.
pub(crate) fn serve_with(folder: &Path, more: &[&str]) -> Program {
    let mut arguments = vec!["serve", "--no-auth"];
    if !more.contains(&"--listen") {
        arguments.extend(["--listen", "127.0.0.1:0"]);
    }
    arguments.extend(more);
    started(command(&arguments, folder))
}

/// Starts what serves, and waits until it does.
pub(crate) fn started(mut command: Command) -> Program {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output"))
        .read_line(&mut line)
        .expect("a line");
    let address = line.trim().strip_prefix("listening on http://");
    let address = address.and_then(|address| address.parse().ok());
    Program {
        child,
        address: address.unwrap_or_else(|| panic!("{line:?}")),
    }
}

/// A new key that reports, as the program prints it.
pub(crate) fn key(folder: &Path) -> String {
    made_key(folder, &["--scope", "ingest"])
}

/// A new key as it was asked for.
pub(crate) fn made_key(folder: &Path, asked: &[&str]) -> String {
    let output = command(&[&["key", "create"], asked].concat(), folder).output();
    let output = output.expect("the program starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let key = String::from_utf8(output.stdout).expect("text");
    assert_eq!(key.lines().count(), 1, "the key stands alone");
    key.trim().to_owned()
}

/// `iv` lies beside the server; it is built where a test of the server alone did not do that.
pub(crate) fn iv() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let path = Path::new(env!("CARGO_BIN_EXE_integration-view")).with_file_name("iv");
        if !path.exists() {
            let mut cargo = Command::new(env!("CARGO"));
            let built = cargo
                .args(["build", "--locked", "--quiet", "--package", "iv"])
                .status();
            assert!(built.is_ok_and(|built| built.success()), "iv builds");
        }
        path
    })
}

/// What a shell reads first, so that it finds the programs as if they were installed and their data
/// is in this folder.
pub(crate) fn installed(folder: &Path) -> String {
    let programs = Path::new(env!("CARGO_BIN_EXE_integration-view")).parent();
    format!(
        "PATH='{}':\"$PATH\"\nunset DATABASE_URL IV_SECRETS_KEY_FILE IV_PUBLIC_URL\nexport IV_DATA_DIR='{}'\n",
        programs.expect("a folder").display(),
        folder.display(),
    )
}
