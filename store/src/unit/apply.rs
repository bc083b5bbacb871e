//! Joins reports into the rows, in memory.

use domain::{
    App, AppId, Flow, FlowId, Integration, IntegrationId, Key, LogEntry, LogEntryId, Run, RunId,
    Step, StepId, merge,
    report::{
        AppReport, Claim, FlowReport, IntegrationReport, LogReport, Reference, Rejection, Report,
        RunReport, StepReport,
    },
};

use super::{Tracked, Unit};
use crate::{
    payload::{PayloadRow, PreparedPayload},
    writer::Prepared,
};

impl Unit<'_> {
    /// Joins one report, or says why not; then nothing of it was taken.
    pub(crate) fn apply(&mut self, item: &Prepared) -> Result<(), Rejection> {
        self.check(&item.report)?;
        match &item.report {
            Report::App(report) => self.apply_app(report),
            Report::Flow(report) => _ = self.apply_flow(report),
            Report::Integration(report) => _ = self.apply_integration(report),
            Report::Run(report) => self.apply_run(report, &item.payloads),
            Report::Step(report) => {
                if let Some(run) = &report.run {
                    let run = self.run(run, None);
                    let payload = item.payloads.first().cloned().unwrap_or_default();
                    self.apply_step(run, report, &payload);
                }
            }
            Report::Log(report) => {
                if let Some(run) = &report.run {
                    let run = self.run(run, None);
                    self.apply_log(run, report);
                }
            }
        }
        Ok(())
    }

    fn apply_app(&mut self, report: &AppReport) {
        let Some(key) = &report.key else { return };
        let (workspace, now) = (self.workspace, self.now);
        let ids = &mut self.ids;
        let app = self.apps.entry(key.clone()).or_insert_with(|| {
            Tracked::new(App::placeholder(
                AppId(ids.next(now)),
                workspace,
                key.clone(),
            ))
        });
        app.now.merge(report);
    }

    pub(super) fn flow(&mut self, key: &Key) -> FlowId {
        let (workspace, now) = (self.workspace, self.now);
        let ids = &mut self.ids;
        let flow = self.flows.entry(key.clone()).or_insert_with(|| {
            Tracked::new(Flow::placeholder(
                FlowId(ids.next(now)),
                workspace,
                key.clone(),
                now,
            ))
        });
        self.flow_keys.insert(flow.now.id, key.clone());
        flow.now.id
    }

    fn apply_flow(&mut self, report: &FlowReport) -> Option<FlowId> {
        let key = report.key.as_ref()?;
        let id = self.flow(key);
        if let Some(flow) = self.flows.get_mut(key) {
            flow.now.merge(report);
        }
        Some(id)
    }

    /// The integration of this key, made where there is none.
    pub(super) fn integration(&mut self, key: &Key, flow: Option<FlowId>) -> IntegrationId {
        if let Some(known) = self.integrations.get_mut(key) {
            known.now.flow_id = flow.unwrap_or(known.now.flow_id);
            return known.now.id;
        }
        let flow = flow.unwrap_or_else(|| {
            let usual = self.bounds.flow.clone();
            self.flow(&usual.unwrap_or_else(Key::unassigned))
        });
        let id = IntegrationId(self.ids.next(self.now));
        let row = Integration::placeholder(id, self.workspace, flow, key.clone(), self.now);
        self.integration_keys.insert(id, key.clone());
        self.integrations.insert(key.clone(), Tracked::new(row));
        id
    }

    fn apply_integration(&mut self, report: &IntegrationReport) -> Option<IntegrationId> {
        let key = report.key.as_ref()?;
        let flow = match &report.flow {
            Some(Reference::Whole(whole)) => self.apply_flow(whole),
            Some(Reference::Key(key)) => Some(self.flow(key)),
            None => None,
        };
        if let Some(Reference::Whole(app)) = &report.app {
            self.apply_app(app);
        }
        let id = self.integration(key, flow);
        if let Some(integration) = self.integrations.get_mut(key) {
            integration.now.merge(report, self.now);
        }
        Some(id)
    }

    /// The run of this key, made where there is none; it moves to `integration` where it had none of its own.
    fn run(&mut self, key: &Key, integration: Option<IntegrationId>) -> RunId {
        if let Some(known) = self.runs.get_mut(key) {
            known.now.integration_id = integration.unwrap_or(known.now.integration_id);
            known.now.received_at = known.now.received_at.min(self.now);
            return known.now.id;
        }
        let integration = integration.unwrap_or_else(|| self.usual_integration());
        let id = RunId(self.ids.next(self.now));
        let row = Run::placeholder(id, self.workspace, integration, key.clone(), self.now);
        self.runs.insert(key.clone(), Tracked::new(row));
        id
    }

    /// The run that a file is of, made where there is none, or why the file is not its reporter's.
    pub(crate) fn run_of_file(&mut self, key: &Key) -> Result<RunId, Rejection> {
        self.run_within(Some(key), "run")?;
        Ok(self.run(key, None))
    }

    /// Whether a run is of the integration that a report names.
    fn claim(&mut self, run: &Key, named: Option<&Key>, claim: Claim) -> bool {
        let Some(known) = self.runs.get_mut(run) else {
            return true;
        };
        let owner = self.integration_keys.get(&known.now.integration_id);
        match (owner, named) {
            (Some(owner), Some(named)) => known.now.take_claim(owner, named, claim),
            _ => true,
        }
    }

    fn apply_run(&mut self, report: &RunReport, payloads: &[PreparedPayload]) {
        let Some(key) = &report.key else { return };
        let integration = match &report.integration {
            Some(Reference::Whole(whole)) => self.apply_integration(whole),
            Some(Reference::Key(key)) => Some(self.integration(key, None)),
            None => None,
        };
        let named = report.integration.as_ref().and_then(merge::reference_key);
        let integration = integration.filter(|_| self.claim(key, named, report.claim));
        let is_new = !self.runs.contains_key(key);
        let id = self.run(key, integration);
        if let Some(run) = self.runs.get_mut(key) {
            if is_new && named.is_some() {
                run.now.set_claim(report.claim);
            }
            run.now.merge(report);
        }
        let empty = PreparedPayload::default();
        for (index, step) in report.steps.iter().enumerate() {
            self.apply_step(id, step, payloads.get(index).unwrap_or(&empty));
        }
        for entry in &report.log {
            self.apply_log(id, entry);
        }
    }

    fn apply_step(&mut self, run: RunId, report: &StepReport, news: &PreparedPayload) {
        let Some(key) = &report.key else { return };
        if let Some(Reference::Whole(app)) = &report.app {
            self.apply_app(app);
        }
        let (workspace, now) = (self.workspace, self.now);
        let ids = &mut self.ids;
        let step = self.steps.entry((run, key.clone())).or_insert_with(|| {
            Tracked::new(Step::placeholder(
                StepId(ids.next(now)),
                workspace,
                run,
                key.clone(),
            ))
        });
        step.now.merge(report);
        self.facts
            .entry(run)
            .or_default()
            .insert(key.clone(), step.now.facts());
        if !news.is_empty() {
            let id = step.now.id;
            let row = self
                .payloads
                .entry(id)
                .or_insert_with(|| PayloadRow::new(id, workspace));
            row.merge(news, merge::is_finished(report));
        }
    }

    fn apply_log(&mut self, run: RunId, report: &LogReport) {
        let id = LogEntryId(self.ids.next(self.now));
        let entry = LogEntry::new(id, self.workspace, run, report, self.now);
        if let Some(entry) = entry.as_ref().filter(|_| report.once) {
            let place = (run, entry.key.clone());
            self.entries.entry(place).or_insert_with(|| entry.clone());
        }
        self.log.extend(entry);
    }
}
