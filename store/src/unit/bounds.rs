//! What a key that is good for one flow or one integration may report, and what its bounds fill in.
//!
//! A run or an integration that nobody has claimed yet is nobody's: steps may come before their
//! run, and whoever names it first has it.

use domain::{
    IntegrationId, Key,
    access::Bounds,
    merge::reference_key,
    report::{AppReport, IntegrationReport, Reference, Rejection, Report},
};

use super::Unit;

impl Unit<'_> {
    /// From now on the reports are of a key with these bounds.
    pub(crate) fn keep_to(&mut self, bounds: Bounds) {
        self.bounds = bounds;
    }

    /// Where a run belongs that names no integration.
    pub(super) fn usual_integration(&mut self) -> IntegrationId {
        match self.bounds.integration.clone() {
            Some(key) => self.integration(&key, None),
            None => {
                let flow = self.flow(&Key::unassigned());
                self.integration(&Key::unassigned(), Some(flow))
            }
        }
    }

    /// Refuses what lies beyond the bounds of the key, with the field that says so.
    pub(super) fn check_bounds(&self, report: &Report) -> Result<(), Rejection> {
        if self.bounds.is_all() {
            return Ok(());
        }
        match report {
            Report::App(_) => Err(self.beyond("key", "it may not describe apps")),
            Report::Flow(report) => match (&self.bounds, &report.key) {
                (
                    Bounds {
                        flow: Some(mine),
                        integration: None,
                    },
                    Some(key),
                ) if mine == key => Ok(()),
                _ => Err(self.beyond("key", "it may not describe this flow")),
            },
            Report::Integration(report) => self.integration_within(report, ""),
            Report::Run(report) => {
                self.run_within(report.key.as_ref(), "key")?;
                match &report.integration {
                    Some(Reference::Whole(whole)) => {
                        self.integration_within(whole, "integration.")?
                    }
                    Some(Reference::Key(key)) => {
                        self.key_within((key, "integration"), (None, "integration"))?;
                    }
                    None => {}
                }
                let mut steps = report.steps.iter().enumerate();
                steps.try_for_each(|(place, step)| {
                    self.app_by_key(step.app.as_ref(), &format!("steps[{place}].app"))
                })
            }
            Report::Step(report) => {
                self.run_within(report.run.as_ref(), "run")?;
                self.app_by_key(report.app.as_ref(), "app")
            }
            Report::Log(report) => self.run_within(report.run.as_ref(), "run"),
        }
    }

    fn integration_within(&self, report: &IntegrationReport, path: &str) -> Result<(), Rejection> {
        if let (Some(Reference::Whole(_)), Some(_)) = (&report.flow, &self.bounds.integration) {
            return Err(self.beyond(&format!("{path}flow"), "name the flow by its key"));
        }
        self.app_by_key(report.app.as_ref(), &format!("{path}app"))?;
        let flow = report.flow.as_ref().and_then(reference_key);
        match &report.key {
            Some(key) => {
                let fields = (format!("{path}key"), format!("{path}flow"));
                self.key_within((key, &fields.0), (flow, &fields.1))
            }
            None => Ok(()),
        }
    }

    /// Whether an integration of this key, told to be of `flow`, is within the bounds; each beside
    /// the field that says it.
    fn key_within(
        &self,
        (key, key_field): (&Key, &str),
        (flow, flow_field): (Option<&Key>, &str),
    ) -> Result<(), Rejection> {
        let mine = &self.bounds.integration;
        if mine.as_ref().is_some_and(|mine| mine != key) {
            return Err(self.beyond(key_field, "this is another integration"));
        }
        let Some(mine) = &self.bounds.flow else {
            return Ok(());
        };
        if flow.is_some_and(|flow| flow != mine) {
            return Err(self.beyond(flow_field, "this is another flow"));
        }
        // Where what nobody has claimed lies is nobody's flow.
        if *key == Key::unassigned() {
            return Err(self.beyond(key_field, "this is where runs of nobody lie"));
        }
        let known = self.integrations.get(key);
        match known.and_then(|known| self.flow_keys.get(&known.now.flow_id)) {
            Some(theirs) if theirs != mine && !self.may_claim(key, theirs) => {
                Err(self.beyond(key_field, "this integration is of another flow"))
            }
            _ => Ok(()),
        }
    }

    /// Whether the key may take an integration out of `unassigned`: the one it was made for.
    fn may_claim(&self, key: &Key, theirs: &Key) -> bool {
        *theirs == Key::unassigned() && self.bounds.integration.as_ref() == Some(key)
    }

    pub(super) fn run_within(&self, run: Option<&Key>, path: &str) -> Result<(), Rejection> {
        let known = run.and_then(|run| self.runs.get(run));
        let owner = known.and_then(|run| self.integration_keys.get(&run.now.integration_id));
        match owner {
            Some(owner) if *owner != Key::unassigned() => self
                .key_within((owner, path), (None, path))
                .map_err(|_| self.beyond(path, "this run is of another integration")),
            _ => Ok(()),
        }
    }

    /// Apps are of the whole workspace.
    fn app_by_key(&self, app: Option<&Reference<AppReport>>, path: &str) -> Result<(), Rejection> {
        match app {
            Some(Reference::Whole(_)) => Err(self.beyond(path, "name the app by its key")),
            _ => Ok(()),
        }
    }

    fn beyond(&self, path: &str, why: &str) -> Rejection {
        let mine = match (&self.bounds.integration, &self.bounds.flow) {
            (Some(key), _) => format!("the integration `{key}`"),
            (None, Some(key)) => format!("the flow `{key}`"),
            (None, None) => "nothing".to_owned(),
        };
        let detail = format!("this key is good for {mine} only: {why}");
        Rejection::new(path, "beyond_key", detail)
    }
}
