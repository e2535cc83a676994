/// Why an answer is no time-stamp of a note. It tells nothing of the answer's content but the authority's own status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeStampError {
    /// Too long, or not of RFC 3161's form.
    #[error("it is no time-stamp (RFC 3161) of at most 64 KiB")]
    Form,
    /// The authority gave none.
    #[error("the authority refused: status {0}")]
    Refused(u32),
    /// It is of something else.
    #[error("it is a time-stamp of something else")]
    Imprint,
    /// It answers another request.
    #[error("it answers another request")]
    Nonce,
    /// A signature of a kind that is not read.
    #[error("it is signed with an algorithm that this version does not know")]
    Algorithm,
    /// The signature, or what it covers, does not fit.
    #[error("its signature does not fit")]
    Signature,
    /// The signer is not the authority.
    #[error("its signer is not the authority, or may not sign time-stamps, or could not at that time")]
    Untrusted,
}

impl From<der::Error> for TimeStampError {
    fn from(_: der::Error) -> Self {
        Self::Form
    }
}
