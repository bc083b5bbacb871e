//! How long comparing the largest bodies takes, beside hashing the same bytes in the same run.
//!
//! `cargo bench -p domain --bench diff` prints Markdown: medians of nine. It asserts nothing.

#[path = "../src/diff/largest.rs"]
mod largest;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use domain::{
    Body, diff,
    limit::BODY_BYTES,
    payload::{Payload, Response},
};
use sha2::{Digest as _, Sha256};

const ROUNDS: usize = 9;

fn main() {
    line(&["bodies", "bytes of both", "ms", "hashing ms", "ratio"].map(str::to_owned));
    line(&["---"; 5].map(str::to_owned));
    for (name, then, now) in largest::cases(BODY_BYTES) {
        let bytes = then.len() + now.len();
        let hashing = median(|| {
            black_box((Sha256::digest(&then), Sha256::digest(&now)));
        });
        let (then, now) = (answered(then), answered(now));
        let comparing = median(|| {
            black_box(diff::payloads(&then, &now));
        });
        line(&[
            name.to_owned(),
            domain::page::grouped(i64::try_from(bytes).unwrap_or(i64::MAX)),
            format!("{:.1}", ms(comparing)),
            format!("{:.1}", ms(hashing)),
            format!("{:.1}", ms(comparing) / ms(hashing)),
        ]);
    }
}

/// A payload that holds this response.
fn answered(body: String) -> Payload {
    Payload {
        response: Some(Response {
            body: Some(Body::new(body.into_bytes(), true)),
            ..Response::default()
        }),
        ..Payload::default()
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[ROUNDS / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn line(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}
