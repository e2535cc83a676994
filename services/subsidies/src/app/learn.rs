//! Learns of children what the registry tells.

use kernel::ChildId;
use messaging::journal::Context;
use platform::error::ServiceError;

use super::squaring::square;
use crate::domain::entitlement::differences;
use crate::domain::{ChildFile, Fact};
use crate::events;
use crate::store::{Needs, Workspace};

/// What is told of a child.
#[derive(Clone, Debug)]
pub struct Learning {
    /// The child.
    pub child: ChildId,
    /// The facts.
    pub facts: Vec<Fact>,
    /// The file that was merged into the child's.
    pub merged: Option<ChildId>,
    /// Whether the child's file was erased.
    pub erased: bool,
}

impl Learning {
    /// Says what must be loaded.
    pub fn needs(&self, needs: &mut Needs) {
        needs.accounts.insert(self.child);
        if let Some(merged) = self.merged {
            needs.payees.extend([self.child, merged]);
        }
    }
}

/// Learns it: entitlements follow, and what was paid too much is claimed.
///
/// # Errors
/// None but a broken database's.
pub fn learn(learning: &Learning, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<(), ServiceError> {
    let child = learning.child;
    if learning.erased {
        // What was paid stays in the books, under an id that leads nowhere.
        workspace.erase_payee(child);
    }
    if let Some(payee) = learning.merged.and_then(|merged| workspace.payee(merged)).cloned()
        && workspace.payee(child).is_none()
    {
        workspace.set_payee(child, payee, context.now());
    }
    if learning.facts.is_empty() {
        return Ok(());
    }
    let at = workspace.knowledge.next(context.now());
    let mut file = workspace.files.get(child).cloned().unwrap_or_else(|| ChildFile::new(child));
    let before = file.entitlements(at);
    for fact in &learning.facts {
        file.learn(at, fact.clone());
    }
    events::entitlement(child, &differences(&before, &file.entitlements(at)), context);
    workspace.files.put(file);
    square(child, workspace, context);
    Ok(())
}
