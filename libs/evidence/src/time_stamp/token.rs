use der::asn1::{Int, ObjectIdentifier};
use der::{Any, Decode as _, Encode as _, Sequence, Tag, Tagged as _};
use kernel::Instant;
use x509_cert::ext::Extensions;
use x509_tsp::{Accuracy, MessageImprint, TimeStampResp, TspVersion};

use super::algorithm::SHA_256;
use super::signed::Signed;
use super::{Authority, LONGEST, Nonce, TimeStampError};
use crate::hash::sha256;

/// What a good token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStamp {
    /// What was stamped existed by then, by the authority's clock.
    pub time: Instant,
    /// Whose word it is: the subject of the signer's certificate (RFC 4514).
    pub authority: String,
}

/// The token in an authority's answer (`application/timestamp-reply`) to a request for a note.
///
/// # Errors
/// [`TimeStampError`]: then nothing of the answer is of any use.
pub fn accept(
    answer: &[u8],
    note: &str,
    nonce: Nonce,
    authority: &Authority,
) -> Result<(Vec<u8>, TimeStamp), TimeStampError> {
    if answer.len() > LONGEST {
        return Err(TimeStampError::Form);
    }
    let answer = TimeStampResp::from_der(answer)?;
    let status = answer.status.status as u32;
    // Granted, or granted with changes.
    if status > 1 {
        return Err(TimeStampError::Refused(status));
    }
    let token = answer.time_stamp_token.ok_or(TimeStampError::Form)?.to_der()?;
    let time_stamp = read(&token, note, Some(nonce), authority)?;
    Ok((token, time_stamp))
}

/// What a token says of a note, if it is the authority's.
///
/// # Errors
/// [`TimeStampError`].
pub fn verify(token: &[u8], note: &str, authority: &Authority) -> Result<TimeStamp, TimeStampError> {
    read(token, note, None, authority)
}

/// `TSTInfo`. The time is read by ourselves: an authority may tell parts of a second.
#[derive(Sequence)]
struct Info {
    version: TspVersion,
    policy: ObjectIdentifier,
    message_imprint: MessageImprint,
    serial_number: Int,
    gen_time: Any,
    #[asn1(optional = "true")]
    accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    ordering: bool,
    #[asn1(optional = "true")]
    nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    tsa: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

fn read(token: &[u8], note: &str, nonce: Option<Nonce>, authority: &Authority) -> Result<TimeStamp, TimeStampError> {
    if token.len() > LONGEST {
        return Err(TimeStampError::Form);
    }
    let signed = Signed::open(token, authority)?;
    let info = Info::from_der(&signed.content)?;
    let imprint = &info.message_imprint;
    if imprint.hash_algorithm.oid != SHA_256 || imprint.hashed_message.as_bytes() != sha256(note.as_bytes()) {
        return Err(TimeStampError::Imprint);
    }
    if nonce.is_some_and(|nonce| info.nonce != Some(nonce.number())) {
        return Err(TimeStampError::Nonce);
    }
    // What we do not know may limit what the rest means.
    if info.extensions.iter().flatten().any(|extension| extension.critical) {
        return Err(TimeStampError::Form);
    }
    let time = time_of(&info.gen_time).ok_or(TimeStampError::Form)?;
    authority.trusts(&signed.signer, &signed.others, time)?;
    Ok(TimeStamp { time, authority: signed.signer.tbs_certificate.subject.to_string() })
}

/// `YYYYMMDDhhmmss[.f…]Z`.
fn time_of(value: &Any) -> Option<Instant> {
    let text = std::str::from_utf8(value.value()).ok().filter(|_| value.tag() == Tag::GeneralizedTime)?;
    let (whole, fraction) = text.strip_suffix('Z')?.split_at_checked(14)?;
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let [date, time] = [&whole[..8], &whole[8..]];
    let text = format!(
        "{}-{}-{}T{}:{}:{}{fraction}Z",
        &date[..4],
        &date[4..6],
        &date[6..],
        &time[..2],
        &time[2..4],
        &time[4..]
    );
    text.parse().ok()
}
