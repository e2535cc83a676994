//! When something is due, by the service's clock.

use std::time::Duration;

use kernel::Instant;

/// The first wait after a failure; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(15);
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// When the authority is asked again.
#[derive(Debug)]
pub(super) struct Due {
    interval: Duration,
    not_before: Instant,
    wait: Duration,
}

impl Due {
    pub(super) fn new(interval: Duration, last: Option<Instant>) -> Self {
        let not_before = last.map_or(Instant::MIN, |last| last.saturating_add(interval));
        Self { interval, not_before, wait: FIRST_WAIT }
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        now >= self.not_before
    }

    /// The authority gave its word.
    pub(super) fn taken(&mut self, now: Instant) {
        *self = Self::new(self.interval, Some(now));
    }

    /// It did not.
    pub(super) fn failed(&mut self, now: Instant) {
        self.not_before = now.saturating_add(self.wait.min(self.interval));
        self.wait = (self.wait * 2).min(LONGEST_WAIT);
    }
}

/// What is told once, when it begins and when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Stale,
    GoodAgain,
}

/// Whether checkpoints wait too long.
#[derive(Debug)]
pub(super) struct Staleness {
    longest: Duration,
    is_stale: bool,
}

impl Staleness {
    pub(super) fn new(longest: Duration) -> Self {
        Self { longest, is_stale: false }
    }

    /// Looks at the checkpoint that has waited longest, if one waits.
    pub(super) fn look(&mut self, waiting_since: Option<Instant>, now: Instant) -> Option<Turn> {
        let is_stale = waiting_since.is_some_and(|since| now.saturating_duration_since(since) > self.longest);
        let turn = if is_stale { Turn::Stale } else { Turn::GoodAgain };
        (std::mem::replace(&mut self.is_stale, is_stale) != is_stale).then_some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn after_failures_it_waits_longer_and_longer_and_after_a_word_for_the_interval() {
        let mut due = Due::new(Duration::from_hours(1), None);
        assert!(due.is_due(at(0)));
        let mut now = 0;
        for wait in [15, 30, 60, 120, 240, 480, 600, 600] {
            due.failed(at(now));
            assert!(!due.is_due(at(now + wait - 1)) && due.is_due(at(now + wait)), "{wait}");
            now += wait;
        }
        due.taken(at(now));
        assert!(!due.is_due(at(now + 3599)) && due.is_due(at(now + 3600)));
        due.failed(at(now));
        assert!(due.is_due(at(now + 15)), "as after the first failure");
        let often = Due::new(Duration::from_secs(1), Some(at(5)));
        assert!(!often.is_due(at(5)) && often.is_due(at(6)));
    }

    #[test]
    fn staleness_is_told_once_and_its_end_once() {
        let mut staleness = Staleness::new(Duration::from_secs(10));
        assert_eq!(staleness.look(None, at(1_000)), None);
        assert_eq!(staleness.look(Some(at(1_000)), at(1_010)), None);
        assert_eq!(staleness.look(Some(at(1_000)), at(1_011)), Some(Turn::Stale));
        assert_eq!(staleness.look(Some(at(1_000)), at(9_000)), None);
        assert_eq!(staleness.look(None, at(9_001)), Some(Turn::GoodAgain));
        assert_eq!(staleness.look(None, at(9_002)), None);
    }
}
