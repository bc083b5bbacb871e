//! What the targets share: rules by which secrets go, and the way of a report behind its parser.

use domain::{
    redact::{Names, Redactor, Rules},
    report::Report,
};

/// The rules of a workspace that named nothing of its own.
#[must_use]
pub fn rules() -> Rules {
    Rules::new([7; 32], Names::default())
}

/// Does with a report what is done before it is stored: secrets out, bodies cut.
pub fn prepare(mut report: Report, redactor: &Redactor<'_>) {
    report.redact(redactor);
    let steps = match &mut report {
        Report::Run(run) => run.steps.as_mut_slice(),
        Report::Step(step) => std::slice::from_mut(&mut **step),
        _ => &mut [],
    };
    for step in steps {
        let kept = step.payload(redactor);
        let _ = step.originals(&kept);
        step.forget_bodies();
    }
}

/// The first byte, which chooses, and the rest.
#[must_use]
pub fn choice(data: &[u8]) -> (u8, &[u8]) {
    data.split_first().map_or((0, data), |(first, rest)| (*first, rest))
}
