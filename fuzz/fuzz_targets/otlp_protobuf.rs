//! What an OpenTelemetry exporter sends as protobuf, up to what would be stored.
#![no_main]

use domain::{
    access::Bounds,
    otlp::{self, Format, Signal},
    redact::Redactor,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (first, bytes) = fuzz::choice(data);
    let signal = if first & 1 == 0 { Signal::Traces } else { Signal::Logs };
    let rules = fuzz::rules();
    let redactor = Redactor::new(&rules);
    if let Ok(taken) = otlp::read(bytes, signal, Format::Protobuf, &Bounds::default()) {
        assert!(taken.items.len() <= domain::limit::BATCH_ITEMS);
        taken.items.into_iter().flatten().for_each(|report| fuzz::prepare(report, &redactor));
    }
});
