//! Which step of one run is which of another, and which steps are attempts of one thing.
//!
//! Engines that give a step the same key in every run are taken at their word.
//! Where keys are new in each run, or only say the place, app and name tell.
//! The store looks for one step by the same rule (`store/src/compare.rs`); decision 11.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{Key, Status, StepRow};

/// The steps of two runs beside each other, by their places then and now.
pub type Pair = (Option<usize>, Option<usize>);

/// Whether a key says no more than the place, as one does that the reporter left out.
#[must_use]
pub fn is_place(key: &Key, position: i64) -> bool {
    key.as_str().parse() == Ok(position)
}

/// Pairs the steps of two runs, in the order of `now`; steps of `then` alone follow the one before them.
#[must_use]
pub fn pairs(then: &[StepRow], now: &[StepRow]) -> Vec<Pair> {
    let mut partner: Vec<Option<usize>> = vec![None; now.len()];
    let mut taken = vec![false; then.len()];
    let by_key: HashMap<&Key, usize> = places(then, |step| Some(&step.key));
    for (index, step) in now.iter().enumerate() {
        if let Some(at) = by_key.get(&step.key)
            && same_by_key(&then[*at], step)
        {
            (partner[index], taken[*at]) = (Some(*at), true);
        }
    }
    // First those of the same place too, then the first with the first, the second with the second.
    for exact in [true, false] {
        let place = |step: &StepRow| if exact { step.position } else { 0 };
        let mut free: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, step) in then.iter().enumerate().rev() {
            if let (false, Some(known)) = (taken[at], known(step)) {
                free.entry((known, place(step))).or_default().push(at);
            }
        }
        for (index, step) in now.iter().enumerate() {
            let Some(known) = known(step).filter(|_| partner[index].is_none()) else {
                continue;
            };
            if let Some(at) = free.get_mut(&(known, place(step))).and_then(Vec::pop) {
                (partner[index], taken[at]) = (Some(at), true);
            }
        }
    }
    in_order(&partner, &taken)
}

/// The step of `then` that is the one at `index` of `now`, or another attempt of it.
#[must_use]
pub fn counterpart(then: &[StepRow], now: &[StepRow], index: usize) -> Option<usize> {
    let pairs = pairs(then, now);
    let partner = |index| {
        let of = |pair: &&Pair| pair.1 == Some(index);
        pairs.iter().find(of).and_then(|pair| pair.0)
    };
    let attempts = attempts(now);
    let siblings = attempts.iter().find(|group| group.contains(&index));
    partner(index).or_else(|| siblings?.iter().rev().find_map(|at| partner(*at)))
}

