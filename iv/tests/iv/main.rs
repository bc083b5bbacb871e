//! The real program, against the real server where there is one.

mod answers;
mod away;
mod commands;
mod files;
mod kill;
mod onevizion;
mod reading;
mod run;
mod signals;
mod support;
