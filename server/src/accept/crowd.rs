//! Who is in: at most so many connections, and not too many of them for one address.
//!
//! When all places are taken, the one that waits longest for its client gives way: first those
//! between two requests, then those that have not sent a whole head, then those that stopped in the
//! middle. Whoever is being served stays.
//! So a client that comes gets in, however many hold a place in silence.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::watch::Watch;
use crate::address;

/// All connections of a server.
#[derive(Debug)]
pub(super) struct Crowd {
    most: usize,
    most_per_address: usize,
    inside: Mutex<Inside>,
    /// Somebody left.
    left: Notify,
}

#[derive(Debug, Default)]
struct Inside {
    next: u64,
    members: HashMap<u64, Member>,
    by_address: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Member {
    watch: Arc<Watch>,
    leave: Arc<Notify>,
    asked: bool,
    address: Option<IpAddr>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// One address has all that it may have.
    Address,
    /// All are taken; one that waits was asked to leave, if there is any.
    House,
}

/// A place among the connections, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Arc<Crowd>,
    number: u64,
    watch: Arc<Watch>,
    leave: Arc<Notify>,
}

impl Crowd {
    pub(super) fn new(most: usize, most_per_address: usize) -> Arc<Self> {
        Arc::new(Self {
            most: most.max(1),
            most_per_address: most_per_address.max(1),
            inside: Mutex::default(),
            left: Notify::new(),
        })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place, or why there is none. `counted`: whether the address may only have its share.
    pub(super) fn enter(
        self: &Arc<Self>,
        address: IpAddr,
        counted: bool,
        now: Instant,
    ) -> Result<Place, Full> {
        let address = counted.then(|| address::network(address));
        let mut inside = self.inside();
        if let Some(address) = address
            && inside.by_address.get(&address) >= Some(&self.most_per_address)
        {
            return Err(Full::Address);
        }
        if inside.members.len() >= self.most {
            inside.ask_one(now);
            return Err(Full::House);
        }
        if let Some(address) = address {
            *inside.by_address.entry(address).or_default() += 1;
        }
        let (watch, leave) = (Arc::new(Watch::new(now)), Arc::new(Notify::new()));
        let number = inside.next;
        inside.next += 1;
        inside.members.insert(
            number,
            Member {
                watch: Arc::clone(&watch),
                leave: Arc::clone(&leave),
                asked: false,
                address,
            },
        );
        Ok(Place {
            crowd: Arc::clone(self),
            number,
            watch,
            leave,
        })
    }

    /// Waits until somebody leaves, but not longer than this.
    pub(super) async fn room(&self, most: Duration) {
        let _ = tokio::time::timeout(most, self.left.notified()).await;
    }

    /// Waits until all have left.
    pub(super) async fn gone(&self) {
        loop {
            let left = self.left.notified();
            if self.inside().members.is_empty() {
                return;
            }
            left.await;
        }
    }
}

impl Inside {
    fn ask_one(&mut self, now: Instant) {
        let waiting = self.members.values_mut().filter(|member| !member.asked);
        let waiting = waiting.filter_map(|member| Some((member.watch.waits_since(now)?, member)));
        if let Some((_, member)) = waiting.min_by_key(|(since, _)| *since) {
            member.asked = true;
            member.leave.notify_one();
        }
    }
}

impl Place {
    pub(super) fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }

    /// Comes true when another connection needs the place.
    pub(super) async fn asked_to_leave(&self) {
        self.leave.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.crowd.inside();
        let member = inside.members.remove(&self.number);
        if let Some(address) = member.and_then(|member| member.address)
            && let Some(count) = inside.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                inside.by_address.remove(&address);
            }
        }
        drop(inside);
        self.crowd.left.notify_one();
    }
}
