//! One run: its script, what happened to it, and when.

use domain::Status;

use super::{
    cause::Cause,
    fault,
    item::{Log, Run},
    random::code,
    script::{self, Scene},
};

/// The report of the run that `scene` describes.
pub(super) fn item(mut scene: Scene<'_>, cause: Cause) -> String {
    let mut script = script::write(&mut scene);
    let verdict = fault::happen(cause, &mut scene, &mut script);

    let mut at = scene.at;
    for (step, position) in script.steps.iter_mut().zip(1..) {
        step.position = position;
        let status = *step.status.get_or_insert(Status::Ok);
        if status == Status::Skipped {
            continue;
        }
        step.started_at = Some(at);
        if step.request.is_some() {
            step.attempt.get_or_insert(1);
        }
        if status.is_finished() {
            at = at.plus_ms(step.took_ms);
            step.finished_at = Some(at);
        }
        // Engines need a moment between two steps.
        at = at.plus_ms(scene.random.between(1, 9));
    }

    let log = verdict.log.map(|(level, hit, message)| Log {
        logged_at: script.steps[hit].finished_at.unwrap_or(at),
        level,
        step: Some(script.steps[hit].key),
        message,
    });
    let run = Run {
        r#type: "run",
        key: key(scene.number),
        integration: &scene.seat.key,
        status: verdict.status,
        trigger: script.trigger,
        started_at: scene.at,
        finished_at: verdict.status.is_finished().then_some(at),
        created_count: (script.created > 0).then_some(script.created),
        updated_count: (script.updated > 0).then_some(script.updated),
        summary: script.summary,
        error: verdict.error,
        steps: script.steps,
        log: log.into_iter().collect(),
    };
    serde_json::to_string(&run).unwrap_or_default()
}

/// The key of a run.
pub(super) fn key(number: usize) -> String {
    format!("run_{}", code(number))
}
