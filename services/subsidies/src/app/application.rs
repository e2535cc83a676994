//! What the use cases work with.

use std::sync::Arc;

use kernel::{Clock, Division, DivisionDirectory};
use messaging::journal::Journal;
use messaging::mutation::Service;
use platform::database::Database;
use platform::vault::Vault;

use crate::domain::Rules;
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
    /// The city.
    pub city: Division,
    /// The divisions of the city.
    pub divisions: Arc<DivisionDirectory>,
    /// The rules that the city sets.
    pub rules: Arc<Rules>,
    /// What the checks of a run look for.
    pub limits: Limits,
}

/// What the checks of a run look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Children of one payee's account at most.
    pub children_of_account: u64,
    /// A county's total may differ from last month's by so many hundredths.
    pub jump_percent: u32,
}

impl Service for Application {
    const NAME: &'static str = crate::SERVICE;
    type Workspace = Workspace;

    fn journal(&self) -> &Journal<Workspace> {
        &self.journal
    }

    fn vault(&self) -> &Vault {
        &self.vault
    }
}
