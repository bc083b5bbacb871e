//! Reads every row that is named, and what lies above and below it.

use std::collections::{BTreeSet, HashMap};

use domain::{
    Flow, Integration, Key, Run, RunId, Timestamp, WorkspaceId, access::Bounds, id::IdGenerator,
};

use super::{Named, Tracked, Unit};
use crate::{StoreError, app, flow, integration, log_entry, payload, pool::Conn, run, step};

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
            bounds: Bounds::default(),
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
            entries: HashMap::new(),
        };

        let keys: Vec<_> = named.apps.iter().copied().collect();
        for row in app::load(conn, workspace, &keys).await? {
            unit.apps.insert(row.key.clone(), Tracked::stored(row));
        }

        let keys: Vec<_> = named.runs.iter().copied().collect();
        let runs = run::load(conn, workspace, &keys).await?;
        unit.load_parents(conn, &named, &runs, &unassigned).await?;
        if !runs.is_empty() {
            unit.load_steps(conn, &named, &runs).await?;
            unit.load_entries(conn, &named, &runs).await?;
        }
        for row in runs {
            unit.runs.insert(row.key.clone(), Tracked::stored(row));
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
            self.steps.insert(place, Tracked::stored(row));
        }
        for row in payload::load(conn, &step_ids).await? {
            self.payloads.insert(row.step_id, row);
        }
        Ok(())
    }

    async fn load_entries(
        &mut self,
        conn: &mut Conn<'_>,
        named: &Named<'_>,
        runs: &[Run],
    ) -> Result<(), StoreError> {
        let id = |key: &Key| runs.iter().find(|run| run.key == *key).map(|run| run.id);
        let wanted = named.entries.iter();
        let wanted: Vec<(RunId, &Key)> = wanted
            .filter_map(|(run, key)| Some((id(run)?, *key)))
            .collect();
        for row in log_entry::load(conn, &wanted).await? {
            self.entries.insert((row.run_id, row.key.clone()), row);
        }
        Ok(())
    }

    fn know_integration(&mut self, row: Integration) {
        self.integration_keys.insert(row.id, row.key.clone());
        let tracked = Tracked::stored(row);
        self.integrations.insert(tracked.now.key.clone(), tracked);
    }

    fn know_flow(&mut self, row: Flow) {
        self.flow_keys.insert(row.id, row.key.clone());
        self.flows.insert(row.key.clone(), Tracked::stored(row));
    }
}
