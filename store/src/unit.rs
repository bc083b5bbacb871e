//! One unit of work: some reports of one workspace, taken into one transaction.
//!
//! 1. `load` reads every row that the reports touch, in a few queries.
//! 2. `apply` joins each report into those rows in memory, by the rules of `domain::merge`.
//! 3. `save` writes what changed, bottom up: steps, payloads, log entries, runs,
//!    integrations, flows. Each level adds what changed below it to its sums: a row's
//!    contribution after, minus its contribution before.
//!
//! So a report that says nothing new writes nothing, and sums stay exact under
//! repetition and any order. It must run alone: the writer sees to that.

mod act;
mod apply;
mod bounds;
mod check;
mod load;
mod named;
mod save;

use std::collections::HashMap;

use domain::{
    App, Flow, FlowId, Integration, IntegrationId, Key, LogEntry, Run, RunId, Step, StepId,
    Timestamp, WorkspaceId, access::Bounds, id::IdGenerator, merge::StepFacts,
};

pub(crate) use self::named::Named;
use crate::payload::PayloadRow;

/// A row as it was and as it is now.
#[derive(Debug)]
struct Tracked<T> {
    before: Option<T>,
    now: T,
}

impl<T: Clone> Tracked<T> {
    /// A row of the database.
    fn stored(row: T) -> Self {
        Self {
            before: Some(row.clone()),
            now: row,
        }
    }
}

impl<T: PartialEq> Tracked<T> {
    /// A row that was not there.
    fn new(row: T) -> Self {
        Self {
            before: None,
            now: row,
        }
    }

    fn changed(&self) -> bool {
        self.before.as_ref() != Some(&self.now)
    }
}

/// The rows that some reports touch.
#[derive(Debug)]
pub(crate) struct Unit<'u> {
    workspace: WorkspaceId,
    now: Timestamp,
    /// What the key of the reports at hand is good for.
    bounds: Bounds,
    ids: &'u mut IdGenerator,
    apps: HashMap<Key, Tracked<App>>,
    flows: HashMap<Key, Tracked<Flow>>,
    flow_keys: HashMap<FlowId, Key>,
    integrations: HashMap<Key, Tracked<Integration>>,
    integration_keys: HashMap<IntegrationId, Key>,
    runs: HashMap<Key, Tracked<Run>>,
    /// What is known of the steps of each run.
    facts: HashMap<RunId, HashMap<Key, StepFacts>>,
    steps: HashMap<(RunId, Key), Tracked<Step>>,
    payloads: HashMap<StepId, PayloadRow>,
    log: Vec<LogEntry>,
    /// What is known of entries whose keys are good for one content.
    entries: HashMap<(RunId, Key), LogEntry>,
}
