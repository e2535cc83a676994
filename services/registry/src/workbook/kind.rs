//! Which rows there are.

use contract::column;
use contract::registry::v1::{MigrantRow, RosterRow, VisitRow, WorkbookKind, WorkerRow};
use kernel::spelling::plain;
use prost::{Message, Name};

/// A row of one of the workbooks.
pub trait Row: Message + Name + Default + Clone + 'static {
    /// Of which.
    const KIND: WorkbookKind;

    /// The row's own number (序号).
    fn number(&self) -> i32;

    /// Gives the row another number.
    fn set_number(&mut self, number: i32);
}

macro_rules! rows {
    ($($row:ident: $kind:ident),+) => {
        $(
            impl Row for $row {
                const KIND: WorkbookKind = WorkbookKind::$kind;

                fn number(&self) -> i32 {
                    self.number
                }

                fn set_number(&mut self, number: i32) {
                    self.number = number;
                }
            }
        )+

        /// The columns of a kind of workbook.
        pub(super) fn columns(kind: WorkbookKind) -> Vec<column::Column> {
            match kind {
                WorkbookKind::Unspecified => Vec::new(),
                $(WorkbookKind::$kind => column::of::<$row>(),)+
            }
        }

        const KINDS: &[WorkbookKind] = &[$(WorkbookKind::$kind),+];
    };
}
rows!(RosterRow: Children, MigrantRow: Migrants, VisitRow: Visits, WorkerRow: Workers);

/// The plain headers of each kind's columns.
pub(super) fn headers() -> Vec<(WorkbookKind, Vec<String>)> {
    let headers = |kind| columns(kind).iter().map(|column| plain(&column.header).into_owned()).collect();
    KINDS.iter().map(|kind| (*kind, headers(*kind))).collect()
}
