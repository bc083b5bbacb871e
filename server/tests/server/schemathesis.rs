//! The contract tried by Schemathesis: requests made of its schemas, valid ones and broken ones,
//! against the real program (I9).
//!
//! `cargo xtask test --only contract` installs it and runs this. `IV_SCHEMATHESIS` is the number of
//! requests that it may make up for each operation; with it every run makes up others.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::{
    clients::installed,
    program::{command, made_key, serve_with},
};

/// Requests for each operation of an ordinary run.
const EXAMPLES: &str = "100";

#[expect(clippy::disallowed_methods, reason = "a nightly run asks for more")]
fn asked() -> Option<String> {
    std::env::var("IV_SCHEMATHESIS").ok()
}

/// Its configuration, and the addresses of pings and webhooks whose keys there are. Answers what
/// events are signed with.
fn prepare(folder: &Path, data: &Path, sealing: &str) -> String {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/schemathesis");
    for file in ["schemathesis.toml", "hooks.py"] {
        fs::copy(ours.join(file), folder.join(file)).expect("a copy");
    }
    let all = format!("{}/nightly", made_key(data, &["--scope", "ping"]));
    let one = made_key(data, &["--scope", "ping", "--integration", "nightly"]);
    let signals = ["", "/start", "/fail", "/log", "/3"];
    let pings = signals.map(|signal| format!("\"{all}{signal}\"\n\"{one}{signal}\"\n"));
    fs::write(folder.join("pings.txt"), pings.concat()).expect("written");

    let asked = [
        "key",
        "create",
        "--scope",
        "webhook",
        "--integration",
        "nightly",
    ];
    let asked = [&asked[..], &["--secrets-key-file", sealing]].concat();
    let made = command(&asked, data).output().expect("the program starts");
    let made = String::from_utf8(made.stdout).expect("text");
    let mut made = made.split_whitespace();
    let (address, secret) = made
        .next()
        .zip(made.next())
        .expect("an address and a secret");
    let endpoint = address.rsplit('/').next().expect("an address");
    let endpoints = format!("\"{endpoint}\"\n");
    fs::write(folder.join("endpoints.txt"), endpoints).expect("written");
    secret.to_owned()
}

fn run(folder: &Path, address: &str, keys: &[(&str, String)], phases: &str) -> Child {
    let mut schemathesis = Command::new(installed("python/venv/bin/st"));
    let (examples, seed) = match asked() {
        Some(examples) => (examples, None),
        None => (EXAMPLES.to_owned(), Some("20261127")),
    };
    schemathesis
        .args([
            "--no-color",
            "run",
            &format!("http://{address}/api/openapi.json"),
        ])
        .args(["--max-examples", &examples, "--phases", phases])
        .args(seed.map(|seed| format!("--seed={seed}")))
        .envs(keys.iter().map(|(name, key)| (*name, key)))
        .current_dir(folder)
        .stdout(fs::File::create(folder.join(phases)).expect("a file"))
        .stderr(Stdio::inherit())
        .spawn()
        .expect("cargo xtask test --only contract installs it")
}

#[test]
#[ignore = "it needs Schemathesis: cargo xtask test --only contract"]
fn whatever_is_made_of_the_contract_is_answered_as_the_contract_says() {
    let (data, folder) = (tempfile::tempdir(), tempfile::tempdir());
    let (data, folder) = (data.expect("a folder"), folder.expect("a folder"));
    let sealing = folder.path().join("sealing");
    fs::write(&sealing, "07".repeat(32)).expect("written");
    fs::set_permissions(&sealing, fs::Permissions::from_mode(0o600)).expect("closed");
    let sealing = sealing.to_str().expect("text");
    let settings = ["--ingest-rate", "1000000", "--secrets-key-file", sealing];
    let mut program = serve_with(data.path(), &settings);
    let secret = prepare(folder.path(), data.path(), sealing);
    let keys = [
        ("IV_WEBHOOK_SECRET", secret),
        (
            "IV_INGEST_KEY",
            made_key(data.path(), &["--scope", "ingest"]),
        ),
        ("IV_READ_KEY", made_key(data.path(), &["--scope", "read"])),
    ];
    let address = program.address.to_string();
    // Two at once, of a thread each: a core for one, and its threads would share that.
    let running = ["examples,coverage", "fuzzing,stateful"]
        .map(|phases| (phases, run(folder.path(), &address, &keys, phases)));
    let ended = running.map(|(phases, mut child)| (phases, child.wait().expect("it ends")));
    program.child.kill().expect("killed");
    program.child.wait().expect("gone");
    for (phases, status) in ended {
        let said = fs::read_to_string(folder.path().join(phases)).expect("what it said");
        println!("{said}");
        assert!(status.success(), "{phases}: {status}");
    }
    assert_eq!(
        worked(folder.path()),
        operations(),
        "each has done its work once"
    );
}

/// The operations that were answered 2xx, by what the hooks wrote down.
fn worked(folder: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).expect("the folder").flatten();
    let files = files.filter(|file| file.file_name().to_string_lossy().starts_with("answered-"));
    let answers = files.flat_map(|file| {
        let text = fs::read_to_string(file.path()).expect("a file");
        serde_json::from_str::<BTreeMap<String, BTreeSet<u16>>>(&text).expect("JSON")
    });
    let worked = answers.filter(|(_, statuses)| statuses.iter().any(|s| (200..300).contains(s)));
    worked.map(|(operation, _)| operation).collect()
}

fn operations() -> BTreeSet<String> {
    let contract: Value = serde_json::from_str(server::api::OPENAPI).expect("JSON");
    let paths = contract["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods").keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    all.collect()
}
