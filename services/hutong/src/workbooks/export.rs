use std::path::Path;

use contract::registry::v1::workbook_service_client::WorkbookServiceClient;
use contract::registry::v1::{ExportWorkbookRequest, ExportWorkbookResponse, WorkbookKind};
use kernel::{Date, Month};
use registry::workbook::{Row, Writer};
use tonic::transport::Channel;

use super::WorkbooksError;

/// What is to be fetched.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which workbook.
    pub kind: WorkbookKind,
    /// The division's code; empty means the city.
    pub division: String,
    /// Of visits: the month; this one if nothing is said.
    pub month: Option<Month>,
}

/// Fetches rows into a file, and answers how many they are. `fetched` hears how many more there are whenever some have come.
/// The file is written at the end, as a whole.
///
/// # Errors
/// [`WorkbooksError`].
pub async fn export(
    channel: Channel,
    wanted: Wanted,
    file: &Path,
    today: Date,
    fetched: impl Fn(u64),
) -> Result<u32, WorkbooksError> {
    let unwritable = |source| WorkbooksError::Unwritable { file: file.to_owned(), source: Box::new(source) };
    let mut writer = Writer::new(wanted.kind, today).map_err(unwritable)?;
    let request = ExportWorkbookRequest {
        kind: wanted.kind.into(),
        division: wanted.division,
        month: wanted.month.map(contract::date::from_month),
    };
    let mut chunks = WorkbookServiceClient::new(channel).export_workbook(request).await?.into_inner();
    while let Some(chunk) = chunks.message().await? {
        let before = writer.rows();
        let ExportWorkbookResponse { children, migrants, visits, workers } = chunk;
        add(&mut writer, &children).map_err(unwritable)?;
        add(&mut writer, &migrants).map_err(unwritable)?;
        add(&mut writer, &visits).map_err(unwritable)?;
        add(&mut writer, &workers).map_err(unwritable)?;
        fetched((writer.rows() - before).into());
    }
    let rows = writer.rows();
    writer.save(file).map_err(unwritable)?;
    Ok(rows)
}

fn add<R: Row>(writer: &mut Writer, rows: &[R]) -> Result<(), registry::workbook::WriteError> {
    rows.iter().try_for_each(|row| writer.add(row))
}
