//! JSON compared by structure: members by name, items of a list by an ID of theirs or else by
//! what they have in common.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt::Write as _,
};

use super::{
    Change,
    align::align,
    found::Found,
    tree::{self, Kind, NoTree, Node},
    usual,
};

/// Bytes of a branch that are written out where it was added or removed.
const BRANCH_BYTES: usize = 600;
/// Members that tell which item of a list is which.
const NAMES_OF_ITEMS: [&str; 6] = ["id", "key", "uuid", "code", "sku", "name"];

/// Compares two texts of JSON.
pub(super) fn json(found: &mut Found, then: &str, now: &str) -> Result<(), NoTree> {
    let (then, now) = (tree::parse(then)?, tree::parse(now)?);
    compare(found, &mut Path::default(), "", &then, &now);
    Ok(())
}

/// Compares the pairs of two objects, of which each value is JSON text.
pub(super) fn objects(found: &mut Found, then: &[(String, String)], now: &[(String, String)]) {
    for (key, was, is) in by_name(then, now) {
        let mut path = Path::default();
        path.member(&key.0, key.1);
        match (was, is) {
            (Some(was), Some(is)) => match (tree::parse(was), tree::parse(is)) {
                (Ok(was), Ok(is)) => compare(found, &mut path, &key.0, &was, &is),
                _ => found.pair(path.text(), was, is, false),
            },
            (Some(was), None) => found.removed(path.text(), was),
            (None, Some(is)) => found.added(path.text(), is),
            (None, None) => {}
        }
    }
}

/// A name, and which of those that are called so.
pub(super) type Nth = (String, u32);

/// Pairs of the same name: the second of a name belongs to the second of it.
pub(super) fn by_name<'a, V>(
    then: &'a [(String, V)],
    now: &'a [(String, V)],
) -> Vec<(Nth, Option<&'a V>, Option<&'a V>)> {
    let mut places: HashMap<Nth, usize> = HashMap::new();
    let mut all: Vec<(Nth, Option<&V>, Option<&V>)> = Vec::new();
    for (key, value) in numbered(now) {
        places.insert(key.clone(), all.len());
        all.push((key, None, Some(value)));
    }
    for (key, value) in numbered(then) {
        match places.get(&key) {
            Some(place) => all[*place].1 = Some(value),
            None => all.push((key, Some(value), None)),
        }
    }
    all
}

fn numbered<V>(pairs: &[(String, V)]) -> impl Iterator<Item = (Nth, &V)> {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    pairs.iter().map(move |(name, value)| {
        let number = seen.entry(name).and_modify(|n| *n += 1).or_insert(1);
        ((name.clone(), *number), value)
    })
}

/// A place in a tree, as people write it.
#[derive(Debug, Default)]
struct Path(String);

impl Path {
    fn text(&self) -> &str {
        if self.0.is_empty() {
            "(all of it)"
        } else {
            &self.0
        }
    }

    fn member(&mut self, name: &str, number: u32) {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '$');
        if !name.is_empty() && name.chars().all(plain) {
            if !self.0.is_empty() {
                self.0.push('.');
            }
            self.0.push_str(name);
        } else {
            let _ = write!(self.0, "[{}]", serde_json::Value::from(name));
        }
        if number > 1 {
            let _ = write!(self.0, " (no. {number})");
        }
    }

    fn item(&mut self, index: usize) {
        let _ = write!(self.0, "[{index}]");
    }
}

fn compare(found: &mut Found, path: &mut Path, name: &str, then: &Node<'_>, now: &Node<'_>) {
    if then.digest == now.digest {
        found.equal(now.leaves);
        if now.redacted {
            redacted(found, path, now);
        }
        return;
    }
    match (&then.kind, &now.kind) {
        (Kind::Object(then), Kind::Object(now)) => members(found, path, then, now),
        (Kind::Array(then), Kind::Array(now)) => items(found, path, name, then, now),
        (Kind::Leaf(was), Kind::Leaf(is))
            if then.redacted && found.marked(path.text(), was, is) =>
        {
            found.equal(1);
        }
        (Kind::Leaf(was), Kind::Leaf(is)) => {
            found.changed(path.text(), was, is, usual::value(name, was, is));
        }
        _ => {
            let [was, is] = [then, now].map(|node| tree::write(node, BRANCH_BYTES));
            found.changed(path.text(), &was, &is, false);
        }
    }
}

/// Goes through equal branches for the sake of what was redacted in them.
fn redacted(found: &mut Found, path: &mut Path, node: &Node<'_>) {
    if !node.redacted || found.marks_are_full() {
        return;
    }
    let length = path.0.len();
    match &node.kind {
        Kind::Leaf(raw) => {
            found.marked(path.text(), raw, raw);
        }
        Kind::Object(members) => {
            for (name, value) in members {
                path.member(name, 1);
                redacted(found, path, value);
                path.0.truncate(length);
            }
        }
        Kind::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                path.item(index);
                redacted(found, path, value);
                path.0.truncate(length);
            }
        }
    }
}

