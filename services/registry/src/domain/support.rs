//! What a child is due, month by month: the tier and the county that pays.

use kernel::{Division, Instant, Month, Tier};

use super::child::{Child, ChildState};

/// What a month is paid by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Support {
    /// The highest tier of the categories that count in the month: payments are never stacked [P].
    pub tier: Tier,
    /// The county in which the household is registered when the month begins. A move within the month counts from the
    /// next one on, so that exactly one county pays.
    pub county: Division,
}

impl Child {
    /// What the child is due in a month, as far as it was known at an instant; `None` if nothing.
    #[must_use]
    pub fn support(&self, month: Month, known_at: Instant) -> Option<Support> {
        let standing = self.record.as_of(month.first_day(), known_at)?;
        if matches!(standing.state, ChildState::Merged { .. }) {
            return None;
        }
        let records = self.categories.iter().filter_map(|record| record.known_at(known_at));
        let tier = records.filter(|record| record.counts_in(month)).filter_map(|record| record.tier()).min()?;
        Some(Support { tier, county: standing.profile.household.county() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::category::Category;
    use crate::domain::child::EndReason;
    use crate::domain::samples::{child, day, household, month, noon, with_category};

    /// Tier and county of each month of 2025, as known at the end of the year.
    fn year(child: &Child) -> Vec<Option<(Tier, String)>> {
        let months = Month::range(month("2025-01"), month("2025-12"));
        let support = months.map(|month| child.support(month, noon("2025-12-31")));
        support.map(|support| support.map(|due| (due.tier, due.county.to_string()))).collect()
    }

    #[test]
    fn a_child_of_tier_c_confirmed_unattended_on_17_may_is_due_c_five_months_and_b_seven() {
        let child = with_category(&child("371621"), Category::KeyDifficulty, "2024-03-01");
        let child = with_category(&child, Category::DeFactoUnattended, "2025-05-17");
        let tiers = year(&child).into_iter().map(|due| due.unwrap().0).collect::<Vec<_>>();
        assert_eq!(tiers, [vec![Tier::C; 5], vec![Tier::B; 7]].concat());
    }

    #[test]
    fn a_move_on_20_march_is_paid_by_the_old_county_for_march_and_by_the_new_one_for_april() {
        let child = with_category(&child("371621"), Category::ScatteredOrphan, "2024-03-01");
        let moved = child.transfer(household("371681"), day("2025-03-20"), noon("2025-03-21")).unwrap().child;
        let counties = year(&moved).into_iter().map(|due| due.unwrap().1).collect::<Vec<_>>();
        assert_eq!(counties, [vec!["371621"; 3], vec!["371681"; 9]].concat());
        let before = moved.support(month("2025-04"), noon("2025-03-20")).unwrap();
        assert_eq!(before.county.as_str(), "371621", "nobody knew of the move yet");
    }

    #[test]
    fn a_death_on_10_august_leaves_august_and_takes_september() {
        let child = with_category(&child("371621"), Category::ScatteredOrphan, "2024-03-01");
        let dead = child.end(EndReason::Death, day("2025-08-10"), noon("2025-09-12")).unwrap().child;
        assert!(dead.support(month("2025-08"), noon("2025-12-31")).is_some());
        assert_eq!(dead.support(month("2025-09"), noon("2025-12-31")), None);
        assert!(dead.support(month("2025-09"), noon("2025-09-11")).is_some(), "nobody knew of the death yet");
    }
}
