//! Integration View's server: takes reports in, serves pages.
//!
//! [`router`] holds the whole URL space on one screen. It knows HTTP and
//! nothing of SQL or markup: those are `store` and `app`.

pub mod accept;
mod actions;
pub mod address;
pub mod api;
mod asking;
pub mod assets;
pub mod budget;
mod bulk;
pub mod clock;
mod commands;
pub mod config;
mod csp;
pub mod demo;
mod display;
pub mod door;
pub mod entry;
mod gate;
mod guard;
mod keyfile;
pub mod live;
pub mod oidc;
mod originals;
mod pages;
pub use pages::pages_of_the_app;
mod people;
mod problem;
pub mod quota;
pub mod rate;
mod reveal;
pub mod router;
pub mod routes;
mod rows;
pub mod sample;
pub mod serve;
mod shares;
pub mod state;
mod views;
mod whole;
mod zones;
