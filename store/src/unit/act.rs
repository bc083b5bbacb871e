//! What people do to rows, by the rules of reports.

use domain::{
    IntegrationStatus, Key,
    bulk::{Done, Outcome},
    merge::Handling,
    report::{IntegrationReport, Report},
};

use super::Unit;
use crate::writer::Prepared;

impl Unit<'_> {
    /// Gives an integration a status, by the rules of its reports. With `only_if` it must still
    /// have that one.
    pub(crate) fn set_status(
        &mut self,
        key: &Key,
        status: IntegrationStatus,
        only_if: Option<IntegrationStatus>,
    ) -> Done {
        let Some(known) = self.integrations.get(key) else {
            return Done::refused();
        };
        let was = known.now.status;
        if only_if.is_some_and(|expected| was != expected && was != status) {
            return Done::refused();
        }
        let report = Report::Integration(IntegrationReport {
            key: Some(key.clone()),
            status: Some(status),
            ..IntegrationReport::default()
        });
        let outcome = match self.apply(&Prepared {
            report,
            payloads: Vec::new(),
        }) {
            Err(_) => Outcome::Refused,
            Ok(()) if was == status => Outcome::Same,
            Ok(()) => Outcome::Changed,
        };
        Done {
            outcome,
            was: Some(was.as_str().to_owned()),
        }
    }

    /// Marks a failure as looked after, or takes the mark away.
    pub(crate) fn handle(&mut self, key: &Key, handling: Option<&Handling>) -> Done {
        let Some(run) = self.runs.get_mut(key) else {
            return Done::refused();
        };
        let note = run.now.handled_note.clone().unwrap_or_default();
        let was = run.now.handled_at.map(|_| note);
        let outcome = if handling.is_some() && !run.now.can_be_handled() {
            Outcome::Refused
        } else if run.now.handle(handling) {
            Outcome::Changed
        } else {
            Outcome::Same
        };
        Done { outcome, was }
    }
}
