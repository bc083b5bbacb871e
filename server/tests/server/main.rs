//! The server through its router: no sockets, a clock that stands still, a real database.
//!
//! One program, so that the server is linked once for all of it.

mod accept;
mod access;
mod actions;
mod batch;
mod browser;
mod bulk;
mod clients;
mod clocks;
mod commands;
mod contract;
mod display;
mod door;
mod endpoints;
mod engines;
mod export;
mod feeds;
mod files;
#[cfg(target_os = "linux")]
mod full;
mod hooks;
mod kill;
mod lime;
mod limits;
mod lists;
mod live;
mod matrix;
#[cfg(target_os = "linux")]
mod memory;
mod oidc;
mod onevizion;
mod origin;
mod originals;
mod otlp;
mod pages;
mod people;
mod ping;
mod program;
mod records;
mod roles;
#[cfg(unix)]
mod schemathesis;
mod secrets;
mod sharing;
mod sign_in;
mod slow;
mod snippets;
#[cfg(unix)]
mod stop;
mod support;
#[cfg(target_os = "linux")]
mod synced;
mod views;
mod wire;
