//! How long taking secrets out of 10 kB takes, beside hashing the same bytes in the same run.
//!
//! `cargo bench -p domain --bench redact` prints Markdown: the median and the 95th of a hundred
//! for each kind of body, and a body of the largest size that no other makes slower. It asserts
//! nothing.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use domain::{
    limit,
    redact::{Names, Redactor, Rules},
};
use sha2::{Digest as _, Sha256};

const ROUNDS: usize = 100;
const BYTES: usize = 10_000;

fn main() {
    let rules = Rules::new([7; 32], Names::new("customer_nr", "page_token"));
    line(
        &[
            "body",
            "bytes",
            "median ms",
            "p95 ms",
            "hashing ms",
            "ratio",
        ]
        .map(str::to_owned),
    );
    line(&["---"; 6].map(str::to_owned));
    for (name, piece) in pieces() {
        measure(&rules, name, &repeated(piece, BYTES), ROUNDS);
    }
    // What a request can hold at most, of what is slow to look at.
    for (name, piece) in hostile() {
        measure(&rules, name, &repeated(piece, limit::REQUEST_BYTES), 3);
    }
}

fn pieces() -> [(&'static str, &'static str); 6] {
    [
        (
            "JSON",
            r#"{"id":1794474843250,"email":"dana@acme.test","address":{"city":"Oslo","zip":"0155"},"tags":["a","b"],"total":49.90},"#,
        ),
        (
            "JSON with secrets",
            r#"{"user":"ann","password":"hunter2hunter2","access_token":"abcdefghijklmnopqrstuvwxyz","n":1},"#,
        ),
        (
            "JSON in JSON",
            r#"{"body":"{\"id\":12,\"name\":\"Dana\",\"note\":\"a \\\"b\\\"\"}"},"#,
        ),
        (
            "XML",
            "<order><id>17</id><name lang=\"en\">Dana Meyer</name><total>49.90</total></order>\n",
        ),
        (
            "form",
            "name=Dana+Meyer&city=Oslo%20S&note=a%2Cb%2Cc&total=49.90&",
        ),
        (
            "log",
            "2026-11-12T09:14:03.250Z INFO crm: contact 9f1c2d3e4b5a6978 of https://crm.test/v1/contacts/17 updated in 12 ms\n",
        ),
    ]
}

fn hostile() -> [(&'static str, &'static str); 10] {
    [
        ("16 MiB of names", r#""pin":1,"#),
        ("16 MiB of quotes", "\\\":"),
        ("16 MiB of elements", "<pin>"),
        ("16 MiB of signs", "=:"),
        ("16 MiB of percent", "%2525252541 "),
        ("16 MiB of base64", "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQg/"),
        ("16 MiB of digits", "4111 "),
        ("16 MiB of brackets", "[redacted:token:~32:"),
        ("16 MiB of addresses", "x://a:b"),
        (
            "16 MiB of users",
            "x://a:bx://a:bx://a:bx://a:bx://a:bx://a:bx://a:b@",
        ),
    ]
}

fn repeated(piece: &str, bytes: usize) -> Vec<u8> {
    piece.bytes().cycle().take(bytes).collect()
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn measure(rules: &Rules, name: &str, body: &[u8], rounds: usize) {
    let timed = |work: &dyn Fn()| {
        let mut times: Vec<_> = (0..rounds)
            .map(|_| {
                let start = Instant::now();
                work();
                start.elapsed()
            })
            .collect();
        times.sort();
        times
    };
    let times = timed(&|| {
        let _ = black_box(Redactor::new(rules).body(body.to_vec(), None));
    });
    let hashing = timed(&|| {
        black_box(Sha256::digest(body));
    })[rounds / 2];
    let median = times[rounds / 2];
    line(&[
        name.to_owned(),
        domain::page::grouped(i64::try_from(body.len()).unwrap_or(i64::MAX)),
        format!("{:.3}", ms(median)),
        format!("{:.3}", ms(times[rounds * 95 / 100])),
        format!("{:.3}", ms(hashing)),
        format!("{:.1}", ms(median) / ms(hashing)),
    ]);
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn line(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}
