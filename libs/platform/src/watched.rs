//! Files that others may replace while we run: whether they have changed since they were looked at last.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often watched files are looked at: a few looks at their attributes cost microseconds.
pub const LOOK: Duration = Duration::from_millis(200);

/// Some files or directories, and how each was when it was looked at last. One that is not there is watched too.
#[derive(Debug)]
pub struct WatchedFiles(Vec<(PathBuf, Option<Stamp>)>);

/// What changes when a file is replaced or written, or when a name in a directory comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: u64,
    length: u64,
    seconds: i64,
    nanoseconds: i64,
}

impl WatchedFiles {
    /// Watches these from now on: what they hold is to be read after this.
    #[must_use]
    pub fn new(files: impl IntoIterator<Item = PathBuf>) -> Self {
        Self(files.into_iter().map(|file| (Stamp::of(&file).ok(), file)).map(|(stamp, file)| (file, stamp)).collect())
    }

    /// Whether any has changed since the last look. What they hold is to be read after this.
    pub fn have_changed(&mut self) -> bool {
        let mut changed = false;
        for (file, stamp) in &mut self.0 {
            let now = Stamp::of(file).ok();
            changed |= now != *stamp;
            *stamp = now;
        }
        changed
    }
}

impl Stamp {
    pub(crate) fn of(file: &Path) -> std::io::Result<Self> {
        let found = std::fs::metadata(file)?;
        Ok(Self { inode: found.ino(), length: found.len(), seconds: found.mtime(), nanoseconds: found.mtime_nsec() })
    }
}
