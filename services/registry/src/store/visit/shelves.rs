use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::time::shanghai_date;
use kernel::{ChildId, Month, VisitId};
use messaging::journal::{Aggregate, Shelf};
use platform::database::Write;
use platform::error::ServiceError;
use platform::vault::Vault;

use super::{reading, writing};
use crate::domain::Child;
use crate::domain::migrant::MigrantId;
use crate::domain::migrant::special::Months;
use crate::domain::visit::{Duty, DutyRule, MonthClosing, Visit, VisitMonth};

/// What a use case must find of visits. The duties of children whose files it needs come by themselves.
#[derive(Clone, Debug, Default)]
pub struct VisitNeeds {
    /// The duties of these children.
    pub duties: BTreeSet<ChildId>,
    /// What became of these months.
    pub months: BTreeSet<(ChildId, Month)>,
    /// These visits.
    pub visits: BTreeSet<VisitId>,
    /// Whether these months are closed.
    pub closings: BTreeSet<Month>,
}

/// The duties, months and visits of a group.
#[derive(Debug)]
pub struct Visits {
    /// Which categories make a duty.
    pub rule: Arc<DutyRule>,
    /// The duties that were needed.
    pub duties: Shelf<Duty>,
    /// The months that were needed.
    pub months: Shelf<VisitMonth>,
    /// The visits that were needed.
    pub visits: Shelf<Visit>,
    /// The closed ones of the months that were needed.
    pub closings: Shelf<MonthClosing>,
}

impl Aggregate for Duty {
    type Id = ChildId;

    fn id(&self) -> ChildId {
        self.child
    }
}

impl Aggregate for VisitMonth {
    type Id = (ChildId, Month);

    fn id(&self) -> (ChildId, Month) {
        (self.child, self.month)
    }
}

impl Aggregate for Visit {
    type Id = VisitId;

    fn id(&self) -> VisitId {
        self.id
    }
}

impl Aggregate for MonthClosing {
    type Id = Month;

    fn id(&self) -> Month {
        self.month
    }
}

impl Visits {
    pub(in crate::store) async fn load(
        write: &Write,
        needs: VisitNeeds,
        vault: &Vault,
        rule: &Arc<DutyRule>,
    ) -> Result<Self, ServiceError> {
        Ok(Self {
            rule: Arc::clone(rule),
            duties: Shelf::of(reading::duties(write, vault, &needs.duties).await?),
            months: Shelf::of(reading::months(write, &needs.months).await?),
            visits: Shelf::of(reading::visits(write, vault, &needs.visits).await?),
            closings: Shelf::of(reading::closings(write, &needs.closings).await?),
        })
    }

    pub(in crate::store) fn store(&self, write: &mut Write, vault: &Vault) -> Result<(), ServiceError> {
        writing::duties(&self.duties, vault, write).map_err(ServiceError::internal)?;
        writing::months(&self.months, write);
        writing::visits(&self.visits, vault, write).map_err(ServiceError::internal)?;
        writing::closings(&self.closings, write);
        Ok(())
    }

    /// The duty of a child.
    #[must_use]
    pub fn duty(&self, child: ChildId) -> Duty {
        self.duties.get(child).cloned().unwrap_or_else(|| Duty::none(child))
    }

    /// What became of a child's month.
    #[must_use]
    pub fn month(&self, child: ChildId, month: Month) -> VisitMonth {
        self.months.get((child, month)).cloned().unwrap_or_else(|| VisitMonth::none(child, month))
    }

    /// Lets the duty follow a file that just changed, whichever use case changed it.
    pub(in crate::store) fn follow(&mut self, child: &Child) {
        let present = Month::of(shanghai_date(child.changed_at));
        let duty = self.duty(child.id).revised(child, &self.rule, present);
        self.duties.put(duty);
    }

    /// Lets the duty of a child follow what an entry of the ledger says of it from the present month on.
    pub(in crate::store) fn follow_ledger(
        &mut self,
        child: &Child,
        migrant: MigrantId,
        months: &[Months],
        present: Month,
    ) {
        let duty = self.duty(child.id).with_ledger(migrant, months).revised(child, &self.rule, present);
        self.duties.put(duty);
    }
}
