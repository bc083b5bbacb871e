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

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    App, AppId, Flow, FlowId, Integration, IntegrationId, IntegrationStatus, Key, LogEntry,
    LogEntryId, Run, RunId, Status, Step, StepId, Timestamp, WorkspaceId,
    bulk::{Done, Outcome},
    id::IdGenerator,
    merge::{self, Handling, StepFacts, reference_key},
    report::{
        AppReport, FlowReport, IntegrationReport, LogReport, Reference, Rejection, Report,
        RunReport, StepReport,
    },
};

use crate::{
    StoreError, app, flow, integration, log_entry,
    payload::{self, PayloadRow, PreparedPayload},
    pool::Conn,
    run, step, usage,
    writer::Prepared,
};

/// A row as it was and as it is now.
#[derive(Debug)]
struct Tracked<T> {
    before: Option<T>,
    now: T,
}

impl<T: PartialEq> Tracked<T> {
    fn changed(&self) -> bool {
        self.before.as_ref() != Some(&self.now)
    }
}

/// The rows that some reports touch.
#[derive(Debug)]
pub(crate) struct Unit<'u> {
    workspace: WorkspaceId,
    now: Timestamp,
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
}

/// The keys that some reports name.
#[derive(Debug, Default)]
pub(crate) struct Named<'r> {
    apps: BTreeSet<&'r Key>,
    flows: BTreeSet<&'r Key>,
    integrations: BTreeSet<&'r Key>,
    runs: BTreeSet<&'r Key>,
    steps: BTreeSet<(&'r Key, &'r Key)>,
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
                Report::Log(r) => named.runs.extend(&r.run),
            }
        }
        named
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

impl<'u> Unit<'u> {
    /// Reads what is named.
    pub(crate) async fn load(
        conn: &mut Conn<'_>,
        workspace: WorkspaceId,
        named: Named<'_>,
        ids: &'u mut IdGenerator,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let unassigned = Key::unassigned();
        let mut unit = Self {
            workspace,
            now,
            ids,
            apps: HashMap::new(),
            flows: HashMap::new(),
            flow_keys: HashMap::new(),
            integrations: HashMap::new(),
            integration_keys: HashMap::new(),
            runs: HashMap::new(),
            facts: HashMap::new(),
            steps: HashMap::new(),
            payloads: HashMap::new(),
            log: Vec::new(),
        };

        let keys: Vec<_> = named.apps.iter().copied().collect();
        for row in app::load(conn, workspace, &keys).await? {
            unit.apps.insert(
                row.key.clone(),
                Tracked {
                    before: Some(row.clone()),
                    now: row,
                },
            );
        }

        let keys: Vec<_> = named.runs.iter().copied().collect();
        let runs = run::load(conn, workspace, &keys).await?;
        unit.load_parents(conn, &named, &runs, &unassigned).await?;
        if !runs.is_empty() {
            unit.load_steps(conn, &named, &runs).await?;
        }
        for row in runs {
            unit.runs.insert(
                row.key.clone(),
                Tracked {
                    before: Some(row.clone()),
                    now: row,
                },
            );
        }
        Ok(unit)
    }

    /// The integrations and flows that are named, and those of the runs that exist.
    async fn load_parents(
        &mut self,
        conn: &mut Conn<'_>,
        named: &Named<'_>,
        runs: &[Run],
        unassigned: &Key,
    ) -> Result<(), StoreError> {
        let keys: Vec<_> = named
            .integrations
            .iter()
            .copied()
            .chain([unassigned])
            .collect();
        let rows = integration::load(conn, self.workspace, &keys).await?;
        rows.into_iter().for_each(|row| self.know_integration(row));
        let missing: BTreeSet<_> = runs.iter().map(|run| run.integration_id).collect();
        let missing: Vec<_> = missing
            .into_iter()
            .filter(|id| !self.integration_keys.contains_key(id))
            .collect();
        let rows = integration::load_ids(conn, &missing).await?;
        rows.into_iter().for_each(|row| self.know_integration(row));

        let keys: Vec<_> = named.flows.iter().copied().chain([unassigned]).collect();
        let rows = flow::load(conn, self.workspace, &keys).await?;
        rows.into_iter().for_each(|row| self.know_flow(row));
        let missing: BTreeSet<_> = self.integrations.values().map(|i| i.now.flow_id).collect();
        let missing: Vec<_> = missing
            .into_iter()
            .filter(|id| !self.flow_keys.contains_key(id))
            .collect();
        let rows = flow::load_ids(conn, &missing).await?;
        rows.into_iter().for_each(|row| self.know_flow(row));
        Ok(())
    }

