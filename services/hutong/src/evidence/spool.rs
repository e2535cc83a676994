use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use evidence::file::line::{Head, Line};
use evidence::file::{Known, Report, Writer, verify};
use evidence::key::PublicKey;

use super::EvidenceError;

/// Lines on their way into a file. What the first line says is known at the end only, so that they wait beside it; the file
/// appears whole, or not at all.
pub(super) struct Spool {
    file: PathBuf,
    lines: PathBuf,
    whole: PathBuf,
    out: BufWriter<File>,
}

impl Spool {
    pub(super) fn open(file: &Path) -> Result<Self, EvidenceError> {
        let beside = |ending: &str| {
            let mut path = file.as_os_str().to_owned();
            path.push(ending);
            PathBuf::from(path)
        };
        let (lines, whole) = (beside(".lines"), beside(".new"));
        let out = BufWriter::new(create(&lines)?);
        Ok(Self { file: file.to_owned(), lines, whole, out })
    }

    pub(super) fn write(&mut self, line: &Line) -> Result<(), EvidenceError> {
        let written = serde_json::to_writer(&mut self.out, line).map_err(std::io::Error::from);
        written.and_then(|()| self.out.write_all(b"\n")).map_err(EvidenceError::file(&self.lines))
    }

    /// Puts the file together, checks it as a court would, and gives it its name.
    pub(super) fn finish(mut self, head: Head, keys: &[PublicKey]) -> Result<Report, EvidenceError> {
        self.out.flush().map_err(EvidenceError::file(&self.lines))?;
        let waiting = BufReader::new(File::open(&self.lines).map_err(EvidenceError::file(&self.lines))?);
        let mut out = create(&self.whole)?;
        let write = || {
            let mut writer = Writer::begin(BufWriter::new(&mut out), head)?;
            for line in waiting.lines() {
                writer.write(&serde_json::from_str(&line?)?)?;
            }
            drop(writer.finish()?);
            out.sync_all()
        };
        write().map_err(EvidenceError::file(&self.whole))?;
        let written = BufReader::new(File::open(&self.whole).map_err(EvidenceError::file(&self.whole))?);
        let report = verify(written, Known::of(keys), |_| ()).map_err(EvidenceError::file(&self.whole))?;
        if let Some(fault) = report.faults.first() {
            return Err(EvidenceError::DoesNotHold(Box::new(fault.clone())));
        }
        fs::rename(&self.whole, &self.file).map_err(EvidenceError::file(&self.file))?;
        Ok(report)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // What is not there need not go; what cannot go is written over the next time.
        let _ = fs::remove_file(&self.lines);
        let _ = fs::remove_file(&self.whole);
    }
}

/// For its owner only: it holds what a department may know of children.
fn create(path: &Path) -> Result<File, EvidenceError> {
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path).map_err(EvidenceError::file(path))
}
