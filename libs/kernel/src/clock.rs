//! Where the time comes from. Everything that needs "now" is given a [`Clock`], so that a test decides what day it is.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::time::{Date, Instant, shanghai_date, start_of_day_shanghai};

/// A source of the present time.
pub trait Clock: Send + Sync + Debug {
    /// The present instant.
    fn now(&self) -> Instant;

    /// The present day in Asia/Shanghai, in which all months and deadlines are counted.
    fn today(&self) -> Date {
        shanghai_date(self.now())
    }
}

impl<C: Clock + ?Sized> Clock for &C {
    fn now(&self) -> Instant {
        (**self).now()
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Instant {
        (**self).now()
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        #[expect(clippy::disallowed_methods, reason = "the one place where time enters")]
        let now = jiff::Timestamp::now();
        Instant::from_micros(now.as_microsecond())
    }
}

/// A clock that stands still until it is moved, for tests and simulations.
///
/// Clones share one time: keep one, give the other away.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self(Arc::new(AtomicI64::new(now.as_micros())))
    }

    /// A clock that stands at 00:00 of `day` in Asia/Shanghai.
    #[must_use]
    pub fn on(day: Date) -> Self {
        Self::new(start_of_day_shanghai(day))
    }

    /// Moves the clock to `now`, forwards or backwards.
    pub fn set(&self, now: Instant) {
        self.0.store(now.as_micros(), Ordering::SeqCst);
    }

    /// Moves the clock forwards; whole microseconds count. It stops at [`Instant::MAX`].
    pub fn advance(&self, by: Duration) {
        self.0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |now| {
                Some(Instant::from_micros(now).saturating_add(by).as_micros())
            })
            .expect("the closure always answers with a value");
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_iso;

    #[test]
    fn a_manual_clock_stands_still_until_it_is_moved_and_its_clones_move_with_it() {
        let clock = ManualClock::on(parse_iso("2025-03-31").unwrap());
        let given_away: Arc<dyn Clock> = Arc::new(clock.clone());
        assert_eq!(given_away.now(), given_away.now());

        clock.advance(Duration::from_hours(24) - Duration::from_micros(1));
        assert_eq!(given_away.today(), parse_iso("2025-03-31").unwrap());
        clock.advance(Duration::from_micros(1));
        assert_eq!(given_away.today(), parse_iso("2025-04-01").unwrap());

        clock.set(Instant::EPOCH);
        assert_eq!(given_away.now(), Instant::EPOCH);
        clock.advance(Duration::MAX);
        assert_eq!(given_away.now(), Instant::MAX);
    }

    #[test]
    fn the_system_clock_is_past_the_day_this_was_written() {
        assert!(SystemClock.today() > parse_iso("2024-12-12").unwrap());
    }
}