    async fn load_steps(
        &mut self,
        conn: &mut Conn<'_>,
        named: &Named<'_>,
        runs: &[Run],
    ) -> Result<(), StoreError> {
        let run_ids: HashMap<&Key, RunId> = runs.iter().map(|run| (&run.key, run.id)).collect();
        let all: Vec<_> = runs.iter().map(|run| run.id).collect();
        for facts in step::load_facts(conn, &all).await? {
            self.facts
                .entry(facts.run_id)
                .or_default()
                .insert(facts.key.clone(), facts);
        }
        let wanted: Vec<(RunId, &Key)> = named
            .steps
            .iter()
            .filter_map(|(run, key)| Some((*run_ids.get(*run)?, *key)))
            .filter(|(run, key)| {
                self.facts
                    .get(run)
                    .is_some_and(|steps| steps.contains_key(*key))
            })
            .collect();
        let rows = step::load(conn, &wanted).await?;
        let step_ids: Vec<_> = rows.iter().map(|step| step.id).collect();
        for row in rows {
            let place = (row.run_id, row.key.clone());
            self.steps.insert(
                place,
                Tracked {
                    before: Some(row.clone()),
                    now: row,
                },
            );
        }
        for row in payload::load(conn, &step_ids).await? {
            self.payloads.insert(row.step_id, row);
        }
        Ok(())
    }

    fn know_integration(&mut self, row: Integration) {
        self.integration_keys.insert(row.id, row.key.clone());
        let tracked = Tracked {
            before: Some(row.clone()),
            now: row,
        };
        self.integrations.insert(tracked.now.key.clone(), tracked);
    }

    fn know_flow(&mut self, row: Flow) {
        self.flow_keys.insert(row.id, row.key.clone());
        self.flows.insert(
            row.key.clone(),
            Tracked {
                before: Some(row.clone()),
                now: row,
            },
        );
    }

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

