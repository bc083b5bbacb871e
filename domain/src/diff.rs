//! What differs between two payloads of the same step, then and now.
//!
//! Parts are told apart by what they are: status, URL, header fields, members of
//! JSON, fields of a form, lines of text. Time and memory are bounded whatever the
//! bodies hold, and what was left out is told.
//!
//! It judges no difference as the cause. What differs in every run (moments, IDs)
//! is set apart, never dropped; redacted values are compared by their fingerprints, and where
//! there are none it says that it knows nothing.

mod align;
mod body;
mod found;
mod message;
mod structure;
#[cfg(test)]
mod tests;
mod tree;
mod usual;

use serde::{Deserialize, Serialize};

use crate::{
    Body, Headers, Payload,
    payload::{Object, Request, Response, Section},
};
use found::Found;

text_enum! {
    /// What became of a value.
    Change {
        Added = "added", "Added";
        Removed = "removed", "Removed";
        Changed = "changed", "Changed";
    }
}

/// One value that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Where it stands: `error.code`, `items[2].price`, `line 12`.
    pub path: String,
    pub change: Change,
    /// As text, shortened; empty where it was added.
    pub then: String,
    /// As text, shortened; empty where it was removed.
    pub now: String,
}

/// A part of a section: its status, its header fields, its body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub name: String,
    pub differences: Vec<Difference>,
    /// Further differences that were counted and not kept.
    pub more: u32,
    /// Differences in moments and IDs, which differ in every run.
    pub usual: Vec<Difference>,
    pub usual_more: u32,
    /// Values that are the same.
    pub equal: u32,
    /// Where both sides were redacted, and nobody knows whether they are equal.
    pub redacted: Vec<String>,
    /// Where both were, and by their fingerprints it is the same secret.
    pub same_secret: Vec<String>,
    /// Where both were, and by their fingerprints it is another secret.
    pub other_secret: Vec<String>,
    /// How it was compared, and what was not.
    pub notes: Vec<String>,
}

/// Which side was not reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missing {
    Then,
    Now,
}

/// A section of both payloads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub section: Section,
    /// Where one side has no such section there is nothing to compare.
    pub missing: Option<Missing>,
    pub groups: Vec<Group>,
}

impl Part {
    /// How many differences there are beside the usual ones.
    #[must_use]
    pub fn count(&self) -> u32 {
        let counts = self.groups.iter().map(Group::count);
        counts.fold(u32::from(self.missing.is_some()), u32::saturating_add)
    }
}

impl Group {
    /// How many differences there are beside the usual ones.
    #[must_use]
    pub fn count(&self) -> u32 {
        (self.differences.len() as u32).saturating_add(self.more)
    }

    /// How many of the usual ones there are.
    #[must_use]
    pub fn usual_count(&self) -> u32 {
        (self.usual.len() as u32).saturating_add(self.usual_more)
    }
}

/// Compares the sections that at least one side has, the response first.
#[must_use]
pub fn payloads(then: &Payload, now: &Payload) -> Vec<Part> {
    let parts = [
        part(Section::Response, &then.response, &now.response, responses),
        part(Section::Request, &then.request, &now.request, requests),
        part(Section::Object, &then.object, &now.object, objects),
    ];
    parts.into_iter().flatten().collect()
}

fn part<T>(
    section: Section,
    then: &Option<T>,
    now: &Option<T>,
    compare: fn(&T, &T) -> Vec<Group>,
) -> Option<Part> {
    let (missing, groups) = match (then, now) {
        (None, None) => return None,
        (None, Some(_)) => (Some(Missing::Then), vec![]),
        (Some(_), None) => (Some(Missing::Now), vec![]),
        (Some(then), Some(now)) => (None, compare(then, now)),
    };
    Some(Part {
        section,
        missing,
        groups,
    })
}

fn responses(then: &Response, now: &Response) -> Vec<Group> {
    let mut status = Found::default();
    let text = |code: Option<i64>| code.map(|code| code.to_string());
    status.optional("status", text(then.status), text(now.status));
    let headers = [&then.headers, &now.headers];
    message(status.group("Status"), headers, [&then.body, &now.body])
}

fn requests(then: &Request, now: &Request) -> Vec<Group> {
    let mut line = Found::default();
    line.optional("method", then.method.clone(), now.method.clone());
    message::urls(&mut line, then.url.as_deref(), now.url.as_deref());
    let headers = [&then.headers, &now.headers];
    message(
        line.group("Method and URL"),
        headers,
        [&then.body, &now.body],
    )
}

/// The first line of a message, its headers and its body.
fn message(line: Group, headers: [&Headers; 2], bodies: [&Option<Body>; 2]) -> Vec<Group> {
    let types = headers.map(|headers| headers.get("content-type"));
    let mut groups = vec![line, message::headers(headers[0], headers[1])];
    groups.extend(body::compare(bodies, types));
    groups
}

fn objects(then: &Object, now: &Object) -> Vec<Group> {
    let mut found = Found::default();
    structure::objects(&mut found, &then.0, &now.0);
    vec![found.group("Key-value pairs")]
}
