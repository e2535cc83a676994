use std::path::Path;
use std::sync::Arc;

use contract::registry::v1;
use contract::registry::v1::roster_service_client::RosterServiceClient;
use contract::registry::v1::workbook_service_client::WorkbookServiceClient;
use contract::registry::v1::{import_roster_request, import_workbook_request};
use kernel::Date;
use registry::workbook::{self, Row, WorkbookError};
use tonic::transport::Channel;

use super::{Imported, WorkbooksError};

/// Rows in one message: far below the contract's 500 and the message limit, many enough for speed. An import that is sent
/// again must be cut as before.
const ROWS_PER_MESSAGE: usize = 200;

/// A workbook, read but not checked: the registry does that.
#[derive(Debug)]
pub struct Workbook {
    /// The day of the workbook.
    pub reference_date: Date,
    /// By what the registry knows the import again. The same file on the same day is the same import.
    pub import_id: String,
    rows: Rows,
}

#[derive(Debug)]
enum Rows {
    Children(Vec<v1::RosterRow>),
    Migrants(Vec<v1::MigrantRow>),
    Visits(Vec<v1::VisitRow>),
    Workers(Vec<v1::WorkerRow>),
}

impl Workbook {
    /// Reads a workbook of any kind; its column headers say which. Where it names no reference date, `today` is taken.
    ///
    /// # Errors
    /// [`WorkbooksError::Workbook`].
    pub fn read(file: &Path, today: Date) -> Result<Self, WorkbooksError> {
        let fault = |source| WorkbooksError::Workbook { file: file.to_owned(), source };
        let book = workbook::Workbook::open(file).map_err(fault)?;
        let (day, rows) = match book.kind().ok_or_else(|| fault(WorkbookError::UnknownKind))? {
            v1::WorkbookKind::Unspecified => return Err(fault(WorkbookError::UnknownKind)),
            v1::WorkbookKind::Children => rows(&book, Rows::Children),
            v1::WorkbookKind::Migrants => rows(&book, Rows::Migrants),
            v1::WorkbookKind::Visits => rows(&book, Rows::Visits),
            v1::WorkbookKind::Workers => rows(&book, Rows::Workers),
        }
        .map_err(fault)?;
        let reference_date = day.unwrap_or(today);
        Ok(Self { reference_date, import_id: book.import_id(reference_date), rows })
    }

    /// What its rows are.
    #[must_use]
    pub fn kind(&self) -> v1::WorkbookKind {
        match &self.rows {
            Rows::Children(_) => v1::WorkbookKind::Children,
            Rows::Migrants(_) => v1::WorkbookKind::Migrants,
            Rows::Visits(_) => v1::WorkbookKind::Visits,
            Rows::Workers(_) => v1::WorkbookKind::Workers,
        }
    }

    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        match &self.rows {
            Rows::Children(rows) => rows.len(),
            Rows::Migrants(rows) => rows.len(),
            Rows::Visits(rows) => rows.len(),
            Rows::Workers(rows) => rows.len(),
        }
    }

    /// Sends the rows. `sent` hears how many more rows have left whenever some have.
    ///
    /// # Errors
    /// [`WorkbooksError::Refused`] if the whole call fails; a rejected row is no error.
    pub async fn import(
        self,
        channel: Channel,
        validate_only: bool,
        sent: impl Fn(u64) + Send + Sync + 'static,
    ) -> Result<Imported, WorkbooksError> {
        use import_workbook_request::Part;

        let (kind, sent) = (self.kind(), Arc::new(sent));
        let reference_date = Some(contract::date::from_date(self.reference_date));
        let import_id = self.import_id;
        let header =
            v1::WorkbookHeader { kind: kind.into(), reference_date, validate_only, import_id: import_id.clone() };
        match self.rows {
            Rows::Children(rows) => {
                use import_roster_request::Part;
                let header = Part::Header(v1::RosterHeader { reference_date, validate_only, import_id });
                let parts = parts(rows, sent, |rows| Part::Rows(v1::RosterRows { rows }));
                let messages = std::iter::once(header).chain(parts);
                let messages = messages.map(|part| v1::ImportRosterRequest { part: Some(part) });
                let mut client = RosterServiceClient::new(channel);
                Ok(client.import_roster(tokio_stream::iter(messages)).await?.into_inner().into())
            }
            Rows::Migrants(rows) => {
                let parts = parts(rows, sent, |rows| Part::Migrants(v1::MigrantRows { rows }));
                import(channel, header, parts).await
            }
            Rows::Visits(rows) => {
                let parts = parts(rows, sent, |rows| Part::Visits(v1::VisitRows { rows }));
                import(channel, header, parts).await
            }
            Rows::Workers(rows) => {
                let parts = parts(rows, sent, |rows| Part::Workers(v1::WorkerRows { rows }));
                import(channel, header, parts).await
            }
        }
    }
}

fn rows<R: Row>(
    book: &workbook::Workbook,
    rows: impl FnOnce(Vec<R>) -> Rows,
) -> Result<(Option<Date>, Rows), WorkbookError> {
    let sheet = book.rows::<R>()?;
    Ok((sheet.reference_date, rows(sheet.rows)))
}

async fn import(
    channel: Channel,
    header: v1::WorkbookHeader,
    parts: impl Iterator<Item = import_workbook_request::Part> + Send + 'static,
) -> Result<Imported, WorkbooksError> {
    let kind = header.kind();
    let messages = std::iter::once(import_workbook_request::Part::Header(header)).chain(parts);
    let messages = messages.map(|part| v1::ImportWorkbookRequest { part: Some(part) });
    let answer = WorkbookServiceClient::new(channel).import_workbook(tokio_stream::iter(messages)).await?;
    Ok(Imported::of(kind, answer.into_inner()))
}

fn parts<R, P>(rows: Vec<R>, sent: Arc<impl Fn(u64)>, part: impl Fn(Vec<R>) -> P) -> impl Iterator<Item = P> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let chunk: Vec<R> = rows.by_ref().take(ROWS_PER_MESSAGE).collect();
        if chunk.is_empty() {
            return None;
        }
        sent(chunk.len() as u64);
        Some(part(chunk))
    })
}
