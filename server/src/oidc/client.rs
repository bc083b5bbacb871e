//! Calls to the identity provider: one connection each, TLS from rustls, nothing followed.
//!
//! No redirect is followed, no proxy is asked, nothing is sent that the caller did not give. Errors
//! name what failed and never what was said.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    http::{HeaderValue, Request, StatusCode, Uri, header},
};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// How long one call may take, from the name's look-up to the last byte.
pub(super) const TIME: Duration = Duration::from_secs(5);
/// Bytes of an answer.
const MOST: usize = 1_024 * 1_024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    #[error("its address cannot be called")]
    Address,
    #[error("it took longer than {} s", TIME.as_secs())]
    Time,
    #[error("no connection: {0}")]
    Connection(#[from] std::io::Error),
    #[error("no HTTP: {0}")]
    Http(#[from] hyper::Error),
    #[error("the answer was cut off, or has more than {MOST} bytes")]
    Body,
    #[error("it answered {0}")]
    Status(StatusCode),
    #[error("it answered something else than was asked for")]
    Form,
}

/// What was said, and how.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Client(TlsConnector);

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    /// Trusts Mozilla's roots, and those in `more`, a file's PEM text.
    pub(crate) fn new(more: Option<&[u8]>) -> Result<Self, String> {
        let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let mut own = 0;
        for certificate in more
            .map(CertificateDer::pem_slice_iter)
            .into_iter()
            .flatten()
        {
            let certificate = certificate.map_err(|error| error.to_string())?;
            roots.add(certificate).map_err(|error| error.to_string())?;
            own += 1;
        }
        if more.is_some() && own == 0 {
            return Err("it holds no certificate in PEM form".to_owned());
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// Sends one request to its absolute address.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, NoAnswer> {
        tokio::time::timeout(TIME, self.call(request))
            .await
            .map_err(|_| NoAnswer::Time)?
    }

    async fn call(&self, mut request: Request<Full<Bytes>>) -> Result<Answer, NoAnswer> {
        let uri = std::mem::take(request.uri_mut());
        let host = uri.host().ok_or(NoAnswer::Address)?;
        let authority = uri.authority().ok_or(NoAnswer::Address)?.as_str();
        let authority = HeaderValue::from_str(authority).map_err(|_| NoAnswer::Address)?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        *request.uri_mut() = path.parse::<Uri>().map_err(|_| NoAnswer::Address)?;
        let headers = request.headers_mut();
        headers.insert(header::HOST, authority);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(
            header::USER_AGENT,
            HeaderValue::from_static("integration-view"),
        );
        let is_tls = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((name, port)).await?;
        if is_tls {
            let server = ServerName::try_from(name.to_owned()).map_err(|_| NoAnswer::Address)?;
            exchange(self.0.connect(server, stream).await?, request).await
        } else {
            exchange(stream, request).await
        }
    }
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Answer, NoAnswer>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let talking = async {
        let answer = sender.send_request(request).await?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, MOST).collect().await;
        Ok(Answer {
            status: parts.status,
            body: body.map_err(|_| NoAnswer::Body)?.to_bytes(),
        })
    };
    // The connection does the work of both, and ends with this call.
    tokio::pin!(talking, connection);
    tokio::select! {
        answer = &mut talking => answer,
        _ = &mut connection => talking.await,
    }
}
