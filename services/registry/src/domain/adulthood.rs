//! A child turns 18 (年满18周岁): it is announced, then the file ends, unless the city goes on while the child is at school.

use kernel::time::{birthday, days, shanghai_date};
use kernel::{ChildId, Date, Instant, Month};

use super::category::Category;
use super::child::{Change, Child, ChildState, EndReason};
use super::event::{Event, Fact};

/// The age of adulthood in full years (民法典, article 17).
const ADULT: i32 = 18;

/// How far the city is with a child's adulthood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adulthood {
    /// Whose.
    pub child: ChildId,
    /// The day on which it was announced.
    pub announced_on: Date,
    /// While a category goes on at school: the day on which to look again.
    pub next_look: Option<Date>,
}

/// What the city sets.
#[derive(Clone, Copy, Debug)]
pub struct AdulthoodRule<'a> {
    /// Days before the 18th birthday on which it is announced.
    pub notice_days: u16,
    /// The categories that go on while the child is at school.
    pub continue_at_school: &'a [Category],
}

/// What a look at a child of 18 leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComeOfAge {
    /// The file with what there is to tell; without events it goes on as it is.
    pub change: Change,
    /// When to look again, `None` if the file has ended.
    pub next_look: Option<Date>,
}

impl Child {
    /// The 18th birthday; 1 March for who was born on 29 February.
    #[must_use]
    pub fn turns_18_on(&self) -> Date {
        birthday(self.profile().birth_date, ADULT).unwrap_or(Date::MAX)
    }

    /// Announces that the child turns 18, `None` if it is too early or the file changes no more. `consented_on` is when the
    /// consent was given that stands today.
    #[must_use]
    pub fn announce_adulthood(
        &self,
        rule: AdulthoodRule<'_>,
        consented_on: Option<Date>,
        now: Instant,
    ) -> Option<(Adulthood, Event)> {
        self.active().ok()?;
        let today = shanghai_date(now);
        if today < self.turns_18_on().saturating_sub(days(i64::from(rule.notice_days))) {
            return None;
        }
        let adulthood = Adulthood { child: self.id, announced_on: today, next_look: None };
        Some((adulthood, self.aging_out(consented_on)))
    }

    /// What is told of the 18th birthday. Told again once it is consented that others hear of it.
    #[must_use]
    pub fn aging_out(&self, consented_on: Option<Date>) -> Event {
        self.event(Fact::AgingOut { turns_18_on: self.turns_18_on(), consented_on })
    }

    /// What becomes of the file once the child is 18; `None` before that, and if the file changes no more. `at_school` says
    /// whether the child is proved to be at school on a day.
    ///
    /// Who is not at school on the birthday leaves on it, with all categories. Who is goes on in the categories that the
    /// city continues, and leaves on the first day that is not proved any more.
    #[must_use]
    pub fn come_of_age(
        &self,
        rule: AdulthoodRule<'_>,
        at_school: impl Fn(Date) -> bool,
        now: Instant,
    ) -> Option<ComeOfAge> {
        self.active().ok()?;
        let (today, turned_18_on) = (shanghai_date(now), self.turns_18_on());
        if today < turned_18_on {
            return None;
        }
        let goes_on = |category: Category| rule.continue_at_school.contains(&category);
        let left_on = if self.standing().any(|record| goes_on(record.category)) {
            turned_18_on.series(days(1)).take_while(|day| *day <= today).find(|day| !at_school(*day))
        } else {
            Some(turned_18_on)
        };
        let mut change = Change { child: self.clone(), events: Vec::new() };
        let ends_at_18 = self.standing().filter(|record| !goes_on(record.category) && left_on != Some(turned_18_on));
        for record in ends_at_18 {
            let Change { child, events } = end_record(change, record.id, turned_18_on, now);
            change = Change { child, events };
        }
        if let Some(day) = left_on {
            let ended = change.child.end(EndReason::Adulthood, day, now).expect("an active file of an adult ends");
            change.events.extend(ended.events);
            return Some(ComeOfAge { change: Change { child: ended.child, ..change }, next_look: None });
        }
        Some(ComeOfAge { change, next_look: Some(Month::of(today).next().first_day()) })
    }
}

