//! Reports in the native API's JSON: one thing, an array, lines; up to what would be stored.
#![no_main]

use domain::{
    Key,
    redact::Redactor,
    report::{Kind, Report, Target},
};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

const KINDS: [Kind; 6] = [Kind::App, Kind::Flow, Kind::Integration, Kind::Run, Kind::Step, Kind::Log];

fuzz_target!(|data: &[u8]| {
    let (first, bytes) = fuzz::choice(data);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let rules = fuzz::rules();
    let redactor = Redactor::new(&rules);
    let kind = KINDS[usize::from(first) % KINDS.len()];
    let key = |text: &str| Key::new(text).expect("a key");
    let run = matches!(kind, Kind::Step | Kind::Log).then(|| key("r"));
    let target = Target { kind, key: key("k"), run };
    if let Ok(report) = Report::parse(text, Some(&target)) {
        fuzz::prepare(report, &redactor);
    }
    let array: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
    let items = array.iter().map(|item| item.get()).chain(text.lines());
    for item in items.take(100) {
        if let Ok(report) = Report::parse(item, None) {
            fuzz::prepare(report, &redactor);
        }
    }
});
