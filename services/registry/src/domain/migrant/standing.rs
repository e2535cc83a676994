//! Whether an entry counts as a migrant child on a day: a function of the entry and the day, stored nowhere.

use kernel::{Date, Period};

use super::entry::View;
use super::rules::MigrantRules;
use super::terms::NotMigrant;

/// Whether an entry counts on a day, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// All reasons why it does not, in the order of their numbers; empty if it counts.
    pub reasons: Vec<NotMigrant>,
    /// The first day on which it counts, or will, by the stay of that day; `None` if it never does.
    pub counts_from: Option<Date>,
}

impl Standing {
    /// Whether it counts.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.reasons.is_empty()
    }
}

impl View<'_> {
    /// Whether it counts on a day [L]: under 16, and for six months or more outside the county of registration, moves between
    /// urban districts of one city excluded.
    ///
    /// The months run from the arrival in the city, or from the day on which the guardians left the county of registration
    /// if that is known to be earlier. An absence from the city begins them anew, unless it is known that the guardians
    /// were outside all the time [P].
    #[must_use]
    pub fn standing(&self, rules: &MigrantRules, day: Date) -> Standing {
        let too_old_from = rules.too_old_from(self.identity.parts().birth_date);
        let too_old = day >= too_old_from;
        let mut reasons = Vec::new();
        let mut counts_from = None;
        match self.stay(day) {
            None => reasons.push(NotMigrant::NotStaying),
            Some(stay) => match rules.not_outside(stay.registration, stay.residence) {
                Some(reason) => reasons.push(reason),
                None => {
                    let (first, since) = self.outside_since(rules, day).unwrap_or((day, day));
                    let from = rules.long_enough(since).max(first);
                    if day < from {
                        reasons.push(NotMigrant::UnderSixMonths);
                    }
                    counts_from = Some(from).filter(|from| *from < too_old_from);
                }
            },
        }
        if too_old {
            reasons.push(NotMigrant::Age);
        }
        Standing { reasons, counts_from }
    }

    /// For a day on which the child is outside the county of registration: the first of the days without a break on which it
    /// is outside in the city, and since when it has been, which may be known to be earlier.
    fn outside_since(&self, rules: &MigrantRules, day: Date) -> Option<(Date, Date)> {
        let mut stretches: Vec<(Period, Date)> = Vec::new();
        for version in &self.whereabouts {
            let stay =
                version.value.stay().filter(|stay| rules.not_outside(stay.registration, stay.residence).is_none());
            let Some(stay) = stay else { continue };
            let from = version.period.from();
            let since = stay.away_since.map_or(from, |away| away.min(from));
            match stretches.last_mut() {
                Some((days, known)) if days.until() == Some(from) => {
                    *days = Period::new(days.from(), version.period.until()).expect("it grows");
                    *known = since.min(*known);
                }
                _ => stretches.push((version.period, since)),
            }
        }
        let (days, since) = stretches.into_iter().find(|(days, _)| days.contains(day))?;
        Some((days.from(), since))
    }
}
