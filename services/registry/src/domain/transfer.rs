//! A child's household registration moves (户籍迁移).

use kernel::time::shanghai_date;
use kernel::{Date, Instant};

use super::child::{Change, Child, NotActive, Standing};
use super::event::Fact;
use super::profile::Household;

/// Why a move is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// The file changes no more.
    #[error(transparent)]
    NotActive(#[from] NotActive),
    /// The household is registered there already.
    #[error("the household is registered there already")]
    SameDivision,
    /// A later move is known: one goes back by moving on that day or after it.
    #[error("a later move is known")]
    LaterMove,
    /// The day is before the birth or in the future.
    #[error("the day of the move is before the birth or in the future")]
    ImpossibleDay,
}

impl Child {
    /// Moves the household. Categories go with the child; who pays from which month follows from the event's day.
    ///
    /// # Errors
    /// [`TransferError`].
    pub fn transfer(&self, to: Household, transferred_on: Date, now: Instant) -> Result<Change, TransferError> {
        self.active()?;
        if transferred_on < self.profile().birth_date || transferred_on > shanghai_date(now) {
            return Err(TransferError::ImpossibleDay);
        }
        let moves = self.record.current();
        let moves = moves.windows(2).filter(|pair| pair[0].value.profile.household != pair[1].value.profile.household);
        if moves.map(|pair| pair[1].period.from()).max().is_some_and(|last| transferred_on < last) {
            return Err(TransferError::LaterMove);
        }
        let there = self.record.on(transferred_on).is_some_and(|standing| standing.profile.household == to);
        if there && to == self.household() {
            return Err(TransferError::SameDivision);
        }
        let child = self.standing_from(transferred_on, now, |standing| Standing {
            profile: standing.profile.moved_to(to),
            state: standing.state,
        });
        let events = vec![child.event(Fact::Transferred { from_county: self.household().county(), transferred_on })];
        Ok(Change { child, events })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{child, day, ended, household, noon};

    #[test]
    fn given_a_child_in_huimin_when_it_moves_to_zouping_then_the_event_is_zoupings() {
        let child = child("371621");
        let change = child.transfer(household("371681"), day("2025-03-20"), noon("2025-03-21")).unwrap();
        let [event] = &change.events[..] else { panic!("one event, not {:?}", change.events) };
        assert_eq!(event.county.as_str(), "371681");
        assert_eq!(
            event.fact,
            Fact::Transferred { from_county: "371621".parse().unwrap(), transferred_on: day("2025-03-20") }
        );
        assert_eq!(change.child.household(), household("371681"));
        assert_eq!(change.child.version, child.version + 1);
        assert_eq!(change.child.categories, child.categories);
    }

    #[test]
    fn moves_that_cannot_be_are_refused() {
        let check =
            |child: &Child, to: &str, on: &str| child.transfer(household(to), day(on), noon("2025-03-21")).unwrap_err();
        let child = child("371621");
        assert_eq!(check(&child, "371621", "2025-03-20"), TransferError::SameDivision);
        assert_eq!(check(&child, "371681", "2025-03-22"), TransferError::ImpossibleDay);
        assert_eq!(check(&child, "371681", "2001-01-01"), TransferError::ImpossibleDay);
        assert_eq!(check(&ended(), "371681", "2025-03-20"), TransferError::NotActive(NotActive));
    }
}
