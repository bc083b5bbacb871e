//! What an OpenTelemetry exporter sends as JSON, up to what would be stored.
#![no_main]

use domain::{
    access::Bounds,
    otlp::{self, Format, Signal},
    redact::Redactor,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let rules = fuzz::rules();
    let redactor = Redactor::new(&rules);
    for signal in [Signal::Traces, Signal::Logs] {
        if let Ok(taken) = otlp::read(data, signal, Format::Json, &Bounds::default()) {
            assert!(taken.items.len() <= domain::limit::BATCH_ITEMS);
            taken.items.into_iter().flatten().for_each(|report| fuzz::prepare(report, &redactor));
        }
    }
});