/// Steps that are attempts of the same thing: the places of each such group, the first attempt first.
///
/// Attempts have the same app, name and parent and rising numbers, and each but the last went wrong.
#[must_use]
pub fn attempts(steps: &[StepRow]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut open: HashMap<_, usize> = HashMap::new();
    for (index, step) in steps.iter().enumerate() {
        let Some(attempt) = step.attempt else {
            continue;
        };
        if step.name.is_none() && step.parent.is_none() {
            continue;
        }
        let thing = (&step.app_key, &step.name, &step.parent);
        let follows = open.get(&thing).copied().filter(|group| {
            let last = groups[*group].last().map(|at| &steps[*at]);
            last.is_some_and(|last| last.attempt < Some(attempt) && !went_well(last.status))
        });
        match follows {
            Some(group) => groups[group].push(index),
            None => {
                open.insert(thing, groups.len());
                groups.push(vec![index]);
            }
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// A step that is one of several attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The step's place in the list that was given.
    pub step: u32,
    pub number: i64,
    /// The number of the last one.
    pub of: i64,
    /// The places of the attempts before and behind it.
    pub before: Option<u32>,
    pub behind: Option<u32>,
}

/// The steps that are attempts, in the order of the steps.
#[must_use]
pub fn attempts_by_step(steps: &[StepRow]) -> Vec<Attempt> {
    let mut all = Vec::new();
    for group in attempts(steps) {
        let number = |at: usize| steps[at].attempt.unwrap_or_default();
        let place = |nth: Option<usize>| Some(*group.get(nth?)? as u32);
        let of = group.last().map_or(0, |at| number(*at));
        for (nth, at) in group.iter().enumerate() {
            all.push(Attempt {
                step: *at as u32,
                number: number(*at),
                of,
                before: place(nth.checked_sub(1)),
                behind: place(Some(nth + 1)),
            });
        }
    }
    all.sort_unstable_by_key(|attempt| attempt.step);
    all
}

/// Whether a step did what it should.
#[must_use]
pub fn went_well(status: Status) -> bool {
    matches!(status, Status::Ok | Status::Warning)
}

fn same_by_key(then: &StepRow, now: &StepRow) -> bool {
    let said = is_place(&now.key, now.position);
    then.app_key == now.app_key && (!said || then.name == now.name)
}

/// What a step is known by where its key says nothing.
fn known(step: &StepRow) -> Option<(Option<&Key>, &str)> {
    Some((step.app_key.as_ref(), step.name.as_deref()?))
}

fn places<'s, K: std::hash::Hash + Eq>(
    steps: &'s [StepRow],
    key: impl Fn(&'s StepRow) -> Option<K>,
) -> HashMap<K, usize> {
    let keyed = steps.iter().enumerate();
    keyed
        .filter_map(|(at, step)| Some((key(step)?, at)))
        .collect()
}

fn in_order(partner: &[Option<usize>], taken: &[bool]) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(partner.len());
    let mut lonely: Vec<usize> = (0..taken.len()).filter(|at| !taken[*at]).rev().collect();
    for (index, then) in partner.iter().enumerate() {
        if let Some(then) = then {
            while lonely.last().is_some_and(|at| at < then) {
                pairs.push((lonely.pop(), None));
            }
        }
        pairs.push((*then, Some(index)));
    }
    pairs.extend(lonely.into_iter().rev().map(|at| (Some(at), None)));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StepId;

    fn step(key: &str, position: i64, app: &str, name: &str) -> StepRow {
        StepRow {
            id: StepId(0),
            key: Key::new(key).expect("a key"),
            position,
            parent: None,
            name: (!name.is_empty()).then(|| name.to_owned()),
            app_key: Key::new(app).ok(),
            app_name: None,
            status: Status::Failed,
            started_at: None,
            duration_ms: None,
            network_code: None,
            attempt: None,
            error: None,
        }
    }

    #[test]
    fn a_key_that_comes_again_is_taken_at_its_word() {
        let then = [
            step("send", 2, "crm", "Send to Dana"),
            step("get", 1, "shop", "Get"),
        ];
        let now = [
            step("get", 1, "shop", "Get"),
            step("send", 3, "crm", "Send to Kim"),
        ];
        assert_eq!(pairs(&then, &now), [(Some(1), Some(0)), (Some(0), Some(1))]);
        let elsewhere = [step("send", 2, "erp", "Send to Dana")];
        assert_eq!(
            pairs(&elsewhere, &now[1..]),
            [(None, Some(0)), (Some(0), None)]
        );
    }

    #[test]
    fn where_keys_are_new_or_say_the_place_app_and_name_tell() {
        let then = [
            step("t-1", 1, "crm", "Get"),
            step("t-2", 2, "crm", "Send"),
            step("t-3", 3, "crm", "Send"),
        ];
        let now = [
            step("u-1", 1, "crm", "Send"),
            step("u-2", 3, "crm", "Send"),
            step("u-3", 4, "erp", "Get"),
        ];
        assert_eq!(
            pairs(&then, &now),
            [
                (Some(0), None),
                (Some(1), Some(0)),
                (Some(2), Some(1)),
                (None, Some(2))
            ]
        );
        // A step was put in before: number 2 is another one now.
        let then = [step("1", 1, "a", "Get"), step("2", 2, "a", "Send")];
        let now = [
            step("1", 1, "a", "Get"),
            step("2", 2, "a", "Map"),
            step("3", 3, "a", "Send"),
        ];
        assert_eq!(
            pairs(&then, &now),
            [(Some(0), Some(0)), (None, Some(1)), (Some(1), Some(2))]
        );
    }

    #[test]
    fn steps_without_key_and_name_are_never_mistaken_for_each_other() {
        let then = [step("a", 1, "crm", "")];
        let now = [step("b", 1, "crm", "")];
        assert_eq!(pairs(&then, &now), [(None, Some(0)), (Some(0), None)]);
    }

    #[test]
    fn attempts_are_told_from_repetitions() {
        let try_of = |key: &str, name: &str, attempt, status| StepRow {
            attempt: Some(attempt),
            status,
            ..step(key, 1, "crm", name)
        };
        let steps = [
            try_of("a1", "Send", 1, Status::Failed),
            try_of("b1", "Get", 1, Status::Ok),
            try_of("a2", "Send", 2, Status::Failed),
            try_of("a3", "Send", 3, Status::Ok),
            // The next item of a loop, and one that went well at once.
            try_of("a4", "Send", 1, Status::Failed),
            try_of("a5", "Send", 2, Status::Failed),
            try_of("b2", "Get", 2, Status::Ok),
        ];
        assert_eq!(attempts(&steps), [vec![0, 2, 3], vec![4, 5]]);
        let places: Vec<_> = attempts_by_step(&steps)
            .iter()
            .map(|a| (a.step, a.number, a.of, a.before, a.behind))
            .collect();
        assert_eq!(places[1], (2, 2, 3, Some(0), Some(3)));
        assert_eq!(places[3], (4, 1, 2, None, Some(5)));
        let then = [step("a1", 1, "crm", "Send")];
        assert_eq!(counterpart(&then, &steps[..4], 3), Some(0));
        assert_eq!(counterpart(&then, &steps[..2], 1), None);
    }
}
