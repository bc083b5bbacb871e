//! `iv ping`: one signal to a heartbeat check, here or at any server that speaks the same.

use std::time::Duration;

use domain::percent::push_encoded;

use crate::{args::Ping, context::Context, failure::Failure, send::client};

/// How often it is tried, and how long is waited in between.
const WAITS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(2),
];

/// Sends it. A ping is about now: it does not go into the spool.
pub(crate) fn send(ping: &Ping, context: &Context) -> Result<(), Failure> {
    let address = address(ping, context)?;
    let text = ping
        .message
        .as_deref()
        .map(|text| context.without_secrets(text));
    let mut last = String::new();
    for wait in WAITS {
        std::thread::sleep(wait);
        match client::ping(
            &address,
            text.as_deref().unwrap_or_default(),
            context.roots.as_deref(),
        ) {
            Ok(200..=299) => return Ok(()),
            // The address is a secret, and is not repeated.
            Ok(status @ (429 | 500..)) => last = format!("the server answered {status}"),
            Ok(status) => return Err(Failure::other(format!("the server answered {status}"))),
            Err(error) => last = error,
        }
    }
    Err(Failure::other(last))
}

fn address(ping: &Ping, context: &Context) -> Result<String, Failure> {
    let mut address = match ping.to.contains("://") {
        true => ping.to.trim_end_matches('/').to_owned(),
        false => {
            let (key, slug) = ping.to.split_once('/').ok_or_else(|| {
                Failure::usage("a ping goes to a URL, or to the KEY/SLUG of a check")
            })?;
            // Its key stands in the address: it needs no other.
            let mut address = context.url.clone().ok_or_else(|| {
                Failure::usage("no server is known: set IV_URL, or give the whole URL")
            })?;
            for part in ["ping", key, slug] {
                address.push('/');
                push_encoded(&mut address, part);
            }
            address
        }
    };
    if let Some(signal) = &ping.signal {
        address = format!("{address}/{signal}");
    }
    let query = [
        ping.rid.as_ref().map(|rid| format!("rid={rid}")),
        ping.create.then(|| "create=1".to_owned()),
    ];
    let query: Vec<_> = query.into_iter().flatten().collect();
    Ok(match query.is_empty() {
        true => address,
        false => format!("{address}?{}", query.join("&")),
    })
}
