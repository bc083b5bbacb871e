//! The program's commands beside `serve`, and what `serve` refuses.

use std::{path::Path, process::Output};

use crate::program::command;

fn run(arguments: &[&str], folder: &Path) -> Output {
    let mut command = command(arguments, folder);
    command.env_remove("IV_LISTEN").env_remove("IV_PUBLIC_URL");
    for part in ["ISSUER", "CLIENT_ID", "CLIENT_SECRET", "CLIENT_SECRET_FILE"] {
        command.env_remove(format!("IV_OIDC_{part}"));
    }
    command.output().expect("the program starts")
}

/// What it printed, where it ended well.
fn printed(arguments: &[&str], folder: &Path) -> String {
    let output = run(arguments, folder);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

/// Why it ended badly.
fn refused(arguments: &[&str], folder: &Path) -> String {
    let output = run(arguments, folder);
    assert!(!output.status.success(), "{arguments:?}");
    assert_eq!(output.stdout, b"");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn beyond_this_machine_nobody_is_let_in_without_signing_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let open = refused(&["serve", "--listen", "0.0.0.0:0", "--no-auth"], at);
    assert!(
        open.contains("--no-auth: it is for this machine only"),
        "{open}"
    );
    let unnamed = refused(&["serve", "--listen", "0.0.0.0:0"], at);
    assert!(unnamed.contains("without --public-url"), "{unnamed}");
    for url in [
        "runs.example.com",
        "ftp://runs.example.com",
        "https://",
        "https://a.test/path",
        "https://me@a.test",
    ] {
        let wrong = refused(&["serve", "--listen", "0.0.0.0:0", "--public-url", url], at);
        assert!(
            wrong.contains("it is a scheme and a host"),
            "{url}: {wrong}"
        );
    }
}

#[test]
fn half_an_identity_provider_stops_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let issuer = ["serve", "--oidc-issuer", "https://id.example.com"];
    let unnamed = refused(&issuer, at);
    assert!(
        unnamed.contains("--oidc-issuer needs --public-url"),
        "{unnamed}"
    );
    let url = ["--public-url", "https://runs.example.com"];
    let no_client = refused(&[&issuer[..], &url].concat(), at);
    assert!(no_client.contains("needs --oidc-client-id"), "{no_client}");
    let secret = at.join("secret");
    std::fs::write(&secret, "hush\n").expect("a file");
    let whole = ["--oidc-client-id", "iv", "--oidc-client-secret-file"];
    let whole = [&issuer[..], &url, &whole, &[secret.to_str().expect("text")]].concat();
    let elsewhere = [
        "--oidc-domain",
        "acme.test",
        "--oidc-role",
        "viewer",
        "--oidc-workspace",
        "nowhere",
    ];
    let elsewhere = refused(&[&whole[..], &elsewhere].concat(), at);
    assert!(
        elsewhere.contains("--oidc-workspace: there is no workspace `nowhere`"),
        "{elsewhere}"
    );
    let no_certificate = [
        &whole[..],
        &["--oidc-ca-file", secret.to_str().expect("text")],
    ]
    .concat();
    let no_certificate = refused(&no_certificate, at);
    assert!(
        no_certificate.contains("--oidc-ca-file: "),
        "{no_certificate}"
    );
}

#[test]
fn links_are_printed_for_those_who_run_the_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let url = ["--public-url", "https://runs.example.com"];
    let link = printed(&["setup-link", url[0], url[1]], at);
    assert!(
        link.starts_with("https://runs.example.com/setup/iv_setup_"),
        "{link}"
    );
    let plain = printed(&["setup-link"], at);
    assert!(
        plain.starts_with("http://127.0.0.1:3000/setup/iv_setup_"),
        "{plain}"
    );
    let nobody = refused(&["password-link", "nobody@acme.test"], at);
    assert!(
        nobody.contains("nobody has the e-mail address `nobody@acme.test`"),
        "{nobody}"
    );
}

