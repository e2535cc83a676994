//! What the use cases work with.

use std::sync::Arc;

use contract::label::Labelled as _;
use contract::registry::v1;
use kernel::{Clock, DivisionDirectory};
use messaging::journal::Journal;
use messaging::mutation::Service;
use platform::database::Database;
use platform::vault::Vault;

use super::loader::ChildLoader;
use crate::SERVICE;
use crate::domain::Category;
use crate::domain::migrant::MigrantRules;
use crate::domain::roster::Terms;
use crate::policy::Policy;
use crate::store::Workspace;

/// What the use cases work with.
#[derive(Clone, Debug)]
pub struct Application {
    /// Where everything is written.
    pub journal: Journal<Workspace>,
    /// Where everything is read.
    pub database: Database,
    /// Opens what is read.
    pub vault: Arc<Vault>,
    /// Whose time it is.
    pub clock: Arc<dyn Clock>,
    /// The divisions of the city.
    pub divisions: Arc<DivisionDirectory>,
    /// What the city sets.
    pub policy: Arc<Policy>,
    /// The categories by their Chinese terms.
    pub terms: Arc<Terms>,
    /// Who counts as a migrant child.
    pub migrant_rules: Arc<MigrantRules>,
    pub(super) loader: ChildLoader,
}

impl Application {
    /// Puts the parts together and starts the loader of files.
    #[must_use]
    pub fn new(
        journal: Journal<Workspace>,
        database: Database,
        vault: Arc<Vault>,
        clock: Arc<dyn Clock>,
        divisions: Arc<DivisionDirectory>,
        policy: Arc<Policy>,
    ) -> Self {
        Self {
            journal,
            loader: ChildLoader::start(&database),
            database,
            vault,
            clock,
            divisions,
            migrant_rules: Arc::clone(&policy.migrant_rules),
            policy,
            terms: Arc::new(terms()),
        }
    }
}

impl Service for Application {
    const NAME: &'static str = SERVICE;
    type Workspace = Workspace;

    fn journal(&self) -> &Journal<Workspace> {
        &self.journal
    }

    fn vault(&self) -> &Vault {
        &self.vault
    }
}

/// The categories by the terms that the contract gives them.
#[must_use]
pub fn terms() -> Terms {
    Category::ALL
        .into_iter()
        .filter_map(|category| {
            let number = v1::Category::try_from(category.number()).ok()?;
            Some((number.label().zh, category))
        })
        .collect()
}
