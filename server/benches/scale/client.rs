//! A client that keeps its connection and reads whole answers.

use axum::body::Body;
use http_body_util::BodyExt as _;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

/// One connection's worth of requests.
pub(crate) struct Caller {
    client: Client<HttpConnector, Body>,
    base: String,
}

impl Caller {
    pub(crate) fn new(address: std::net::SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            base: format!("http://{address}"),
        }
    }

    /// Reads a page whole; answers its size.
    pub(crate) async fn get(&self, path: &str) -> usize {
        let request = http::Request::get(format!("{}{path}", self.base))
            .body(Body::empty())
            .expect("a request");
        let response = self.client.request(request).await.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
        response
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes()
            .len()
    }

    /// Sends a batch of lines.
    pub(crate) async fn report(&self, key: &str, lines: String) {
        let request = http::Request::post(format!("{}/api/v1/batch", self.base))
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/x-ndjson")
            .body(Body::from(lines))
            .expect("a request");
        let response = self.client.request(request).await.expect("an answer");
        let status = response.status();
        let body = response
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        assert!(
            status == 200 && body.ends_with(b"\"rejected\":[]}"),
            "{}",
            String::from_utf8_lossy(&body)
        );
    }
}
