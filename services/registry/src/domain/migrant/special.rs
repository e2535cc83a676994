//! In which months the ledger puts a child on the duty of visits (特殊流动儿童) [S].

use kernel::Month;

use super::entry::MigrantEntry;
use super::rules::MigrantRules;

/// Months from one to before another.
pub type Months = (Month, Month);

impl MigrantEntry {
    /// The months from `present` on of which the child, by what is known now, is a special migrant child and counts as a
    /// migrant child on the first day. As with a category, what begins or ends within a month has effect from the next [P].
    #[must_use]
    pub fn special_months(&self, rules: &MigrantRules, present: Month) -> Vec<Months> {
        if self.special.current().is_empty() {
            return Vec::new();
        }
        let view = self.view();
        let last = Month::of(rules.too_old_from(self.birth_date()));
        let mut months: Vec<Months> = Vec::new();
        let mut month = present;
        while month <= last {
            let day = month.first_day();
            let on_duty = view.special(day).is_some() && view.standing(rules, day).counts();
            match months.last_mut() {
                Some((_, until)) if on_duty && *until == month => *until = month.next(),
                _ if on_duty => months.push((month, month.next())),
                _ => {}
            }
            month = month.next();
        }
        months
    }
}
