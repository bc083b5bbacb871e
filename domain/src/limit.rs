//! How much of anything is taken. Documented in `docs/API.md`, answered 413 or 422.

/// Bytes of one request after decompression.
pub const REQUEST_BYTES: usize = 16 * 1024 * 1024;
/// Items of one batch.
pub const BATCH_ITEMS: usize = 10_000;
/// Levels of nesting in a report.
pub const JSON_DEPTH: usize = 100;
/// Characters of a key.
pub const KEY_CHARS: usize = 128;
/// Characters of a name, a user ID, a trigger, a link.
pub const NAME_CHARS: usize = 1_024;
/// Characters of a message, an error, a summary, a description.
pub const TEXT_CHARS: usize = 65_536;
/// Characters of a request's URL.
pub const URL_CHARS: usize = 32_768;
/// Headers of one request or response.
pub const HEADERS: usize = 256;
/// Characters of one header's value.
pub const HEADER_CHARS: usize = 32_768;
/// Bytes of one body that are kept; a longer one is cut, marked, and keeps its length and digest.
pub const BODY_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of one object.
pub const OBJECT_BYTES: usize = 256 * 1024;
/// Steps or log entries inside one reported run.
pub const RUN_ITEMS: usize = 10_000;
/// Files of one run.
pub const RUN_FILES: i64 = 100;
/// Characters of a file's name, and of the type that it is said to have.
pub const FILE_NAME_CHARS: usize = 255;
/// A list stops counting here and says so.
pub const COUNT: i64 = 100_000;

/// Runs behind an open page's place that are looked at in one go.
pub const LOOK: i64 = 10_000;
/// Attributes of one span or log record, and events of one span.
pub const OTLP_ATTRIBUTES: usize = 256;
/// Values in one span or log record, those inside values included.
pub const OTLP_VALUES: usize = 65_536;
/// Values inside values.
pub const OTLP_DEPTH: usize = 32;
/// Log entries that the spans of one request bring.
pub const OTLP_ENTRIES: usize = 50_000;