type Members<'a> = [(Cow<'a, str>, Node<'a>)];

fn members(found: &mut Found, path: &mut Path, then: &Members<'_>, now: &Members<'_>) {
    let length = path.0.len();
    let mut places: HashMap<(&str, u32), &Node<'_>> = HashMap::with_capacity(then.len());
    for ((name, number), value) in counted(then) {
        places.insert((name, number), value);
    }
    for ((name, number), value) in counted(now) {
        path.member(name, number);
        match places.remove(&(name, number)) {
            Some(was) => compare(found, path, name, was, value),
            None => alone(found, path, Change::Added, value),
        }
        path.0.truncate(length);
    }
    for ((name, number), value) in counted(then) {
        if places.contains_key(&(name, number)) {
            path.member(name, number);
            alone(found, path, Change::Removed, value);
            path.0.truncate(length);
        }
    }
}

fn counted<'m, 'a>(
    members: &'m Members<'a>,
) -> impl Iterator<Item = ((&'m str, u32), &'m Node<'a>)> {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    members.iter().map(move |(name, value)| {
        let number = seen.entry(name).and_modify(|n| *n += 1).or_insert(1);
        ((&**name, *number), value)
    })
}

fn alone(found: &mut Found, path: &Path, change: Change, value: &Node<'_>) {
    let text = tree::write(value, BRANCH_BYTES);
    match change {
        Change::Added => found.added(path.text(), &text),
        _ => found.removed(path.text(), &text),
    }
}

fn items(found: &mut Found, path: &mut Path, name: &str, then: &[Node<'_>], now: &[Node<'_>]) {
    if let Some(member) = naming(then, now) {
        return named_items(found, path, member, then, now);
    }
    let digests = |items: &[Node<'_>]| items.iter().map(|item| item.digest).collect::<Vec<_>>();
    let pairs = align(&digests(then), &digests(now), &mut found.aligned);
    let length = path.0.len();
    for (was, is) in pairs {
        match (was, is) {
            (Some(was), Some(is)) => {
                path.item(is);
                compare(found, path, name, &then[was], &now[is]);
            }
            (Some(was), None) => {
                path.item(was);
                alone(found, path, Change::Removed, &then[was]);
            }
            (None, Some(is)) => {
                path.item(is);
                alone(found, path, Change::Added, &now[is]);
            }
            (None, None) => {}
        }
        path.0.truncate(length);
    }
}

/// The member by which the items of both lists are known, where most of the shorter list's are in both.
fn naming(then: &[Node<'_>], now: &[Node<'_>]) -> Option<&'static str> {
    NAMES_OF_ITEMS.into_iter().find(|member| {
        let (Some(then), Some(now)) = (names(then, member), names(now, member)) else {
            return false;
        };
        let both = then.intersection(&now).count();
        both > 0 && both * 2 >= then.len().min(now.len())
    })
}

/// What each item says under `member`; `None` where one says nothing, or two say the same.
fn names<'m>(items: &'m [Node<'_>], member: &str) -> Option<HashSet<&'m str>> {
    let mut all = HashSet::with_capacity(items.len());
    items
        .iter()
        .all(|item| name_of(item, member).is_some_and(|name| all.insert(name)))
        .then_some(all)
}

fn name_of<'m>(item: &'m Node<'_>, member: &str) -> Option<&'m str> {
    let Kind::Object(members) = &item.kind else {
        return None;
    };
    let mut found = members.iter().filter(|(name, _)| name == member);
    match (found.next(), found.next()) {
        (
            Some((
                _,
                Node {
                    kind: Kind::Leaf(raw),
                    ..
                },
            )),
            None,
        ) => Some(raw),
        _ => None,
    }
}

fn named_items(
    found: &mut Found,
    path: &mut Path,
    member: &str,
    then: &[Node<'_>],
    now: &[Node<'_>],
) {
    let known = |item| name_of(item, member).unwrap_or_default();
    let mut places: HashMap<&str, &Node<'_>> =
        then.iter().map(|item| (known(item), item)).collect();
    let length = path.0.len();
    let mut at = |found: &mut Found, item, was: Option<&Node<'_>>, is: Option<&Node<'_>>| {
        let _ = write!(path.0, "[{member}={}]", tree::decoded(known(item)));
        match (was, is) {
            (Some(was), Some(is)) => compare(found, path, "", was, is),
            (Some(was), None) => alone(found, path, Change::Removed, was),
            (None, Some(is)) => alone(found, path, Change::Added, is),
            (None, None) => {}
        }
        path.0.truncate(length);
    };
    for item in now {
        let was = places.remove(known(item));
        at(found, item, was, Some(item));
    }
    for item in then {
        if places.contains_key(known(item)) {
            at(found, item, Some(item), None);
        }
    }
}
