//! Endpoints for webhooks on the page of the keys and on the command line.

use axum::http::StatusCode;
use domain::{
    access::{Role, Scope},
    webhook::Secret,
};
use store::Keys;

use crate::{
    browser::{Browser, colleague, first_admin, guarded},
    program,
    support::Server,
};

const GIVEN: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn keys() -> Keys {
    Keys::parse(&Keys::line([1; 32])).expect("a key")
}

async fn ready() -> (Server, Browser) {
    let mut server = guarded().await;
    server.state.secrets_keys = Some(keys());
    server.rebuild();
    let admin = first_admin(&server).await;
    (server, admin)
}

/// The living secrets of the newest key, and its address.
async fn living(server: &Server) -> (String, Vec<String>) {
    let (store, id) = (&server.state.store, server.workspace);
    let key = store.api_keys(id).await.expect("keys").remove(0);
    assert_eq!(key.scope, Scope::Webhook);
    let boxes = store.webhook_secrets(id, key.id, server.state.clock.now());
    let boxes = boxes.await.expect("secrets");
    let secrets = boxes
        .iter()
        .map(|shut| keys().open_secret((id, &key.prefix), shut));
    let secrets = secrets.map(|secret: Result<Secret, _>| secret.expect("it opens").text());
    (format!("/hooks/{}", key.prefix), secrets.collect())
}

const FORM: [(&str, &str); 3] = [
    ("name", "Shop"),
    ("scope", "webhook"),
    ("integration", "orders"),
];

#[tokio::test]
async fn an_endpoint_is_made_and_its_secret_shown_once_and_changed() {
    let (server, mut admin) = ready().await;
    let made = admin.post(&server, "/main/keys", &FORM).await.text();
    let (address, secrets) = living(&server).await;
    assert!(
        made.contains(&secrets[0]) && made.contains(&address),
        "{made}"
    );
    let page = admin.get(&server, "/main/keys").await.text();
    assert!(page.contains(&address) && !page.contains("whsec_M") && !page.contains(&secrets[0]));
    let id = server.newest_key().await;
    let another = app::route::webhook_secret("main", id);
    assert!(page.contains(&another), "{page}");
    let page = admin.get(&server, &another).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains(&address));

    let changed = admin
        .post(&server, &another, &[("secret", "")])
        .await
        .text();
    let (_, both) = living(&server).await;
    assert_eq!((both.len(), &both[1]), (2, &secrets[0]));
    assert!(
        changed.contains(&both[0]) && !changed.contains(&both[1]),
        "{changed}"
    );
    // One that the sender gave is kept and not shown.
    let changed = admin
        .post(&server, &another, &[("secret", GIVEN)])
        .await
        .text();
    assert_eq!(living(&server).await.1, [GIVEN.to_owned(), both[0].clone()]);
    assert!(
        changed.contains(&address) && !changed.contains(GIVEN),
        "{changed}"
    );
    let refused = admin
        .post(&server, &another, &[("secret", "whsec_no")])
        .await
        .text();
    assert!(
        refused.contains("24 to 64 bytes") && !refused.contains("whsec_no"),
        "{refused}"
    );
    assert_eq!(living(&server).await.1.len(), 2);

    let lines = server
        .state
        .store
        .audit_before(server.workspace, None, 9)
        .await;
    let lines = lines.expect("lines");
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.action.as_str(), line.target.as_str()))
        .collect();
    let about = "webhook key `Shop`, integration `orders`";
    assert_eq!(
        told[..3],
        [
            ("key.secret", about),
            ("key.secret", about),
            ("key.create", about)
        ]
    );
    assert!(!format!("{lines:?}").contains("whsec_"));

    admin
        .post(&server, &app::route::revoke_key("main", id), &[])
        .await;
    assert_eq!(living(&server).await.1, Vec::<String>::new());
    assert_eq!(
        admin.get(&server, &another).await.status,
        StatusCode::NOT_FOUND
    );
    let answer = admin.post(&server, &another, &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_makes_no_endpoint_is_said_and_nothing_is_made() {
    let (mut server, mut admin) = ready().await;
    for (form, said) in [
        (
            vec![("name", "n"), ("scope", "webhook")],
            "say whose runs the events become",
        ),
        (
            [FORM.as_slice(), &[("secret", "hunter2")]].concat(),
            "24 to 64 bytes",
        ),
        (
            vec![("name", "n"), ("scope", "ingest"), ("secret", GIVEN)],
            "it is of keys that receive webhooks",
        ),
    ] {
        let page = admin.post(&server, "/main/keys", &form).await.text();
        assert!(page.contains(said), "{said}: {page}");
        assert!(!page.contains("hunter2") && !page.contains(GIVEN));
    }
    server.state.secrets_keys = None;
    server.rebuild();
    let page = admin.post(&server, "/main/keys", &FORM).await.text();
    assert!(page.contains("--secrets-key-file"), "{page}");
    let all = server
        .state
        .store
        .api_keys(server.workspace)
        .await
        .expect("keys");
    assert!(all.iter().all(|key| key.scope != Scope::Webhook));
}

#[tokio::test]
async fn only_admins_change_a_secret() {
    let (server, mut admin) = ready().await;
    admin.post(&server, "/main/keys", &FORM).await;
    let id = server.newest_key().await;
    let before = living(&server).await;
    let mut operator = colleague(&server, &mut admin, Role::Operator).await;
    let path = app::route::webhook_secret("main", id);
    assert_eq!(
        operator.get(&server, &path).await.status,
        StatusCode::FORBIDDEN
    );
    let answer = operator.post(&server, &path, &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(living(&server).await, before);
}

#[test]
fn an_endpoint_is_made_by_a_command_with_the_key_that_the_server_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let create = |more: &[&str]| {
        let arguments = [&["key", "create", "--scope", "webhook"], more].concat();
        let output = program::command(&arguments, folder.path())
            .output()
            .expect("it starts");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (
            output.status.success(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let (done, _, error) = create(&[]);
    assert!(!done && error.contains("--integration"), "{error}");
    let (done, _, error) = create(&["--integration", "orders"]);
    assert!(!done && error.contains("--secrets-key-file"), "{error}");
    let file = folder.path().join("keys");
    std::fs::write(&file, Keys::line([1; 32])).expect("a file");
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("closed");
    let path = file.to_str().expect("text");
    let more = [
        "--integration",
        "orders",
        "--secrets-key-file",
        path,
        "--public-url",
        "https://runs.example.com",
    ];
    let (done, told, error) = create(&more);
    assert!(done, "{error}");
    let (address, secret) = told.trim().split_once(' ').expect("two words");
    let endpoint = address.strip_prefix("https://runs.example.com/hooks/");
    assert!(endpoint.is_some_and(domain::access::is_uuid), "{address}");
    assert!(Secret::parse(secret).is_ok(), "{told}");
}
