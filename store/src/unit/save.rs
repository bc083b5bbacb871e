//! Writes what changed, and keeps the sums of the levels above.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{Flow, Integration, IntegrationId, IntegrationStatus, Run, Status};

use super::{Tracked, Unit};
use crate::{
    StoreError, app, flow, integration, log_entry, original, payload, pool::Conn, run, step, usage,
};

impl Unit<'_> {
    /// Writes what changed.
    pub(crate) async fn save(mut self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        let steps = changed(&self.steps, |step| step.id);
        step::save(conn, &steps).await?;
        let mut payloads: Vec<_> = self.payloads.values().filter(|p| p.is_changed()).collect();
        payloads.sort_by_key(|row| row.step_id);
        payload::save(conn, &payloads).await?;
        self.save_originals(conn).await?;
        log_entry::add(conn, &self.log).await?;

        for run in self.runs.values_mut() {
            let facts = self.facts.remove(&run.now.id).unwrap_or_default();
            run.now.settle(&mut facts.into_values().collect::<Vec<_>>());
        }
        let runs = changed(&self.runs, |run| run.id);
        run::save(conn, &runs).await?;

        let overtaken = self.add_runs_to_integrations(conn).await?;
        for id in overtaken {
            self.look_up_last_run(conn, id).await?;
        }
        self.add_integrations_to_flows();
        let apps = changed(&self.apps, |app| app.id);
        app::save(conn, &apps).await?;
        let flows = changed(&self.flows, |flow| flow.id);
        flow::save(conn, &flows).await?;
        let integrations = changed(&self.integrations, |integration| integration.id);
        integration::save(conn, &integrations).await
    }

    /// Originals stand beside payloads, so they come behind them.
    async fn save_originals(&self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        let mut changes: Vec<_> = self
            .payloads
            .values()
            .flat_map(|row| {
                row.originals()
                    .map(|(section, replaced, seal)| original::Change {
                        step: row.step_id,
                        section,
                        replaced,
                        seal,
                    })
            })
            .collect();
        changes.sort_by_key(|change| (change.step, change.section));
        original::save(conn, self.workspace, &changes).await
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

/// The rows that changed, the oldest first.
fn changed<K, T: PartialEq, I: Ord>(rows: &HashMap<K, Tracked<T>>, id: fn(&T) -> I) -> Vec<&T> {
    let changed = rows.values().filter(|row| row.changed());
    let mut changed: Vec<_> = changed.map(|row| &row.now).collect();
    changed.sort_by_key(|row| id(row));
    changed
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
