//! The columns of the offices' workbooks: what stands in a row message, as a sheet's cells.

use prost::{Message, Name};
use prost_reflect::{DynamicMessage, FieldDescriptor, MessageDescriptor, Value};

use crate::options::Label;
use crate::{descriptors, policy};

pub use crate::policy::options::Cell;

/// A column of a row message.
#[derive(Clone, Debug)]
pub struct Column {
    /// The Chinese header.
    pub header: String,
    /// How it is filled in.
    pub cell: Cell,
    field: FieldDescriptor,
}

impl Column {
    /// The name of its field.
    #[must_use]
    pub fn field(&self) -> &str {
        self.field.name()
    }

    /// The terms that may stand in its cells, by number; none where any text may.
    #[must_use]
    pub fn terms(&self) -> Vec<(i32, Label)> {
        let Some(terms) = descriptors().get_enum_by_name(&self.cell.terms) else {
            return Vec::new();
        };
        let labelled = terms.values().filter_map(|value| {
            let (zh, en) = policy::options::label(&value)?;
            Some((value.number(), Label { zh, en }))
        });
        labelled.collect()
    }

    /// The number of a term, in Chinese or English.
    #[must_use]
    pub fn number_of(&self, term: &str) -> Option<i32> {
        self.terms().into_iter().find(|(_, label)| label.zh == term || label.en == term).map(|(number, _)| number)
    }
}

/// The columns of a row message, in the fields' order.
///
/// # Panics
/// If the message is not of the contract: a fault of the caller's code.
#[must_use]
pub fn of<M: Name>() -> Vec<Column> {
    let message = descriptor::<M>();
    let columns = message.fields().filter_map(|field| {
        let header = policy::options::column(&field)?;
        let cell = policy::options::cell(&field);
        Some(Column { header, cell, field })
    });
    columns.collect()
}

/// The row with these texts in its columns.
///
/// # Panics
/// If a column is another message's, or holds something else than text: a fault of the contract.
pub fn row<'a, M: Message + Name + Default>(cells: impl IntoIterator<Item = (&'a Column, String)>) -> M {
    let mut row = DynamicMessage::new(descriptor::<M>());
    for (column, text) in cells {
        row.set_field(&column.field, Value::String(text));
    }
    row.transcode_to().expect("a row is of its own message")
}

/// The texts in a row's columns, in the columns' order.
///
/// # Panics
/// As [`row`].
pub fn texts<M: Message + Name>(row: &M, columns: &[Column]) -> Vec<String> {
    let mut message = DynamicMessage::new(descriptor::<M>());
    message.transcode_from(row).expect("a row is of its own message");
    let text = |column: &Column| message.get_field(&column.field).as_str().expect("a column holds text").to_owned();
    columns.iter().map(text).collect()
}

fn descriptor<M: Name>() -> MessageDescriptor {
    descriptors().get_message_by_name(&M::full_name()).expect("a message of the contract")
}
