use std::io;
use std::path::PathBuf;

/// Why a certificate cannot be read or issued. Never says anything of a key.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file or directory cannot be read.
    #[error("cannot read {}: {reason}", path.display(), reason = source.kind())]
    Read {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or directory cannot be written.
    #[error("cannot write {}: {reason}", path.display(), reason = source.kind())]
    Write {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The authority's certificate or key is damaged. It is never replaced in silence: all certificates hang on it.
    #[error("the certificate authority in {} cannot be used: {fault}", directory.display())]
    Authority {
        /// The certificates' directory.
        directory: PathBuf,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// A certificate must be issued, but the authority's key is not here.
    #[error("cannot issue a certificate for {subject}: the authority's key is not at {}", key.display())]
    KeyAway {
        /// For whom.
        subject: String,
        /// Where the key was looked for.
        key: PathBuf,
    },
    /// A name that no certificate can carry.
    #[error("cannot issue a certificate for {subject}: the name fits in no certificate")]
    Name {
        /// For whom.
        subject: String,
    },
    /// The cryptographic library refused.
    #[error("cannot issue a certificate for {subject}")]
    Issue {
        /// For whom.
        subject: String,
        /// What it said.
        source: rcgen::Error,
    },
}
