//! A file ends (终止): death, adoption or adulthood.

use kernel::time::{age_on, shanghai_date};
use kernel::{Date, Instant};

use super::child::{Change, Child, ChildState, EndReason, NotActive, Standing};
use super::event::Fact;

/// The age of adulthood in full years (民法典, article 17).
const ADULT: i32 = 18;

/// Why a file does not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndError {
    /// The file changes no more.
    #[error(transparent)]
    NotActive(#[from] NotActive),
    /// Adulthood is given, and the child is under 18 on that day.
    #[error("the child is under 18 on that day")]
    NotYetAdult,
    /// The day is before the birth or in the future.
    #[error("the day of the event is before the birth or in the future")]
    ImpossibleDay,
}

impl Child {
    /// Ends the file. Every category that stands ends with it, by the same rule of months.
    ///
    /// # Errors
    /// [`EndError`].
    pub fn end(&self, reason: EndReason, ended_on: Date, now: Instant) -> Result<Change, EndError> {
        self.active()?;
        if ended_on < self.profile().birth_date || ended_on > shanghai_date(now) {
            return Err(EndError::ImpossibleDay);
        }
        if reason == EndReason::Adulthood && age_on(self.profile().birth_date, ended_on) < ADULT {
            return Err(EndError::NotYetAdult);
        }
        let state = ChildState::Ended { reason, on: ended_on };
        let mut child = self.standing_from(ended_on, now, |standing| Standing { state, ..standing.clone() });
        let mut events = vec![child.event(match reason {
            EndReason::Death => Fact::Deceased { deceased_on: ended_on },
            EndReason::Adoption | EndReason::Adulthood => Fact::Ended { ended_on },
        })];
        for record in self.standing() {
            let ended = record.ended(ended_on, now);
            events.push(child.event(Fact::CategoryEnded {
                record: ended.id,
                tier: ended.tier(),
                until: ended.until.expect("the record was just ended"),
            }));
        }
        for record in &mut child.categories {
            if record.stands() {
                *record = record.ended(ended_on, now);
            }
        }
        Ok(Change { child, events })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Tier;
    use crate::domain::category::Category;
    use crate::domain::samples::{child, day, ended, month, noon, with_category};

    #[test]
    fn given_two_categories_when_the_child_dies_then_both_end_with_september() {
        let child = with_category(
            &with_category(&child("371621"), Category::HivAffected, "2024-03-01"),
            Category::Disabled,
            "2024-03-01",
        );
        let change = child.end(EndReason::Death, day("2025-08-10"), noon("2025-08-12")).unwrap();
        let facts: Vec<_> = change.events.iter().map(|event| &event.fact).collect();
        assert!(matches!(facts[0], Fact::Deceased { deceased_on } if *deceased_on == day("2025-08-10")));
        let tiers = facts[1..].iter().map(|fact| match fact {
            Fact::CategoryEnded { tier, until, .. } if *until == month("2025-09") => *tier,
            other => panic!("a category that ends with September, not {other:?}"),
        });
        assert_eq!(tiers.collect::<Vec<_>>(), [Some(Tier::B), None]);
        assert_eq!(change.child.standing().count(), 0);
    }

    #[test]
    fn given_a_category_confirmed_after_the_death_then_it_never_counted() {
        let child = with_category(&child("371621"), Category::KeyDifficulty, "2025-05-17");
        let change = child.end(EndReason::Death, day("2025-05-05"), noon("2025-06-01")).unwrap();
        let record = &change.child.categories[0];
        assert_eq!(record.until, Some(month("2025-06")));
        assert_eq!(record.from, month("2025-06"));
    }

    #[test]
    fn adoption_and_adulthood_are_told_alike() {
        // The sample is born on 2007-06-10.
        let child = child("371621");
        let events = |reason| child.end(reason, day("2025-06-10"), noon("2025-06-11")).unwrap().events;
        assert_eq!(events(EndReason::Adoption), events(EndReason::Adulthood));
    }

    #[test]
    fn ends_that_cannot_be_are_refused() {
        let check = |child: &Child, reason, on: &str| child.end(reason, day(on), noon("2025-06-11")).unwrap_err();
        let child = child("371621");
        assert_eq!(check(&child, EndReason::Adulthood, "2025-06-09"), EndError::NotYetAdult);
        assert_eq!(check(&child, EndReason::Death, "2025-06-12"), EndError::ImpossibleDay);
        assert_eq!(check(&child, EndReason::Death, "2007-06-09"), EndError::ImpossibleDay);
        assert_eq!(check(&ended(), EndReason::Death, "2025-06-01"), EndError::NotActive(NotActive));
    }
}
