//! The browser's half, inside the program: scripts, styles, wasm, compressed beforehand.
//!
//! Names carry a hash of their content and may be kept for ever. A program that
//! was built before `cargo xtask dist` ran has none, and its pages work without script.

use std::borrow::Cow;

use app::context::Assets;
use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;

#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

/// What `cargo xtask dist` wrote down of its files, relative to the site's root.
#[derive(Deserialize)]
struct Manifest {
    js: String,
    wasm: String,
    css: String,
}

/// Where the pages find their files.
#[must_use]
pub fn addresses() -> Assets {
    let manifest = Site::get("manifest.json")
        .and_then(|file| serde_json::from_slice::<Manifest>(&file.data).ok());
    match manifest {
        Some(Manifest { js, wasm, css }) => Assets {
            js: format!("/{js}"),
            wasm: format!("/{wasm}"),
            css: format!("/{css}"),
        },
        // The names that `cargo leptos watch` gives.
        None => Assets {
            js: "/pkg/integration-view.js".to_owned(),
            wasm: "/pkg/integration-view.wasm".to_owned(),
            css: "/pkg/integration-view.css".to_owned(),
        },
    }
}

/// A file under `/pkg`.
pub(crate) async fn package(Path(file): Path<String>, headers: HeaderMap) -> Response {
    serve(&format!("pkg/{file}"), &headers)
}

/// A file at the root.
pub(crate) async fn public(uri: Uri, headers: HeaderMap) -> Response {
    serve(uri.path().trim_start_matches('/'), &headers)
}

fn serve(path: &str, headers: &HeaderMap) -> Response {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let found = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(encoding, _)| accepts(accepted, encoding))
        .find_map(|(encoding, ending)| {
            Some((Site::get(&format!("{path}{ending}"))?, Some(encoding)))
        })
        .or_else(|| Some((Site::get(path)?, None)));
    let Some((EmbeddedFile { data, .. }, encoding)) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = match data {
        Cow::Borrowed(bytes) => axum::body::Body::from(bytes),
        Cow::Owned(bytes) => axum::body::Body::from(bytes),
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    let kept = if is_hashed(path) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static(kept),
    );
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(media_type(path)),
    );
    headers.insert(
        header::VARY,
        header::HeaderValue::from_static("accept-encoding"),
    );
    if let Some(encoding) = encoding {
        headers.insert(
            header::CONTENT_ENCODING,
            header::HeaderValue::from_static(encoding),
        );
    }
    response
}

fn accepts(list: &str, encoding: &str) -> bool {
    list.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next() == Some(encoding) && !parts.any(|q| matches!(q, "q=0" | "q=0.0"))
    })
}

/// `name.HASH.ending`
fn is_hashed(path: &str) -> bool {
    path.starts_with("pkg/")
        && path
            .rsplit('/')
            .next()
            .is_some_and(|name| name.split('.').count() > 2)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
