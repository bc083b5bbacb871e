//! How often somebody may do something: one meter for each key, at most a hundred thousand of them.
//!
//! A key that was quiet for long enough is forgotten. When there are too many all the same, those
//! that have no meter yet share one, so that inventing keys buys nothing and costs no memory.

use std::{
    collections::HashMap,
    hash::Hash,
    num::NonZeroU32,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};

use crate::problem::Problem;

/// Meters at the same time.
const KEYS: usize = 100_000;
/// Quiet ones are forgotten after so many questions.
const SWEEP: u32 = 4_096;

/// So many at once, and so many again in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// How many come in one go after a quiet time.
    pub burst: u32,
    /// How many come back…
    pub count: u32,
    /// …in this time.
    pub each: Duration,
}

impl Allowed {
    /// So many an hour.
    #[must_use]
    pub const fn per_hour(count: u32) -> Self {
        Self::of(count, count, Duration::from_secs(3_600))
    }

    /// So many a minute.
    #[must_use]
    pub const fn per_minute(count: u32) -> Self {
        Self::of(count, count, Duration::from_secs(60))
    }

    /// So many a second, and a burst of so many.
    #[must_use]
    pub const fn per_second(count: u32, burst: u32) -> Self {
        Self::of(burst, count, Duration::from_secs(1))
    }

    const fn of(burst: u32, count: u32, each: Duration) -> Self {
        Self { burst, count, each }
    }

    fn quota(self) -> Quota {
        // Nothing at all is no rate: the least is one.
        let burst = NonZeroU32::new(self.burst).unwrap_or(NonZeroU32::MIN);
        let one = self.each / self.count.max(1);
        Quota::with_period(one.max(Duration::from_nanos(1)))
            .unwrap_or_else(|| Quota::per_second(burst))
            .allow_burst(burst)
    }
}

type Limiter<K, C> = RateLimiter<K, Meters<K>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// The meters of one kind of deed, such as signing in.
pub struct Rate<K: Hash + Eq + Clone, C: Clock = DefaultClock> {
    limiter: Limiter<K, C>,
    clock: C,
    asked: AtomicU32,
}

impl<K: Hash + Eq + Clone> Rate<K> {
    /// Meters that all allow this.
    #[must_use]
    pub fn new(allowed: Allowed) -> Self {
        Self::with(allowed, KEYS, DefaultClock::default())
    }
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> Rate<K, C> {
    /// Meters by this clock, for so many keys.
    pub fn with(allowed: Allowed, keys: usize, clock: C) -> Self {
        Self {
            limiter: RateLimiter::new(allowed.quota(), Meters::new(keys), clock.clone()),
            clock,
            asked: AtomicU32::new(0),
        }
    }

    /// Counts one more.
    ///
    /// # Errors
    /// How long to wait where it is one too many; it is not counted then.
    pub fn check(&self, key: &K) -> Result<(), Duration> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.limiter.retain_recent();
        }
        self.limiter
            .check_key(key)
            .map_err(|until| until.wait_time_from(self.clock.now()))
    }

    /// Counts one more, for a request.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub fn admit(&self, key: &K) -> Result<(), Problem> {
        self.check(key).map_err(Problem::too_many)
    }
}

impl<K: Hash + Eq + Clone, C: Clock> std::fmt::Debug for Rate<K, C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rate")
            .field("keys", &self.limiter.len())
            .finish_non_exhaustive()
    }
}

/// Where each meter stands.
struct Meters<K> {
    most: usize,
    state: Mutex<Standing<K>>,
}

struct Standing<K> {
    of: HashMap<K, Nanos>,
    /// The one that all others share once there are too many.
    rest: Option<Nanos>,
}

impl<K> Meters<K> {
    fn new(most: usize) -> Self {
        Self {
            most,
            state: Mutex::new(Standing {
                of: HashMap::new(),
                rest: None,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, Standing<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone> StateStore for Meters<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut state = self.state();
        if let Some(standing) = state.of.get_mut(key) {
            let (answer, next) = f(Some(*standing))?;
            *standing = next;
            return Ok(answer);
        }
        if state.of.len() < self.most {
            let (answer, next) = f(None)?;
            state.of.insert(key.clone(), next);
            return Ok(answer);
        }
        let (answer, next) = f(state.rest)?;
        state.rest = Some(next);
        Ok(answer)
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for Meters<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        let mut state = self.state();
        state.of.retain(|_, standing| *standing > drop_below);
        // A map that was large once is not kept so.
        if state.of.capacity() > 4 * state.of.len() + 1_024 {
            state.of.shrink_to_fit();
        }
    }

    fn len(&self) -> usize {
        self.state().of.len()
    }

    fn is_empty(&self) -> bool {
        self.state().of.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn rate(allowed: Allowed, keys: usize) -> (Rate<u32, FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Rate::with(allowed, keys, clock.clone()), clock)
    }

    fn passes(rate: &Rate<u32, FakeRelativeClock>, key: u32, tries: usize) -> usize {
        (0..tries).filter(|_| rate.check(&key).is_ok()).count()
    }

    #[test]
    fn twenty_an_hour_are_twenty_and_then_one_every_three_minutes() {
        let (rate, clock) = rate(Allowed::per_hour(20), KEYS);
        assert_eq!(passes(&rate, 1, 30), 20);
        assert_eq!(rate.check(&1), Err(Duration::from_secs(180)));
        // Another address is not touched by it.
        assert_eq!(passes(&rate, 2, 30), 20);
        clock.advance(Duration::from_secs(179));
        assert_eq!(rate.check(&1), Err(Duration::from_secs(1)));
        clock.advance(Duration::from_secs(1));
        assert_eq!(passes(&rate, 1, 5), 1);
        clock.advance(Duration::from_secs(86_400));
        assert_eq!(passes(&rate, 1, 30), 20);
    }

    #[test]
    fn a_burst_is_what_it_says() {
        let (rate, clock) = rate(Allowed::per_second(200, 400), KEYS);
        assert_eq!(passes(&rate, 1, 1_000), 400);
        clock.advance(Duration::from_secs(1));
        assert_eq!(passes(&rate, 1, 1_000), 200);
    }

    #[test]
    fn nothing_allowed_is_one_and_never_a_fault() {
        let (rate, _) = rate(Allowed::per_second(0, 0), KEYS);
        assert_eq!(passes(&rate, 1, 5), 1);
    }

    #[test]
    fn a_flood_of_keys_is_bounded_and_shares_one_meter() {
        let (rate, clock) = rate(Allowed::per_minute(60), 100);
        for key in 0..100 {
            assert_eq!(rate.check(&key), Ok(()));
        }
        let strangers = (100..10_100).filter(|key| rate.check(key).is_ok()).count();
        assert_eq!(strangers, 60, "all strangers together have one meter");
        assert_eq!(rate.limiter.len(), 100);
        assert_eq!(passes(&rate, 7, 100), 59, "who was known is not touched");
        // Quiet ones are forgotten while others ask.
        clock.advance(Duration::from_secs(3_600));
        for _ in 0..SWEEP {
            let _ = rate.check(&1);
        }
        assert!(rate.limiter.len() <= 1, "{}", rate.limiter.len());
    }
}
