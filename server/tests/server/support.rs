//! A server to test: its router on a database of its own, and the keys of two people.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::{
    ApiKeyId, LogEntry, RunId, Timestamp, WorkspaceId,
    access::Scope,
    filter::{LogFilter, LogPlace},
};
use http_body_util::BodyExt as _;
use serde_json::Value;
use server::{clock::Clock, entry::Entry, router::router, state::AppState};
use store::Store;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// 12 Nov 2026 09:14:03.250 UTC, for ever.
pub(crate) const NOW: Timestamp = Timestamp::from_ms(1_794_474_843_250);

/// A server, its parts and its keys.
pub(crate) struct Server {
    pub(crate) state: AppState,
    pub(crate) workspace: WorkspaceId,
    /// The owner's key to report with.
    pub(crate) ingest: String,
    /// The owner's key to read with.
    pub(crate) read: String,
    router: Router,
    folder: TempDir,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The stable word of a problem.
    pub(crate) fn code(&self) -> String {
        assert_eq!(
            self.headers[header::CONTENT_TYPE],
            "application/problem+json",
            "{}",
            self.text()
        );
        self.json()["code"].as_str().expect("a code").to_owned()
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A server of which `change` sets what is not as usual.
    pub(crate) async fn with(change: impl FnOnce(&mut AppState)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(
            &format!("sqlite:{}", folder.path().join("test.db").display()),
            7,
        )
        .await
        .expect("a store");
        let workspace = store
            .ensure_workspace("main", NOW)
            .await
            .expect("a workspace")
            .id;
        let (ingest, read) = (Scope::Ingest.secret([1; 32]), Scope::Read.secret([2; 32]));
        store
            .create_api_key(
                workspace,
                Scope::Ingest,
                store::KeyAsked::default(),
                &ingest,
                NOW,
            )
            .await
            .expect("a key");
        store
            .create_api_key(
                workspace,
                Scope::Read,
                store::KeyAsked::default(),
                &read,
                NOW,
            )
            .await
            .expect("a key");
        let mut state = AppState::new(
            store,
            Clock::Fixed(NOW),
            "http://127.0.0.1:3000".to_owned(),
            Some(ingest.clone()),
        );
        state.entry = Entry::open();
        change(&mut state);
        Self {
            router: router(state.clone()),
            state,
            workspace,
            ingest,
            read,
            folder,
        }
    }

    /// The same server after its state was changed, as after another start.
    pub(crate) fn rebuild(&mut self) {
        self.router = router(self.state.clone());
    }

    /// The newest key of the owner's workspace.
    pub(crate) async fn newest_key(&self) -> ApiKeyId {
        let keys = self.state.store.api_keys(self.workspace).await;
        keys.expect("keys")[0].id
    }

    /// The run of this key, which was reported.
    pub(crate) async fn run_id(&self, key: &str) -> domain::RunId {
        let run = self.state.store.run(self.workspace, key).await;
        run.expect("the store").expect("a run").id
    }

    /// Where its database is.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The answer while its body may still be coming.
    pub(crate) async fn open(&self, request: Request<Body>) -> axum::response::Response {
        let answer = self.router.clone().oneshot(request);
        answer.await.expect("infallible")
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.open(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(
            request(Method::GET, path)
                .body(Body::empty())
                .expect("a request"),
        )
        .await
    }

    /// Reads as the owner's program.
    pub(crate) async fn read(&self, path: &str) -> Answer {
        let request = request(Method::GET, path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.read));
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    /// Reports one thing as the owner's program.
    pub(crate) async fn put(&self, path: &str, json: &Value) -> Answer {
        let request = self
            .authorized(Method::PUT, path)
            .header(header::CONTENT_TYPE, "application/json");
        self.send(
            request
                .body(Body::from(json.to_string()))
                .expect("a request"),
        )
        .await
    }

    /// Reports a batch as the owner's program.
    pub(crate) async fn batch(&self, items: &[Value]) -> Answer {
        let request = self
            .authorized(Method::POST, "/api/v1/batch")
            .header(header::CONTENT_TYPE, "application/json");
        let body = Value::Array(items.to_vec()).to_string();
        self.send(request.body(Body::from(body)).expect("a request"))
            .await
    }

    pub(crate) fn authorized(&self, method: Method, path: &str) -> axum::http::request::Builder {
        request(method, path).header(header::AUTHORIZATION, format!("Bearer {}", self.ingest))
    }
}

pub(crate) fn request(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "127.0.0.1:3000")
}

/// Sends a form as a page of this site.
pub(crate) async fn send(server: &Server, path: &str, form: &[(&str, &str)]) -> Answer {
    let request = request(Method::POST, path)
        .header(header::ORIGIN, "http://127.0.0.1:3000")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = serde_urlencoded::to_string(form).expect("a form");
    let request = request.body(Body::from(body)).expect("a request");
    server.send(request).await
}

/// Where an answer leads.
pub(crate) fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.headers[header::LOCATION].to_str().expect("a path")
}

/// The first page of a run's log.
pub(crate) async fn log_of(store: &Store, workspace: WorkspaceId, run: RunId) -> Vec<LogEntry> {
    let (all, beginning) = (LogFilter::default(), LogPlace::default());
    let page = store.log_page(workspace, run, &all, &beginning).await;
    page.expect("a log").0.rows
}