#[test]
fn a_workspace_is_made_with_an_admin_and_its_keys_have_bounds() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let link = printed(
        &["workspace", "create", "acme", "--admin", "dana@acme.test"],
        at,
    );
    assert!(
        link.starts_with("http://127.0.0.1:3000/password/iv_password_"),
        "{link}"
    );
    let again = refused(
        &["workspace", "create", "acme", "--admin", "dana@acme.test"],
        at,
    );
    assert!(
        again.contains("there is a workspace `acme` already"),
        "{again}"
    );
    for key in [
        "Acme",
        "a/b",
        "a-",
        "shared",
        "sign-in",
        "api",
        "livez",
        "ping",
        "_",
        "ä",
        &"x".repeat(41),
    ] {
        let wrong = refused(
            &["workspace", "create", key, "--admin", "dana@acme.test"],
            at,
        );
        assert!(
            wrong.contains("small letters, digits and hyphens")
                || wrong.contains("begin with this word"),
            "{key}: {wrong}"
        );
    }
    let wrong = refused(&["workspace", "create", "b", "--admin", "dana"], at);
    assert!(wrong.contains("it looks like name@example.com"), "{wrong}");
    let key = printed(
        &[
            "key",
            "create",
            "--scope",
            "ingest",
            "--workspace",
            "acme",
            "--name",
            "cron",
            "--integration",
            "i",
            "--daily-quota",
            "5",
        ],
        at,
    );
    assert!(key.starts_with("iv_ingest_"), "{key}");
    let none = refused(
        &[
            "key",
            "create",
            "--scope",
            "ingest",
            "--workspace",
            "nowhere",
        ],
        at,
    );
    assert!(none.contains("there is no workspace `nowhere`"), "{none}");
    let read = refused(
        &["key", "create", "--scope", "read", "--integration", "i"],
        at,
    );
    assert!(
        read.contains("a key that reads, reads the workspace"),
        "{read}"
    );
    let wrong = refused(
        &["key", "create", "--scope", "ingest", "--daily-quota", "0"],
        at,
    );
    assert!(wrong.contains("--daily-quota"), "{wrong}");
    assert!(printed(&["audit", "verify"], at).starts_with("1 lines"));
}

#[tokio::test]
async fn the_record_is_checked_and_a_changed_line_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    assert!(printed(&["audit", "verify"], at).starts_with("0 lines"));
    let url = format!("sqlite:{}", at.join("integration-view.db").display());
    let store = store::Store::open(&url, 7).await.expect("a store");
    let now = crate::support::NOW;
    let workspace = store
        .ensure_workspace("main", now)
        .await
        .expect("a workspace")
        .id;
    let account = store
        .invite(
            workspace,
            "dana@acme.test",
            domain::access::Role::Admin,
            now,
        )
        .await;
    let account = account.expect("the store").expect("an account");
    let session = store::NewSession {
        secret: "s".into(),
        agent: String::new(),
        address: String::new(),
    };
    store
        .change_password(account.id, "phc".into(), session, now)
        .await
        .expect("a password");
    store.close().await;
    let link = printed(&["password-link", "Dana@acme.test"], at);
    assert!(
        link.starts_with("http://127.0.0.1:3000/password/iv_password_"),
        "{link}"
    );
    assert!(refused(&["setup-link"], at).contains("somebody can sign in already"));
    let checked = printed(&["audit", "verify"], at);
    assert!(
        checked.starts_with("1 lines, none changed or taken out"),
        "{checked}"
    );

    // Past the program, in the file itself.
    let file = at.join("integration-view.db");
    let mut bytes = std::fs::read(&file).expect("the file");
    let told = b"command line";
    let place = bytes.windows(told.len()).position(|part| part == told);
    bytes[place.expect("the line")] = b'C';
    std::fs::write(&file, bytes).expect("a lie");
    let found = refused(&["audit", "verify"], at);
    assert!(
        found.contains("line 1 of the record: it was changed"),
        "{found}"
    );
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_may_read_or_that_holds_no_key_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let fresh = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_integration-view"));
        let output = command.arg("secrets-key").output();
        String::from_utf8(output.expect("the program starts").stdout).expect("text")
    };
    let key = fresh();
    assert!(key.trim_end().len() == 44 && key != fresh(), "{key}");
    let file = at.join("secrets.key");
    let path = file.to_str().expect("a path");
    let start = |text: &str, mode: u32| {
        std::fs::write(&file, text).expect("the file");
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&file, mode).expect("its mode");
        // It would go on to a port that is none: the keys come first.
        let listen = ["--listen", "192.0.2.1:1", "--public-url", "https://a.test"];
        let arguments = [&["serve", "--secrets-key-file", path], &listen[..]].concat();
        refused(&arguments, at)
    };
    for mode in [0o644, 0o604, 0o660, 0o777] {
        let error = start(&key, mode);
        assert!(
            error.contains("others than its owner may read or change it"),
            "{mode:o}: {error}"
        );
    }
    let error = start("hunter2hunter2", 0o600);
    assert!(
        error.contains("line 1 is no key") && !error.contains("hunter2"),
        "{error}"
    );
    assert!(start("\n# later\n", 0o600).contains("it holds no key"));
    for mode in [0o600, 0o400, 0o440] {
        let error = start(&key, mode);
        assert!(
            error.contains("cannot listen on 192.0.2.1:1"),
            "{mode:o}: {error}"
        );
        assert!(!error.contains(key.trim()));
    }
    let missing = refused(&["serve", "--secrets-key-file", "nowhere.key"], at);
    assert!(
        missing.contains("cannot use the key file nowhere.key"),
        "{missing}"
    );
}
