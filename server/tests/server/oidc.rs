//! Signing in with an identity provider: who gets in, who does not, and every answer that lies.

mod around;
mod browser;
mod coming_in;
mod provider;
mod refused;
mod tls;
