//! What some reports, or something done to many, touch.

use std::collections::BTreeSet;

use domain::{
    Key,
    access::Bounds,
    merge::reference_key,
    report::{AppReport, IntegrationReport, Reference, Report, StepReport},
};

use crate::writer::Prepared;

/// The keys that some reports name.
#[derive(Debug, Default)]
pub(crate) struct Named<'r> {
    pub(super) apps: BTreeSet<&'r Key>,
    pub(super) flows: BTreeSet<&'r Key>,
    pub(super) integrations: BTreeSet<&'r Key>,
    pub(super) runs: BTreeSet<&'r Key>,
    pub(super) steps: BTreeSet<(&'r Key, &'r Key)>,
    /// Log entries whose keys are good for one content.
    pub(super) entries: BTreeSet<(&'r Key, &'r Key)>,
}

impl<'r> Named<'r> {
    /// Runs that something is done to.
    pub(crate) fn runs(keys: impl Iterator<Item = &'r Key>) -> Self {
        Self {
            runs: keys.collect(),
            ..Self::default()
        }
    }

    /// Integrations that something is done to.
    pub(crate) fn integrations(keys: impl Iterator<Item = &'r Key>) -> Self {
        Self {
            integrations: keys.collect(),
            ..Self::default()
        }
    }

    /// What `items` touch.
    pub(crate) fn of(items: impl Iterator<Item = &'r Prepared>) -> Self {
        let mut named = Self::default();
        for item in items {
            match &item.report {
                Report::App(r) => named.apps.extend(&r.key),
                Report::Flow(r) => named.flows.extend(&r.key),
                Report::Integration(r) => named.integration(r),
                Report::Run(r) => {
                    named.runs.extend(&r.key);
                    match &r.integration {
                        Some(Reference::Whole(whole)) => named.integration(whole),
                        Some(Reference::Key(key)) => _ = named.integrations.insert(key),
                        None => {}
                    }
                    r.steps.iter().for_each(|step| named.step(step));
                }
                Report::Step(r) => named.step(r),
                Report::Log(r) => {
                    named.runs.extend(&r.run);
                    let entry = r.run.as_ref().zip(r.key.as_ref());
                    named.entries.extend(entry.filter(|_| r.once));
                }
            }
        }
        named
    }

    /// And what the bounds of their keys fill in.
    pub(crate) fn within(mut self, bounds: &'r [Bounds]) -> Self {
        for one in bounds {
            self.flows.extend(&one.flow);
            self.integrations.extend(&one.integration);
        }
        self
    }

    fn integration(&mut self, report: &'r IntegrationReport) {
        self.integrations.extend(&report.key);
        self.flows
            .extend(report.flow.as_ref().and_then(reference_key));
        self.whole_app(report.app.as_ref());
    }

    fn step(&mut self, report: &'r StepReport) {
        self.runs.extend(&report.run);
        self.steps
            .extend(report.run.as_ref().zip(report.key.as_ref()));
        self.whole_app(report.app.as_ref());
    }

    fn whole_app(&mut self, app: Option<&'r Reference<AppReport>>) {
        if let Some(Reference::Whole(whole)) = app {
            self.apps.extend(&whole.key);
        }
    }
}
