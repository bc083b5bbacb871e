//! From the spool to the server: batches in order, each until it is answered.

pub(crate) mod client;
pub(crate) mod drain;
pub(crate) mod sender;

pub(crate) use client::{Answer, Client};
pub(crate) use drain::{Drain, Step};
pub(crate) use sender::Sender;
