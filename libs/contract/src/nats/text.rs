//! Writing the server's configuration language.

use std::fmt::Write as _;

/// A quoted string. Quotes, backslashes and control characters are escaped: a path cannot end the string.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for byte in text.chars() {
        match byte {
            '"' | '\\' => quoted.extend(['\\', byte]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// A list, one item a line.
pub(super) fn list(items: &[String], indent: usize) -> String {
    let mut text = String::from("[\n");
    for item in items {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:indent$}{}", "", quote(item));
    }
    let _ = write!(text, "{:width$}]", "", width = indent - 2);
    text
}
