//! Integration View's server: takes reports in, serves pages.
//!
//! [`router`] holds the whole URL space on one screen. It knows HTTP and
//! nothing of SQL or markup: those are `store` and `app`.

mod actions;
pub mod api;
pub mod assets;
mod bulk;
pub mod clock;
pub mod config;
pub mod demo;
mod display;
mod guard;
pub mod live;
mod pages;
mod problem;
pub mod router;
pub mod sample;
pub mod serve;
pub mod state;
mod views;
mod whole;
mod zones;
