//! A request's reports on their way to the writer: without secrets, compressed, and sealed where
//! originals are kept. All work for a core is done here, before the writer takes its turn.

use domain::{
    redact::{Redactor, Rules},
    report::Report,
};

use crate::{packed, payload::PreparedPayload, seal::Sealer};

/// A checked report with its payloads compressed, ready for the writer.
#[derive(Debug)]
pub struct Prepared {
    pub(crate) report: Report,
    /// One for each step of the report.
    pub(crate) payloads: Vec<PreparedPayload>,
}

impl Prepared {
    /// Redacts by `rules`, cuts and compresses what `reports` of one request carry. Takes time:
    /// call it where blocking is allowed.
    ///
    /// # Errors
    /// Only where the compressor finds no memory.
    pub fn all(reports: Vec<Report>, rules: &Rules) -> std::io::Result<Vec<Self>> {
        Self::all_sealing(reports, rules, None)
    }

    /// The same, and has `sealer` shut in the originals of what payloads lose.
    ///
    /// # Errors
    /// Only where the compressor finds no memory.
    pub fn all_sealing(
        reports: Vec<Report>,
        rules: &Rules,
        sealer: Option<&Sealer>,
    ) -> std::io::Result<Vec<Self>> {
        let redactor = Redactor::new(rules);
        let mut zstd = packed::compressor()?;
        reports
            .into_iter()
            .map(|mut report| {
                report.redact(&redactor);
                let (run, steps) = match &mut report {
                    Report::Run(run) => (run.key.clone(), run.steps.as_mut_slice()),
                    Report::Step(step) => (step.run.clone(), std::slice::from_mut(&mut **step)),
                    _ => (None, [].as_mut_slice()),
                };
                let mut payloads = Vec::with_capacity(steps.len());
                for step in steps {
                    let kept = step.payload(&redactor);
                    let mut payload = PreparedPayload::new(&kept, &mut zstd)?;
                    if let (Some(sealer), Some(run), Some(step_key)) = (sealer, &run, &step.key) {
                        let keys = (run.as_str(), step_key.as_str());
                        payload.seal(&step.originals(&kept), sealer, keys, &mut zstd);
                    }
                    payloads.push(payload);
                    step.forget_bodies();
                }
                Ok(Self { report, payloads })
            })
            .collect()
    }
}
