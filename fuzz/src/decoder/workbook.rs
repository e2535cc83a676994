//! A workbook's file.

use contract::registry::v1::{MigrantRow, RosterRow, VisitRow, WorkbookKind, WorkerRow};
use kernel::time;
use registry::workbook::{Workbook, template};

/// It is read or refused.
pub fn take(data: &[u8]) {
    let Ok(workbook) = Workbook::of_bytes(data.to_vec()) else { return };
    let _ = workbook.kind();
    drop(workbook.rows::<RosterRow>());
    drop(workbook.rows::<MigrantRow>());
    drop(workbook.rows::<VisitRow>());
    drop(workbook.rows::<WorkerRow>());
}

/// Empty forms.
pub fn seeds() -> Vec<Vec<u8>> {
    let today = time::date(2024, 12, 12).expect("a day");
    let kinds = [WorkbookKind::Children, WorkbookKind::Migrants, WorkbookKind::Visits, WorkbookKind::Workers];
    kinds.map(|kind| template(kind, today).expect("the contract's texts fit")).into()
}
