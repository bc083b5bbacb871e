//! The rules of reports that only what is stored can break.

use domain::{
    IntegrationStatus, Key, LogEntry,
    merge::reference_key,
    report::{Claim, IntegrationReport, LogReport, Reference, Rejection, Report, RunReport},
};

use super::Unit;

impl Unit<'_> {
    /// The rules that only the rows can tell.
    pub(super) fn check(&self, report: &Report) -> Result<(), Rejection> {
        self.check_bounds(report)?;
        match report {
            Report::Integration(report) => self.check_integration(report, ""),
            Report::Run(report) => {
                // Of a stopped one the refusal says more than that its status cannot change.
                self.check_stopped(report)?;
                if let Some(Reference::Whole(whole)) = &report.integration {
                    self.check_integration(whole, "integration.")?;
                }
                self.check_owner(report)
            }
            Report::Log(report) if report.once => self.check_once(report),
            _ => Ok(()),
        }
    }

    /// A key that is good for one content does not come with another.
    fn check_once(&self, report: &LogReport) -> Result<(), Rejection> {
        let run = report.run.as_ref().and_then(|run| self.runs.get(run));
        let known = run.zip(report.key.clone());
        let known = known.and_then(|(run, key)| self.entries.get(&(run.now.id, key)));
        let Some(known) = known else { return Ok(()) };
        let told = LogEntry::new(known.id, self.workspace, known.run_id, report, self.now);
        let of = |entry: &LogEntry| {
            (
                entry.level,
                entry.message.clone(),
                entry.description.clone(),
            )
        };
        match told {
            Some(told) if of(&told) != of(known) => Err(Rejection::new(
                "",
                "entry_differs",
                "another entry was added under this Idempotency-Key, and stays; nothing of this one was stored",
            )),
            _ => Ok(()),
        }
    }

    fn check_integration(&self, report: &IntegrationReport, path: &str) -> Result<(), Rejection> {
        let known = report
            .key
            .as_ref()
            .and_then(|key| self.integrations.get(key));
        let deleted = known.is_some_and(|known| known.now.status == IntegrationStatus::Deleted);
        match report.status {
            Some(status) if deleted && status != IntegrationStatus::Deleted => Err(Rejection::new(
                format!("{path}status"),
                "deleted_is_final",
                "this integration was deleted, and a deleted integration stays deleted",
            )),
            _ => Ok(()),
        }
    }

    /// A disabled or deleted integration takes no new runs.
    fn check_stopped(&self, report: &RunReport) -> Result<(), Rejection> {
        let named = report.integration.as_ref().and_then(reference_key);
        let integration = named.and_then(|key| self.integrations.get(key));
        let known = report.key.as_ref().and_then(|key| self.runs.get(key));
        let (None, Some(integration)) = (known, integration) else {
            return Ok(());
        };
        let integration = &integration.now;
        let steps = || report.steps.iter().filter_map(|step| step.started_at).min();
        let started_at = report.started_at.or_else(steps).unwrap_or(self.now);
        if integration.takes_run(started_at) {
            return Ok(());
        }
        let (code, advice) = match integration.status {
            IntegrationStatus::Deleted => (
                "integration_deleted",
                "it was deleted for good; report to another integration",
            ),
            _ => (
                "integration_disabled",
                "enable it on its page, or by a report of the integration itself, and send the run again",
            ),
        };
        let since = integration.stopped_at.unwrap_or_default().to_rfc3339();
        Err(Rejection::new(
            "integration",
            code,
            format!(
                "the integration `{}` takes no runs that began after {since}: {advice}",
                integration.key
            ),
        ))
    }

    /// A run that one integration reported is not another's.
    fn check_owner(&self, report: &RunReport) -> Result<(), Rejection> {
        if report.claim != Claim::Certain {
            return Ok(());
        }
        let named = report.integration.as_ref().and_then(reference_key);
        let known = report.key.as_ref().and_then(|key| self.runs.get(key));
        let owner = known.and_then(|run| self.integration_keys.get(&run.now.integration_id));
        match (named, owner) {
            (Some(named), Some(owner))
                if named != owner
                    && *owner != Key::unassigned()
                    && known.is_some_and(|run| run.now.claim() == Claim::Certain) =>
            {
                Err(Rejection::new(
                    "integration",
                    "run_of_other_integration",
                    format!(
                        "this run belongs to the integration `{owner}`; a run's key is unique in its workspace"
                    ),
                ))
            }
            _ => Ok(()),
        }
    }
}