/// Ends one category on the birthday, however late that was confirmed.
fn end_record(so_far: Change, record: kernel::CategoryRecordId, on: Date, now: Instant) -> Change {
    let Change { mut child, mut events } = so_far;
    debug_assert!(matches!(child.state(), ChildState::Active));
    let record = child.categories.iter_mut().find(|other| other.id == record).expect("the record stands in the file");
    *record = record.ended(on, now);
    let fact = Fact::CategoryEnded {
        record: record.id,
        tier: record.tier(),
        until: record.until.expect("the record was just ended"),
    };
    if events.is_empty() {
        child = child.changed(now);
    }
    events.push(child.event(fact));
    Change { child, events }
}

#[cfg(test)]
mod tests {
    use kernel::Month;

    use super::*;
    use crate::domain::child::ChildState;
    use crate::domain::samples::{child, day, ended, month, noon, with_category};

    const RULE: AdulthoodRule<'static> =
        AdulthoodRule { notice_days: 90, continue_at_school: &[Category::ScatteredOrphan] };

    /// The months of 2025 in which the child is due something, as known at the end of the year.
    fn due(child: &Child) -> Vec<Month> {
        Month::range(month("2025-01"), month("2025-12"))
            .filter(|month| child.support(*month, noon("2026-01-01")).is_some())
            .collect()
    }

    fn months(last: &str) -> Vec<Month> {
        Month::range(month("2025-01"), month(last)).collect()
    }

    /// Scenario 8: born on 2007-06-10, not at school: June 2025 paid, July none.
    #[test]
    fn who_is_not_at_school_is_paid_for_the_month_of_the_birthday_and_no_longer() {
        let orphan = with_category(&child("371621"), Category::ScatteredOrphan, "2024-03-01");
        assert_eq!(orphan.come_of_age(RULE, |_| false, noon("2025-06-09")), None);
        let come = orphan.come_of_age(RULE, |_| false, noon("2025-06-10")).unwrap();
        assert_eq!((due(&come.change.child), come.next_look), (months("2025-06"), None));
        assert_eq!(
            come.change.child.state(),
            ChildState::Ended { reason: EndReason::Adulthood, on: day("2025-06-10") }
        );
        assert_eq!(come.change.events.len(), 2);
        let late = orphan.come_of_age(RULE, |_| false, noon("2025-08-20")).unwrap();
        assert_eq!(due(&late.change.child), months("2025-06"), "a look that comes late ends it on the birthday too");
    }

    /// Scenario 8: an orphan with school proof and the flag on continues.
    #[test]
    fn an_orphan_at_school_continues_until_the_proof_ends() {
        let orphan = with_category(&child("371621"), Category::ScatteredOrphan, "2024-03-01");
        let orphan = with_category(&orphan, Category::Disabled, "2024-03-01");
        let at_school = |until: &'static str| move |on: Date| on < day(until);
        let come = orphan.come_of_age(RULE, at_school("2025-09-15"), noon("2025-06-10")).unwrap();
        let goes_on = come.change.child;
        assert_eq!((due(&goes_on), come.next_look), (months("2025-12"), Some(day("2025-07-01"))));
        assert_eq!(goes_on.standing().count(), 1, "the other category ends on the birthday");
        assert_eq!(come.change.events.len(), 1);
        let again = goes_on.come_of_age(RULE, at_school("2025-09-15"), noon("2025-07-01")).unwrap();
        assert_eq!((again.change.events.len(), again.change.child == goes_on), (0, true));
        let left = goes_on.come_of_age(RULE, at_school("2025-09-15"), noon("2025-10-01")).unwrap();
        assert_eq!((due(&left.change.child), left.next_look), (months("2025-09"), None));
    }

    #[test]
    fn a_category_that_the_city_does_not_continue_ends_at_school_too() {
        let child = with_category(&child("371621"), Category::KeyDifficulty, "2024-03-01");
        let come = child.come_of_age(RULE, |_| true, noon("2025-06-10")).unwrap();
        assert_eq!((due(&come.change.child), come.next_look), (months("2025-06"), None));
    }

    #[test]
    fn it_is_announced_ninety_days_before() {
        let child = child("371621");
        assert_eq!(child.announce_adulthood(RULE, None, noon("2025-03-11")), None);
        let (adulthood, event) = child.announce_adulthood(RULE, None, noon("2025-03-12")).unwrap();
        assert_eq!(adulthood.announced_on, day("2025-03-12"));
        assert_eq!(event.fact, Fact::AgingOut { turns_18_on: day("2025-06-10"), consented_on: None });
        assert_eq!(ended().announce_adulthood(RULE, None, noon("2025-06-01")), None);
        assert_eq!(ended().come_of_age(RULE, |_| false, noon("2025-07-01")), None);
    }
}
