//! Settings whose words only the registry knows.

use contract::registry::v1;
use platform::error::ServiceError;

use crate::domain::Category;
use crate::domain::visit::DutyRule;

/// The rule of `registry.visit_duty`: the contract's names of categories, in lower case, between spaces.
///
/// # Errors
/// `FAILED_PRECONDITION` with the word that is no category.
pub fn visit_duty(setting: &str) -> Result<DutyRule, ServiceError> {
    let category = |word: &str| {
        v1::Category::from_str_name(&format!("CATEGORY_{}", word.to_uppercase()))
            .and_then(|category| Category::from_number(category.into()))
            .ok_or_else(|| {
                let message = format!("registry.visit_duty: `{word}` is no category, such as left_behind");
                ServiceError::failed_precondition("SETTING", message)
            })
    };
    Ok(DutyRule::of(setting.split_whitespace().map(category).collect::<Result<Vec<_>, _>>()?))
}

#[cfg(test)]
mod tests {
    use platform::config::Config;

    use super::*;

    #[test]
    fn the_default_covers_all_but_the_plain_migrant() {
        let rule = visit_duty(&Config::default().registry.visit_duty).unwrap();
        let outside = Category::ALL.into_iter().filter(|category| !rule.covers(*category));
        assert!(outside.eq([Category::Migrant]));
    }

    #[test]
    fn a_word_that_is_no_category_is_named() {
        let error = visit_duty("left_behind left_alone").unwrap_err();
        assert!(error.to_string().contains("`left_alone` is no category"), "{error}");
        assert!(visit_duty("unspecified").is_err());
    }
}
