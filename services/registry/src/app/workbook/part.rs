//! Records the rows of one part of a workbook.

use contract::column::{self, Column};
use contract::registry::v1::RowRemark;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;
use prost::Message;

use super::cells::remark_of;
use super::kind::{Judged, RowKind};
use crate::store::{Needs, Workspace};

/// Records each row by itself: one at fault holds up no other.
#[derive(Debug)]
pub struct ImportPart<K: RowKind> {
    /// Each row's number with what it means.
    pub rows: Vec<(i32, Judged<K::Entry>)>,
}

/// What became of a part. It names rows, columns and reasons, and no value of any.
#[derive(Clone, PartialEq, Message)]
pub struct PartReport {
    /// Rows whose facts stand in the registry.
    #[prost(int32, tag = "1")]
    pub accepted: i32,
    /// Those of them that said anything new.
    #[prost(int32, tag = "2")]
    pub recorded: i32,
    /// Why others do not.
    #[prost(message, repeated, tag = "3")]
    pub rejections: Vec<RowRemark>,
}

impl<K: RowKind> UseCase<Workspace> for ImportPart<K> {
    type Reply = PartReport;

    fn needs(&self, needs: &mut Needs) {
        for entry in self.rows.iter().filter_map(|(_, judged)| judged.as_ref().ok()) {
            K::needs(entry, needs);
        }
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<PartReport, ServiceError> {
        let columns: Vec<Column> = column::of::<K::Row>();
        let mut report = PartReport::default();
        for (number, judged) in &self.rows {
            match judged {
                Err(remarks) => report.rejections.extend(remarks.iter().cloned()),
                Ok(entry) => match K::enter(entry, workspace, context) {
                    Ok(new) => {
                        report.accepted += 1;
                        report.recorded += i32::from(new);
                    }
                    Err(error) => report.rejections.push(remark_of(*number, &columns, &error)),
                },
            }
        }
        Ok(report)
    }
}
