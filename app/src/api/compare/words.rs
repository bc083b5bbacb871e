//! A comparison in words; dates, numbers and sentences are made on the server.

use domain::{
    Run,
    diff::{Group, Missing, Part},
    page::grouped,
    time::duration_text,
};

use super::{ChangedGroup, ChangedPart};

/// `2 h 5 min earlier`.
pub(super) fn distance(run: &Run, then: &Run) -> String {
    let ms = run
        .started_at
        .as_ms()
        .saturating_sub(then.started_at.as_ms());
    match ms {
        0 => "at the same time".to_owned(),
        1.. => format!("{} earlier", duration_text(ms)),
        _ => format!("{} later", duration_text(ms.saturating_neg())),
    }
}

/// What is told of two runs beside their status and start; a dash where there is nothing.
pub(super) fn facts(then: &Run, now: &Run) -> Vec<(String, String, String)> {
    let row = |name: &str, tell: fn(&Run) -> Option<String>| {
        let told = |run| tell(run).unwrap_or_else(|| "–".to_owned());
        (name.to_owned(), told(then), told(now))
    };
    let code = |run: &Run| {
        let failing = run
            .failing_code
            .filter(|code| run.network_code != Some(*code));
        let text = run.network_code.map(|code| code.to_string());
        let failing = failing.map(|code| format!("failing step {code}"));
        let both: Vec<_> = text.into_iter().chain(failing).collect();
        (!both.is_empty()).then(|| both.join(", "))
    };
    vec![
        row("Duration", |run| run.duration_ms.map(duration_text)),
        row("Trigger", crate::api::run::trigger),
        row("Network Code", code),
        row("Steps", |run| {
            let (steps, failed) = (grouped(run.steps), grouped(run.failed_steps));
            Some(format!("{steps}, {failed} failed"))
        }),
        row("Error", |run| {
            Some(run.error.as_ref()?.chars().take(300).collect())
        }),
    ]
}

/// What is said before and behind the other run.
pub(super) fn against(run: &Run, then: &Run, here: bool, chosen: bool) -> (String, String) {
    let apart = distance(run, then);
    let lead = "Compared with run ";
    match (here, chosen) {
        (_, true) => (lead.to_owned(), format!(", {apart}.")),
        (true, false) => (
            lead.to_owned(),
            format!(", {apart}, the last in which this step worked."),
        ),
        (false, false) => (
            format!("This step has not worked before in this integration. {lead}"),
            format!(" of the same flow, {apart}."),
        ),
    }
}

impl ChangedPart {
    pub(super) fn new(part: Part) -> Self {
        let missing = match part.missing {
            Some(Missing::Then) => "None was reported then, so there is nothing to compare.",
            Some(Missing::Now) => "None was reported now, so there is nothing to compare.",
            None => "",
        };
        let count = match part.count() {
            _ if part.missing.is_some() => String::new(),
            0 => "nothing that matters differs".to_owned(),
            1 => "1 difference".to_owned(),
            many => format!("{} differences", number(many)),
        };
        let groups = part.groups.into_iter();
        Self {
            name: part.section.label().to_owned(),
            count,
            missing: missing.to_owned(),
            groups: groups.filter_map(ChangedGroup::new).collect(),
        }
    }
}

impl ChangedGroup {
    fn new(group: Group) -> Option<Self> {
        let (count, usual) = (group.count(), group.usual_count());
        if count + usual + group.equal == 0 && group.notes.is_empty() {
            return None;
        }
        let mut notes = group.notes;
        for (places, words) in [
            (&group.other_secret, "Another secret than then"),
            (&group.same_secret, "The same secret as then"),
            (
                &group.redacted,
                "Redacted in both before it was stored, so nobody knows whether it is the same",
            ),
        ] {
            if !places.is_empty() {
                notes.push(format!("{words}: {}.", places.join(", ")));
            }
        }
        let equal = match group.equal {
            0 => String::new(),
            many => format!("{} equal", number(many)),
        };
        let usual_count = match usual {
            1 => "1 difference in a date or an ID, as in every run".to_owned(),
            many => format!(
                "{} differences in dates and IDs, as in every run",
                number(many)
            ),
        };
        Some(Self {
            name: group.name,
            equal,
            differences: group.differences,
            further: further(group.more),
            usual: group.usual,
            usual_count,
            usual_further: further(group.usual_more),
            notes,
        })
    }
}

fn further(more: u32) -> String {
    match more {
        0 => String::new(),
        1 => "1 further difference is not shown.".to_owned(),
        many => format!("{} further differences are not shown.", number(many)),
    }
}

fn number(count: u32) -> String {
    grouped(i64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{diff::Change, payload::Section};

    #[test]
    fn what_is_folded_and_what_is_left_out_is_told() {
        let difference = domain::diff::Difference {
            path: "a".into(),
            change: Change::Added,
            then: String::new(),
            now: "1".into(),
        };
        let group = Group {
            name: "Body".into(),
            differences: vec![difference.clone()],
            more: 1_233,
            usual: vec![difference],
            equal: 41,
            redacted: vec!["token".into(), "x.secret".into()],
            same_secret: vec!["Authorization".into()],
            other_secret: vec!["a.key".into(), "b".into()],
            ..Group::default()
        };
        let part = ChangedPart::new(Part {
            section: Section::Response,
            missing: None,
            groups: vec![group, Group::default()],
        });
        assert_eq!(
            (part.count.as_str(), part.groups.len()),
            ("1,234 differences", 1)
        );
        let group = &part.groups[0];
        let words = [
            &group.equal,
            &group.further,
            &group.usual_count,
            &group.usual_further,
        ];
        assert_eq!(
            words,
            [
                "41 equal",
                "1,233 further differences are not shown.",
                "1 difference in a date or an ID, as in every run",
                "",
            ]
        );
        assert_eq!(group.notes[0], "Another secret than then: a.key, b.");
        assert_eq!(group.notes[1], "The same secret as then: Authorization.");
        assert!(group.notes[2].ends_with("the same: token, x.secret."));
    }
}
