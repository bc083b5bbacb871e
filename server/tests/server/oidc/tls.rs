//! The provider behind TLS: a certificate for `localhost` by an authority that nobody knows.

use std::{io, net::SocketAddr, sync::Arc};

use axum::serve::Listener;
use rustls::{
    ServerConfig,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// The authority, for those who shall trust it.
pub(super) const AUTHORITY: &[u8] = include_bytes!("ca.pem");

/// Takes connections and shakes hands; who does not trust it is gone.
pub(super) struct Tls(TcpListener, TlsAcceptor);

impl Tls {
    pub(super) async fn bind() -> Self {
        let certificate = CertificateDer::from(include_bytes!("localhost.der").as_slice());
        let key = PrivatePkcs8KeyDer::from(include_bytes!("localhost.key.der").as_slice());
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key))
            .expect("a certificate");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self(listener, TlsAcceptor::from(Arc::new(config)))
    }

    pub(super) fn port(&self) -> u16 {
        self.0.local_addr().expect("an address").port()
    }
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            if let Ok((stream, address)) = self.0.accept().await
                && let Ok(stream) = self.1.accept(stream).await
            {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}
