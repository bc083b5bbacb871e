//! Integration View's server.

pub mod demo;
