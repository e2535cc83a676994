//! What a county has for its payments, and how long it lasts (资金预算).

use kernel::{Fen, Month};

/// How a county stands with its funds for one tier in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What was received.
    pub received: Fen,
    /// What approved runs of the year pay.
    pub committed: Fen,
    /// What the year is going to take.
    pub forecast: Fen,
    /// The first month that what is left does not cover.
    pub short_from: Option<Month>,
}

impl Budget {
    /// The budget after the run of `last`: each month of the year to come takes what that run paid for its own.
    #[must_use]
    pub fn after(last: Month, received: Fen, committed: Fen, monthly: Fen) -> Self {
        let december = last.plus(12 - i32::from(last.month()));
        let to_come = Month::range(last.next(), december);
        let left = received.as_fen() - committed.as_fen();
        let monthly = monthly.as_fen();
        let forecast = Fen::new(committed.as_fen() + monthly * i64::try_from(to_come.len()).unwrap_or_default());
        let short_from = if left < 0 {
            Some(last)
        } else {
            let mut left = left;
            to_come.into_iter().find(|_| {
                left -= monthly;
                left < 0
            })
        };
        Self { received, committed, forecast, short_from }
    }

    /// Whether funds run out within so many months after `month`.
    #[must_use]
    pub fn is_short_within(&self, months: i32, month: Month) -> bool {
        self.short_from.is_some_and(|short| Month::months_between(month, short) <= months)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::month;

    #[test]
    fn what_is_left_covers_months_until_it_does_not() {
        let after = |received, committed| {
            Budget::after(month("2025-09"), Fen::new(received), Fen::new(committed), Fen::new(100))
        };
        assert_eq!((after(1_200, 900).forecast, after(1_200, 900).short_from), (Fen::new(1_200), None));
        assert_eq!(after(1_199, 900).short_from, Some(month("2025-12")));
        assert_eq!(after(900, 900).short_from, Some(month("2025-10")));
        assert_eq!(after(899, 900).short_from, Some(month("2025-09")));
        assert!(after(1_050, 900).is_short_within(2, month("2025-09")));
        assert!(!after(1_199, 900).is_short_within(2, month("2025-09")));
        let december = Budget::after(month("2025-12"), Fen::new(1), Fen::new(1), Fen::new(100));
        assert_eq!((december.forecast, december.short_from), (Fen::new(1), None));
    }
}
