use std::path::PathBuf;

use contract::mailboxes::{Mailboxes, MailboxesError};
use platform::config::Config;

const DEFAULTS: &str = include_str!("../../../../deploy/departments.toml");

/// Why the departments' entries are refused.
#[derive(Debug, thiserror::Error)]
pub enum DepartmentsError {
    /// The file cannot be read.
    #[error("cannot read {} (departments.file): {reason}", file.display(), reason = source.kind())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It holds an entry that makes no sense.
    #[error("{}", file.display())]
    Entry {
        /// The file.
        file: PathBuf,
        /// Which, and why.
        source: MailboxesError,
    },
}

/// The mailboxes of a city: the file that it names, else the one that comes with Hutong.
///
/// # Errors
/// [`DepartmentsError`] names the file and the entry.
pub fn read_mailboxes(config: &Config) -> Result<Mailboxes, DepartmentsError> {
    let (file, text) = match &config.departments.file {
        None => (PathBuf::from("deploy/departments.toml"), DEFAULTS.to_owned()),
        Some(file) => match std::fs::read_to_string(file) {
            Ok(text) => (file.clone(), text),
            Err(source) => return Err(DepartmentsError::Unreadable { file: file.clone(), source }),
        },
    };
    Mailboxes::parse(&text).map_err(|source| DepartmentsError::Entry { file, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_comes_with_hutong_gives_each_partner_department_one_mailbox() {
        let mailboxes = read_mailboxes(&Config::default()).unwrap();
        assert_eq!(mailboxes.iter().count(), 18);
        assert!(mailboxes.iter().all(|entry| entry.area.is_none()));
    }
}
