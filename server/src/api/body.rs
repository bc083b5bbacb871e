//! The bytes of a request: read, unpacked, and no more of them than is allowed.
//!
//! What they say is nothing that it knows.

use std::io::Read;

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
};
use domain::limit;
use http_body_util::BodyExt as _;

use super::intake;
use crate::{budget::Held, door::too_many_bytes, problem::Problem, state::AppState};

/// The text of a call that is made into a report only when more is known.
pub(super) async fn text(
    state: &AppState,
    headers: &HeaderMap,
    body: Body,
) -> Result<String, Problem> {
    let encoding = Encoding::of(headers)?;
    let mut held = state.door.budget.hold();
    let bytes = read(body, &mut held).await?;
    let unpacked = tokio::task::spawn_blocking(move || {
        let bytes = encoding.decode(bytes, &mut held)?;
        utf8(&bytes).map(str::to_owned)
    });
    unpacked.await.map_err(|_| intake::failed())?
}

/// The whole body. That it is not too large was seen to at the [door](crate::door::bodies).
pub(super) async fn read(body: Body, held: &mut Held) -> Result<Vec<u8>, Problem> {
    read_within(body, held, limit::REQUEST_BYTES).await
}

/// The whole body, where it has at most so many bytes.
pub(super) async fn read_within(
    mut body: Body,
    held: &mut Held,
    most: usize,
) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| incomplete())?;
        if let Ok(part) = frame.into_data() {
            if bytes.len() + part.len() > most {
                return Err(Problem::too_large(format!(
                    "a request to this address has at most {most} bytes"
                )));
            }
            held.grow(part.len())?;
            bytes.extend_from_slice(&part);
        }
    }
    Ok(bytes)
}

/// The client went away in the midst of its body.
pub(super) fn incomplete() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "incomplete_body",
        "the connection ended before the body did; nothing was stored",
    )
}

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    Zstd,
}

impl Encoding {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let Some(value) = headers.get(header::CONTENT_ENCODING) else {
            return Ok(Self::Identity);
        };
        match value.to_str().unwrap_or("").to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Identity),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "zstd" => Ok(Self::Zstd),
            _ => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unknown_encoding",
                "the content encoding is gzip, zstd or none",
            )),
        }
    }

    pub(super) fn decode(self, bytes: Vec<u8>, held: &mut Held) -> Result<Vec<u8>, Problem> {
        match self {
            Self::Identity => Ok(bytes),
            Self::Gzip => unpack(flate2::read::MultiGzDecoder::new(&*bytes), held),
            Self::Zstd => {
                let decoder = zstd::stream::read::Decoder::new(&*bytes);
                unpack(decoder.map_err(|_| badly_packed())?, held)
            }
        }
    }
}

/// All that a decoder gives, if it is not too much: no bomb gets further than the limit.
fn unpack(mut decoder: impl Read, held: &mut Held) -> Result<Vec<u8>, Problem> {
    let (mut plain, mut part) = (Vec::new(), vec![0; 64 * 1_024]);
    loop {
        let count = decoder.read(&mut part).map_err(|_| badly_packed())?;
        if count == 0 {
            return Ok(plain);
        }
        if plain.len() + count > limit::REQUEST_BYTES {
            return Err(too_many_bytes());
        }
        held.grow(count)?;
        plain.extend_from_slice(&part[..count]);
    }
}

fn badly_packed() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "bad_encoding",
        "the body is not compressed as its content encoding says",
    )
}

pub(super) fn utf8(bytes: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(bytes).map_err(|error| {
        let detail = format!(
            "the body is not UTF-8 from byte {}; send bytes that are no text as body_base64",
            error.valid_up_to()
        );
        Problem::new(StatusCode::BAD_REQUEST, "not_utf8", detail)
    })
}
