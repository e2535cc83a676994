//! What one timeline takes over from another, day by day, and how it goes back.

use kernel::{Instant, Period, Timeline};

/// The days of `period` that lie in none of `occupied`.
#[must_use]
pub fn free(period: Period, occupied: &[Period]) -> Vec<Period> {
    occupied
        .iter()
        .fold(vec![period], |rest, taken| rest.into_iter().flat_map(|days| days.without(*taken)).flatten().collect())
}

/// The days of which something is known.
#[must_use]
pub fn periods<T: Clone + PartialEq>(timeline: &Timeline<T>) -> Vec<Period> {
    timeline.current().into_iter().map(|version| version.period).collect()
}

/// Records in `stays` what `closes` says of days in `within` that are not `occupied`. Returns these days.
pub fn take_over<T: Clone + PartialEq>(
    stays: &mut Timeline<T>,
    closes: &Timeline<T>,
    occupied: &[Period],
    within: Period,
    now: Instant,
) -> Vec<Period> {
    let mut taken = Vec::new();
    for version in closes.current() {
        let Some(days) = version.period.intersection(within) else { continue };
        for days in free(days, occupied) {
            stays.record(days, version.value.clone(), now);
            taken.push(days);
        }
    }
    taken
}

/// Takes out of `stays` what it says of days that it took over, and records it in `restored` as it is known by now: what was
/// learnt in between goes back as well. Where nothing was, nothing changes.
pub fn give_back<T: Clone + PartialEq>(
    stays: &mut Timeline<T>,
    restored: &mut Timeline<T>,
    taken: &[Period],
    now: Instant,
) {
    for days in taken {
        let known = stays.current().into_iter();
        let known: Vec<(Period, T)> =
            known.filter_map(|it| Some((it.period.intersection(*days)?, it.value.clone()))).collect();
        let covered: Vec<Period> = known.iter().map(|(period, _)| *period).collect();
        for gap in free(*days, &covered) {
            restored.clear(gap, now);
        }
        for (period, value) in known {
            restored.record(period, value, now);
        }
        stays.clear(*days, now);
    }
}