    /// The rules that only the rows can tell.
    fn check(&self, report: &Report) -> Result<(), Rejection> {
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
        let started_at = report.started_at.unwrap_or(self.now);
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
        let named = report.integration.as_ref().and_then(reference_key);
        let known = report.key.as_ref().and_then(|key| self.runs.get(key));
        let owner = known.and_then(|run| self.integration_keys.get(&run.now.integration_id));
        match (named, owner) {
            (Some(named), Some(owner)) if named != owner && *owner != Key::unassigned() => {
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

    fn apply_app(&mut self, report: &AppReport) {
        let Some(key) = &report.key else { return };
        let (workspace, now) = (self.workspace, self.now);
        let ids = &mut self.ids;
        let app = self.apps.entry(key.clone()).or_insert_with(|| Tracked {
            before: None,
            now: App::placeholder(AppId(ids.next(now)), workspace, key.clone()),
        });
        app.now.merge(report);
    }

    fn flow(&mut self, key: &Key) -> FlowId {
        let (workspace, now) = (self.workspace, self.now);
        let ids = &mut self.ids;
        let flow = self.flows.entry(key.clone()).or_insert_with(|| Tracked {
            before: None,
            now: Flow::placeholder(FlowId(ids.next(now)), workspace, key.clone(), now),
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
    fn integration(&mut self, key: &Key, flow: Option<FlowId>) -> IntegrationId {
        if let Some(known) = self.integrations.get_mut(key) {
            known.now.flow_id = flow.unwrap_or(known.now.flow_id);
            return known.now.id;
        }
        let flow = flow.unwrap_or_else(|| self.flow(&Key::unassigned()));
        let id = IntegrationId(self.ids.next(self.now));
        let row = Integration::placeholder(id, self.workspace, flow, key.clone(), self.now);
        self.integration_keys.insert(id, key.clone());
        self.integrations.insert(
            key.clone(),
            Tracked {
                before: None,
                now: row,
            },
        );
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
        let integration = integration.unwrap_or_else(|| self.integration(&Key::unassigned(), None));
        let id = RunId(self.ids.next(self.now));
        let row = Run::placeholder(id, self.workspace, integration, key.clone(), self.now);
        self.runs.insert(
            key.clone(),
            Tracked {
                before: None,
                now: row,
            },
        );
        id
    }

    fn apply_run(&mut self, report: &RunReport, payloads: &[PreparedPayload]) {
        let Some(key) = &report.key else { return };
        let integration = match &report.integration {
            Some(Reference::Whole(whole)) => self.apply_integration(whole),
            Some(Reference::Key(key)) => Some(self.integration(key, None)),
            None => None,
        };
        let id = self.run(key, integration);
        if let Some(run) = self.runs.get_mut(key) {
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
        let step = self
            .steps
            .entry((run, key.clone()))
            .or_insert_with(|| Tracked {
                before: None,
                now: Step::placeholder(StepId(ids.next(now)), workspace, run, key.clone()),
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
        self.log
            .extend(LogEntry::new(id, self.workspace, run, report, self.now));
    }

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

    /// Writes what changed.
    pub(crate) async fn save(mut self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        let mut steps: Vec<_> = self
            .steps
            .values()
            .filter(|s| s.changed())
            .map(|s| &s.now)
            .collect();
        steps.sort_by_key(|step| step.id);
        step::save(conn, &steps).await?;
        let mut payloads: Vec<_> = self.payloads.values().filter(|p| p.is_changed()).collect();
        payloads.sort_by_key(|row| row.step_id);
        payload::save(conn, &payloads).await?;
        log_entry::add(conn, &self.log).await?;

        for run in self.runs.values_mut() {
            let facts = self.facts.remove(&run.now.id).unwrap_or_default();
            run.now.settle(&mut facts.into_values().collect::<Vec<_>>());
        }
        let mut runs: Vec<_> = self
            .runs
            .values()
            .filter(|r| r.changed())
            .map(|r| &r.now)
            .collect();
        runs.sort_by_key(|run| run.id);
        run::save(conn, &runs).await?;

        let overtaken = self.add_runs_to_integrations(conn).await?;
        for id in overtaken {
            self.look_up_last_run(conn, id).await?;
        }
        self.add_integrations_to_flows();
        let mut apps: Vec<_> = self
            .apps
            .values()
            .filter(|a| a.changed())
            .map(|a| &a.now)
            .collect();
        apps.sort_by_key(|app| app.id);
        app::save(conn, &apps).await?;
        let mut flows: Vec<_> = self
            .flows
            .values()
            .filter(|f| f.changed())
            .map(|f| &f.now)
            .collect();
        flows.sort_by_key(|flow| flow.id);
        flow::save(conn, &flows).await?;
        let mut integrations: Vec<_> = self
            .integrations
            .values()
            .filter(|i| i.changed())
            .map(|i| &i.now)
            .collect();
        integrations.sort_by_key(|integration| integration.id);
        integration::save(conn, &integrations).await
    }

    /// Brings the integrations' sums and last runs up to date, and the days' sums. Answers the
    /// integrations whose last run only the database can tell.
    async fn add_runs_to_integrations(
        &mut self,
        conn: &mut Conn<'_>,
    ) -> Result<BTreeSet<IntegrationId>, StoreError> {
        let mut overtaken = BTreeSet::new();
        let mut days: BTreeMap<(IntegrationId, i64), usage::Delta> = BTreeMap::new();
        for run in self.runs.values().filter(|run| run.changed()) {
            if let Some(before) = &run.before {
                let owner = self.integration_keys.get(&before.integration_id);
                if let Some(integration) = owner.and_then(|key| self.integrations.get_mut(key)) {
                    add_run(&mut integration.now, &mut days, before, -1);
                    let moved = before.integration_id != run.now.integration_id;
                    if moved && integration.now.last_run_key.as_ref() == Some(&before.key) {
                        overtaken.insert(before.integration_id);
                    }
                }
            }
            let owner = self.integration_keys.get(&run.now.integration_id);
            if let Some(integration) = owner.and_then(|key| self.integrations.get_mut(key)) {
                add_run(&mut integration.now, &mut days, &run.now, 1);
                if !integration.now.observe(&run.now) {
                    overtaken.insert(run.now.integration_id);
                }
            }
        }
        let days: Vec<_> = days
            .into_iter()
            .filter(|(_, delta)| *delta != usage::Delta::default())
            .collect();
        usage::add(conn, self.workspace, &days).await?;
        Ok(overtaken)
    }

    async fn look_up_last_run(
        &mut self,
        conn: &mut Conn<'_>,
        id: IntegrationId,
    ) -> Result<(), StoreError> {
        let last = run::last_of(conn, id).await?;
        let key = self.integration_keys.get(&id);
        let Some(integration) = key.and_then(|key| self.integrations.get_mut(key)) else {
            return Ok(());
        };
        match last {
            Some(last) => {
                integration.now.show_last(last);
            }
            None => integration.now.forget_last(),
        }
        Ok(())
    }

    fn add_integrations_to_flows(&mut self) {
        for integration in self.integrations.values().filter(|i| i.changed()) {
            for (row, sign) in [
                (integration.before.as_ref(), -1),
                (Some(&integration.now), 1),
            ] {
                let Some(row) = row else { continue };
                let flow = self
                    .flow_keys
                    .get(&row.flow_id)
                    .and_then(|key| self.flows.get_mut(key));
                if let Some(flow) = flow {
                    add_integration(&mut flow.now, row, sign);
                }
            }
        }
    }
}

fn add_run(
    integration: &mut Integration,
    days: &mut BTreeMap<(IntegrationId, i64), usage::Delta>,
    run: &Run,
    sign: i64,
) {
    let failed = i64::from(run.status == Status::Failed);
    integration.runs += sign;
    integration.failed_runs += sign * failed;
    integration.tasks += sign * run.tasks;
    let day = days.entry((integration.id, run.day())).or_default();
    day.runs += sign;
    day.failed_runs += sign * failed;
    day.tasks += sign * run.tasks;
}

fn add_integration(flow: &mut Flow, integration: &Integration, sign: i64) {
    let deleted = integration.status == IntegrationStatus::Deleted;
    flow.integrations += sign * i64::from(!deleted);
    flow.deleted += sign * i64::from(deleted);
    flow.faulty += sign * i64::from(integration.is_faulty());
    flow.runs += sign * integration.runs;
    flow.failed_runs += sign * integration.failed_runs;
    flow.tasks += sign * integration.tasks;
}
