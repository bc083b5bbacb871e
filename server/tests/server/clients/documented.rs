//! What the documentation says to paste into programs with OpenTelemetry: interpreted blocks run as
//! they stand, compiled ones inside the smallest program around them.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener},
    process::Command,
};

use domain::Status;

use super::{Told, export, installed};
use crate::snippets::{DEVELOPING, block};

const BODY: &str = r#"{"contacts": 2}"#;

/// What the programs call: it answers one request.
fn partner() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut lines = BufReader::new(&stream).lines();
        while lines
            .next()
            .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
        {}
        let length = BODY.len();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{BODY}"
        )
    });
    address
}

/// The block, which calls the partner.
fn documented(section: &str, language: &str) -> String {
    let text = block(DEVELOPING, section, language);
    assert!(text.contains("https://crm.example/"), "{text}");
    text.replace("https://crm.example", &format!("http://{}", partner()))
}

/// A run of the integration that all blocks name, with its call; answers what came back.
fn check(told: &Told, root: &str, app: &str, call: &str) -> Option<Vec<u8>> {
    check_run(told, root, app);
    assert_eq!(told.run.steps, 2);
    let (root, _) = told.step(root);
    let (step, payload) = told.inside(root);
    assert_eq!((step.status, step.network_code), (Status::Ok, Some(200)));
    let request = payload.request.as_ref().expect("a request");
    let url = request.url.as_deref().expect("a URL");
    assert!(url.ends_with(call), "{url}");
    let response = payload.response.as_ref().expect("a response");
    response.body.as_ref().map(|body| body.bytes.clone())
}

fn check_run(told: &Told, root: &str, app: &str) {
    let run = &told.run;
    assert_eq!(told.integration.key.as_str(), "int_8f31a2");
    assert_eq!(
        (
            run.status,
            run.trigger_name.as_deref(),
            run.trigger_app.as_deref()
        ),
        (Status::Ok, Some(root), Some(app))
    );
    assert!(run.finished_at.is_some());
    assert_eq!(told.integration.user_id.as_deref(), Some("u_1"));
}

#[test]
#[ignore = "it needs the SDK for Python: cargo xtask test --only clients"]
fn what_the_documentation_says_in_python_exports_a_run_with_its_call() {
    let mut python = Command::new(installed("python/venv/bin/python"));
    python.arg("-c").arg(documented("Python", "python"));
    let told = export(&python);
    assert_eq!(told.flow, "contacts");
    let body = check(&told, "sync contacts", "contact-sync", "/contacts");
    assert_eq!(body.as_deref(), Some(BODY.as_bytes()));
}

#[test]
#[ignore = "it needs the SDK for Node: cargo xtask test --only clients"]
fn what_the_documentation_says_in_javascript_exports_a_run_with_its_call() {
    let mut node = Command::new("node");
    node.args(["--input-type=module", "--eval"]);
    node.arg(documented("JavaScript", "js"));
    let told = export(node.current_dir(installed("node")));
    assert_eq!(told.flow, "orders");
    check(&told, "export orders", "order-export", "/orders");
}

#[test]
#[ignore = "it needs the modules for Go: cargo xtask test --only clients"]
fn what_the_documentation_says_in_go_exports_a_run_with_its_call() {
    let mut client = Command::new(installed("go/client"));
    let told = export(client.arg(format!("http://{}/stock", partner())));
    assert_eq!(told.flow, "stock");
    check(&told, "sync stock", "stock-sync", "/stock");
}

#[test]
#[ignore = "it needs the crates for Rust: cargo xtask test --only clients"]
fn what_the_documentation_says_in_rust_exports_a_run() {
    let told = export(&Command::new(installed("rust/debug/client")));
    check_run(&told, "import leads", "lead-import");
    assert_eq!(told.run.steps, 1);
}

#[test]
fn the_clients_that_are_compiled_say_what_the_documentation_says() {
    let rust = concat!(
        include_str!("../../clients/rust/Cargo.toml"),
        include_str!("../../clients/rust/src/main.rs")
    );
    let go = include_str!("../../clients/go/main.go");
    for (section, language, client) in [
        ("Rust", "toml", rust),
        ("Rust", "rust", rust),
        ("Go", "go", go),
    ] {
        let text = block(DEVELOPING, section, language);
        // The test names another address.
        let text = text.replace(r#""https://crm.example/stock""#, "os.Args[1]");
        let mut rest = client;
        for line in text.lines().map(str::trim) {
            if line.starts_with("//") {
                continue;
            }
            let found = rest.split_once(line);
            rest = found.unwrap_or_else(|| panic!("{section}: {line}")).1;
        }
    }
}

#[test]
fn the_packages_of_the_documentation_are_those_that_the_clients_have() {
    let python = include_str!("../../clients/python/requirements.txt");
    let node = include_str!("../../clients/node/package.json");
    for (section, install, has, before, after) in [
        ("Python", "pip install ", python, "\n", "=="),
        ("JavaScript", "npm install ", node, "\"", "\":"),
    ] {
        let text = block(DEVELOPING, section, "sh").replace("\\\n", "");
        let names = text.strip_prefix(install).expect(install);
        for name in names.split_whitespace() {
            let pinned = format!("{before}{name}{after}");
            assert!(has.contains(&pinned), "{section}: {name}");
        }
    }
}
