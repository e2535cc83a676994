//! What lies open of a category, so that files can be filtered by it.
//!
//! **Architecture Invariant:** orphans at home, de-facto unattended and HIV-affected children are one class: whoever has
//! the database but not the keys learns no more of them than their tier, as everybody else (tier B must not reveal which).

use crate::domain::Category;

/// `category_record.class` of a row that an earlier version wrote and nobody has converted yet.
pub const UNCLASSED: i64 = 0;

/// The class of a category. The numbers are the table's own and never change their meaning.
#[must_use]
pub const fn class(category: Category) -> i64 {
    match category {
        Category::InstitutionalOrphan => 1,
        Category::ScatteredOrphan | Category::DeFactoUnattended | Category::HivAffected => 2,
        Category::KeyDifficulty => 3,
        Category::InDifficulty => 4,
        Category::LeftBehind => 5,
        Category::Migrant => 6,
        Category::SpecialGuardianshipDifficulty => 7,
        Category::TemporaryGuardianshipDifficulty => 8,
        Category::Disabled => 9,
    }
}

/// The classes of categories, each once.
#[must_use]
pub fn classes(categories: &[Category]) -> Vec<i64> {
    let mut classes: Vec<i64> = categories.iter().map(|category| class(*category)).collect();
    classes.sort_unstable();
    classes.dedup();
    classes
}

/// Whether the classes of these categories hold others too: then only the sealed values tell.
#[must_use]
pub fn are_told_by_class(categories: &[Category]) -> bool {
    let classes = classes(categories);
    Category::ALL
        .iter()
        .filter(|category| classes.contains(&class(**category)))
        .all(|category| categories.contains(category))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Tier;

    #[test]
    fn a_class_tells_no_more_than_the_tier_of_the_three_that_must_not_be_told_apart() {
        let of_tier: Vec<Category> = Category::of_tier(Tier::B).collect();
        assert_eq!(of_tier.len(), 3);
        assert_eq!(classes(&of_tier), [2]);
        assert!(are_told_by_class(&of_tier));
        assert!(of_tier.iter().all(|category| !are_told_by_class(&[*category])));
        for category in Category::ALL.into_iter().filter(|category| category.tier() != Some(Tier::B)) {
            assert!(are_told_by_class(&[category]));
            assert!(class(category) != 2 && class(category) != UNCLASSED);
        }
    }
}
