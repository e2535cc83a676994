//! Keeps an office to its area: a child lies where its household is registered this month, as far as the payroll has learnt.

use std::collections::{BTreeSet, HashMap};

use kernel::{ChildId, Division, Instant, Month};
use platform::access::Whereabouts;
use platform::error::ServiceError;
use uuid::Uuid;

use crate::app::Application;
use crate::store::file;

#[async_trait::async_trait]
impl Whereabouts for Application {
    async fn divisions(&self, kind: &str, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Vec<Division>>, ServiceError> {
        if kind != contract::area::CHILD {
            return Err(ServiceError::internal(format!("the payroll keeps no {kind} of which it knows where it lies")));
        }
        let children = ids.iter().copied().map(ChildId::from_uuid).collect();
        let files = file::load(self.database.reader(), &children).await?;
        let month = Month::of(self.clock.today());
        let place =
            |file: &crate::domain::ChildFile| Some((file.child.as_uuid(), vec![file.county(month, Instant::MAX)?]));
        Ok(files.iter().filter_map(place).collect())
    }
}

#[cfg(test)]
mod tests {
    use contract::area::{AreaRule, CHILD, of_method};

    #[test]
    fn a_request_names_nothing_that_lies_somewhere_but_children() {
        for path in contract::access::methods().keys().filter(|path| path.starts_with("/hutong.subsidies.")) {
            if let Some(AreaRule::Named(named)) = of_method(path) {
                assert!(named.kinds().all(|kind| kind == CHILD), "{path}");
            }
        }
    }
}
