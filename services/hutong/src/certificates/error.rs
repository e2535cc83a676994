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
    /// A certificate must be revoked, but the authority's key is not here.
    #[error(
        "cannot sign the list of revoked certificates: the authority's key is not at {}; revoke where the key is, \
         and bring revoked.crl here",
        .0.display()
    )]
    ListKeyAway(PathBuf),
    /// The system gave no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
    /// A file that should be a certificate is none.
    #[error("{} holds no certificate as PEM", .0.display())]
    NotACertificate(PathBuf),
    /// A certificate that is brought here cannot be admitted.
    #[error("{} cannot be admitted: {fault}", file.display())]
    NotAdmitted {
        /// The file.
        file: PathBuf,
        /// Why.
        fault: String,
    },
    /// The list of revoked certificates is refused.
    #[error(transparent)]
    Revoked(#[from] platform::identity::RevocationError),
    /// The list holds more than this authority's own.
    #[error("{} holds lists of several authorities: it can only be changed where they come from", .0.display())]
    ForeignLists(PathBuf),
    /// Nothing is known by this name.
    #[error(
        "{0} is no certificate that was issued here: name a serial number, a certificate's file, or a holder such as \
         department/EDU (`hutong cert list --all`)"
    )]
    Unknown(String),
}
