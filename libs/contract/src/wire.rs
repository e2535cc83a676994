//! Looks at the top-level fields of an encoded message without decoding it.

use bytes::Buf;
use prost::DecodeError;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// One field as it stands in the bytes.
pub(crate) struct Field<'a> {
    pub(crate) number: u32,
    /// Key and value.
    pub(crate) bytes: &'a [u8],
    /// The value of a length-delimited field; empty for other wire types.
    pub(crate) value: &'a [u8],
    /// Where the value begins in the message.
    pub(crate) at: usize,
}

/// Calls `each` with every top-level field, in order.
pub(crate) fn fields<'a>(message: &'a [u8], mut each: impl FnMut(Field<'a>)) -> Result<(), DecodeError> {
    let mut rest = message;
    while rest.has_remaining() {
        let start = rest;
        let (number, wire_type) = decode_key(&mut rest)?;
        let mut value: &[u8] = &[];
        let mut at = message.len() - rest.len();
        if wire_type == WireType::LengthDelimited {
            let mut peek = rest;
            let length = usize::try_from(decode_varint(&mut peek)?).unwrap_or(usize::MAX);
            at = message.len() - peek.len();
            value = peek.get(..length).unwrap_or_default();
        }
        skip_field(wire_type, number, &mut rest, DecodeContext::default())?;
        let bytes = &start[..start.len() - rest.len()];
        each(Field { number, bytes, value, at });
    }
    Ok(())
}

/// The last value of a string field; `None` if it is absent or no UTF-8.
pub(crate) fn text(message: &[u8], number: u32) -> Result<Option<&str>, DecodeError> {
    let mut found = None;
    fields(message, |field| {
        if field.number == number {
            found = std::str::from_utf8(field.value).ok();
        }
    })?;
    Ok(found)
}
