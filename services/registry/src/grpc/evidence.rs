//! Documents of the contract as the domain has them.

use contract::registry::v1;
use kernel::spelling::trimmed;
use platform::error::ServiceError;
use platform::request::optional_day;

use crate::domain::evidence::Evidence;

/// The documents in a field.
pub fn evidence(field: &str, documents: &[v1::Evidence]) -> Result<Vec<Evidence>, ServiceError> {
    let text = |text: &str| trimmed(text).to_owned();
    let document = |(index, one): (usize, &v1::Evidence)| {
        let issued_on = optional_day(&format!("{field}[{index}].issued_on"), one.issued_on.as_ref())?;
        Ok(Evidence { kind: text(&one.kind), number: text(&one.number), issuer: text(&one.issuer), issued_on })
    };
    documents.iter().enumerate().map(document).collect()
}
