use std::io::{self, Write};

use ring::digest::{Context, SHA256};

use super::line::{Digest, End, Head, Line};
use crate::hash::Hash;

/// Writes a file, line by line. A file without [`Writer::finish`] has no end, and nobody takes it for whole.
pub struct Writer<W: Write> {
    out: W,
    digest: Context,
    lines: u64,
}

impl<W: Write> Writer<W> {
    /// Begins with the first line.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn begin(out: W, head: Head) -> io::Result<Self> {
        let mut writer = Self { out, digest: Context::new(&SHA256), lines: 0 };
        writer.write(&Line::Evidence(head))?;
        Ok(writer)
    }

    /// Writes the next line.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, line: &Line) -> io::Result<()> {
        let text = encode(line);
        self.digest.update(text.as_bytes());
        self.lines += 1;
        self.out.write_all(text.as_bytes())
    }

    /// Writes the last line and gives the writer back.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        let sha256: Hash = self.digest.finish().as_ref().try_into().expect("SHA-256 has 32 bytes");
        let end = Line::End(End { lines: self.lines, sha256: Digest(sha256) });
        self.out.write_all(encode(&end).as_bytes())?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// The one spelling of a line.
pub(super) fn encode(line: &Line) -> String {
    let mut text = serde_json::to_string(line).expect("a line is text and numbers");
    text.push('\n');
    text
}
