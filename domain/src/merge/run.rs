//! Runs: their reports joined, and what their steps make of them.

use std::collections::HashSet;

use super::{Join, StepFacts, earliest, name, text};
use crate::{
    IntegrationId, Key, Run, RunId, Status, Timestamp, WorkspaceId,
    report::{Claim, RunReport},
};

/// Where in `settled` it stands how sure it is whose run it is; the bits below are those of fields.
const CLAIM_BIT: u32 = 56;
const CLAIM_MASK: i64 = 7 << CLAIM_BIT;

/// Somebody looked after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling {
    pub at: Timestamp,
    pub note: Option<String>,
}

impl Run {
    /// A run that only its key is known of.
    #[must_use]
    pub fn placeholder(
        id: RunId,
        workspace_id: WorkspaceId,
        integration_id: IntegrationId,
        key: Key,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            workspace_id,
            integration_id,
            key,
            status: Status::Running,
            trigger_app: None,
            trigger_name: None,
            trigger_type: None,
            started_at: now,
            finished_at: None,
            duration_ms: None,
            network_code: None,
            failing_step: None,
            failing_code: None,
            failing_app: None,
            created_count: None,
            updated_count: None,
            deleted_count: None,
            summary: None,
            error: None,
            label: None,
            reference: None,
            steps: 0,
            failed_steps: 0,
            tasks: 0,
            handled_at: None,
            handled_note: None,
            reported_status: None,
            reported_started_at: None,
            reported_duration_ms: None,
            reported_network_code: None,
            received_at: now,
            settled: 0,
        }
    }

    /// Joins what `report` says; [`Self::settle`] draws the conclusions.
    pub fn merge(&mut self, report: &RunReport) {
        let finished =
            report.finished_at.is_some() || report.status.is_some_and(Status::is_finished);
        self.join_status(report);
        self.reported_started_at = earliest(self.reported_started_at, report.started_at);
        self.finished_at = self.finished_at.max(report.finished_at);
        let trigger = report.trigger.clone().unwrap_or_default();
        let mut join = Join {
            settled: &mut self.settled,
            finished,
            bit: 0,
        };
        join.field(&mut self.trigger_app, name(trigger.app.as_ref()));
        join.field(&mut self.trigger_name, name(trigger.name.as_ref()));
        join.field(&mut self.trigger_type, name(trigger.kind.as_ref()));
        join.field(
            &mut self.reported_duration_ms,
            report.duration_ms.map(i64::from),
        );
        join.field(
            &mut self.reported_network_code,
            report.network_code.map(i64::from),
        );
        join.field(&mut self.created_count, report.created_count.map(i64::from));
        join.field(&mut self.updated_count, report.updated_count.map(i64::from));
        join.field(&mut self.deleted_count, report.deleted_count.map(i64::from));
        join.field(&mut self.summary, text(report.summary.as_ref()));
        join.field(&mut self.error, text(report.error.as_ref()));
        join.field(&mut self.reference, name(report.reference.as_ref()));
    }

    /// The status that holds brings its word along; of two words for one the greater stays.
    fn join_status(&mut self, report: &RunReport) {
        use std::cmp::Ordering::{Equal, Greater, Less};
        match report.status.cmp(&self.reported_status) {
            Greater => {
                self.reported_status = report.status;
                self.label.clone_from(&report.label);
            }
            Equal => self.label = self.label.take().max(report.label.clone()),
            Less => {}
        }
    }

    /// How sure it is whose run it is; certain also where nobody has said a word yet.
    #[must_use]
    pub fn claim(&self) -> Claim {
        match (self.settled & CLAIM_MASK) >> CLAIM_BIT {
            1 => Claim::Span,
            2 => Claim::Root,
            3 => Claim::NamedBySpan,
            4 => Claim::NamedByRoot,
            _ => Claim::Certain,
        }
    }

    /// Hears that it is a run of `named`; so far it was one of `owner`. Answers whether it is one
    /// of `named` now.
    ///
    /// The weightier word holds, and of equal ones the lesser key: any order ends in the same.
    pub fn take_claim(&mut self, owner: &Key, named: &Key, claim: Claim) -> bool {
        let known = (self.claim(), owner);
        let is_nobodys = *owner == Key::unassigned() && known.0 == Claim::Certain;
        let wins = is_nobodys
            || claim > known.0
            || (claim == known.0 && claim != Claim::Certain && named <= owner);
        if wins {
            self.set_claim(claim);
        }
        wins
    }

    /// How sure it is whose run it is, of one that nobody knew.
    pub fn set_claim(&mut self, claim: Claim) {
        let bits = match claim {
            Claim::Span => 1,
            Claim::Root => 2,
            Claim::NamedBySpan => 3,
            Claim::NamedByRoot => 4,
            Claim::Certain => 0,
        };
        self.settled = (self.settled & !CLAIM_MASK) | (bits << CLAIM_BIT);
    }

    /// Draws the conclusions from what was reported of the run and from all its steps.
    pub fn settle(&mut self, steps: &mut [StepFacts]) {
        steps.sort_by(|a, b| order(a).cmp(&order(b)));
        self.steps = steps.len() as i64;
        self.tasks = count(steps, |step| step.status.is_executed());
        self.failed_steps = count(steps, |step| step.status == Status::Failed);

        let failing = failing(steps);
        self.failing_step = failing.map(|step| step.key.clone());
        self.failing_code = failing.and_then(|step| step.network_code);
        self.failing_app = failing.and_then(|step| step.app_key.clone());
        let last = steps.iter().rev().find(|step| step.status.is_executed());
        self.network_code = self
            .reported_network_code
            .or(last.and_then(|step| step.network_code));

        self.status = self.conclude(steps);
        // The word was for what was reported, and something else holds.
        if self.reported_status != Some(self.status) {
            self.label = None;
        }
        let known_start = self.told_start(steps.iter().filter_map(|step| step.started_at));
        let told = known_start.or(self.finished_at);
        self.started_at = told.map_or(self.received_at, |told| self.believed(told));
        self.duration_ms = self.reported_duration_ms.or_else(|| {
            let finished_at = self.finished_at?;
            Some(finished_at.as_ms() - known_start?.as_ms())
        });
    }

    /// The reporter's word; where there is none: failed if a step failed, else warning if one
    /// warned, else running while unfinished, else ok.
    fn conclude(&self, steps: &[StepFacts]) -> Status {
        if let Some(end) = self.reported_status.filter(|status| status.is_finished()) {
            return end;
        }
        let worst = steps
            .iter()
            .map(|step| step.status)
            .filter(|status| matches!(status, Status::Failed | Status::Warning))
            .max();
        match (self.finished_at, self.reported_status) {
            (Some(_), _) => worst.unwrap_or(Status::Ok),
            (None, Some(Status::Queued)) if steps.is_empty() => Status::Queued,
            (None, Some(_)) => Status::Running,
            (None, None) => worst.unwrap_or(Status::Running),
        }
    }

    /// Whether somebody should look after it, or has.
    #[must_use]
    pub fn can_be_handled(&self) -> bool {
        matches!(
            self.status,
            Status::Failed | Status::Warning | Status::Interrupted
        )
    }

    /// Marks it as looked after, with a note; `None` takes the mark away. Answers whether anything changed.
    pub fn handle(&mut self, handling: Option<&Handling>) -> bool {
        let before = (self.handled_at, self.handled_note.take());
        match handling {
            // The first mark's moment stays; a second one brings a new note.
            Some(handling) => {
                self.handled_at = self.handled_at.or(Some(handling.at));
                self.handled_note = handling.note.clone().or_else(|| before.1.clone());
            }
            None => self.handled_at = None,
        }
        (self.handled_at, self.handled_note.as_ref()) != (before.0, before.1.as_ref())
    }

    /// The day that it counts for, in days since 1970.
    #[must_use]
    pub fn day(&self) -> i64 {
        self.started_at.day()
    }
}

/// The first step that failed by itself: one inside which another failed only passed it on.
fn failing(steps: &[StepFacts]) -> Option<&StepFacts> {
    let failed = || steps.iter().filter(|step| step.status == Status::Failed);
    let passed_on: HashSet<&Key> = failed().filter_map(|step| step.parent.as_ref()).collect();
    let mut by_itself = failed().filter(|step| !passed_on.contains(&step.key));
    // Of a circle of parents none would be the one.
    by_itself.next().or_else(|| failed().next())
}

fn order(step: &StepFacts) -> (i64, i64, &Key) {
    (
        step.position,
        step.started_at.map_or(i64::MAX, Timestamp::as_ms),
        &step.key,
    )
}

fn count(steps: &[StepFacts], of: impl Fn(&StepFacts) -> bool) -> i64 {
    steps.iter().filter(|step| of(step)).count() as i64
}
