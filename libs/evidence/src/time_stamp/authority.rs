use std::time::Duration;

use der::{Decode as _, Encode as _};
use kernel::Instant;
use pki_types::pem::PemObject as _;
use pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_cert::Certificate;
use x509_cert::ext::pkix::ExtendedKeyUsage;

use super::TimeStampError;
use super::algorithm::of_certificates;

/// What a certificate for time-stamps is for, and nothing else (RFC 3161, 2.3).
const TIME_STAMPING: der::asn1::ObjectIdentifier = der::asn1::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const KEY_USES: der::asn1::ObjectIdentifier = der::asn1::ObjectIdentifier::new_unwrap("2.5.29.37");
/// The same as bytes of DER.
const TIME_STAMPING_BYTES: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];

/// The certificates of a time-stamp authority that a reader trusts.
#[derive(Debug, Clone)]
pub struct Authority {
    certificates: Vec<CertificateDer<'static>>,
}

/// Why a text names no authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the certificate of a time-stamp authority as PEM (BEGIN CERTIFICATE), or several")]
pub struct AuthorityError;

impl Authority {
    /// From PEM: the authority's root certificates, or the very ones with which it signs; an old one may stand beside a new.
    ///
    /// # Errors
    /// If there is none, or one cannot be read.
    pub fn from_pem(text: &[u8]) -> Result<Self, AuthorityError> {
        let certificates: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(text).collect::<Result<_, _>>().map_err(|_| AuthorityError)?;
        let readable = certificates.iter().all(|certificate| Certificate::from_der(certificate).is_ok());
        if certificates.is_empty() || !readable { Err(AuthorityError) } else { Ok(Self { certificates }) }
    }

    /// Its certificates, for a token that comes without its signer's.
    pub(super) fn certificates(&self) -> impl Iterator<Item = Certificate> + '_ {
        self.certificates.iter().filter_map(|der| Certificate::from_der(der).ok())
    }

    /// Whether a signer may sign time-stamps in the authority's name at a time. Other certificates may stand between.
    pub(super) fn trusts(
        &self,
        signer: &Certificate,
        others: &[Certificate],
        time: Instant,
    ) -> Result<(), TimeStampError> {
        let untrusted = |_| TimeStampError::Untrusted;
        if !is_for_time_stamps_alone(signer) {
            return Err(TimeStampError::Untrusted);
        }
        let der = CertificateDer::from(signer.to_der()?);
        let time = u64::try_from(time.as_micros()).map_err(|_| TimeStampError::Untrusted)?;
        let time = Duration::from_micros(time);
        if self.certificates.contains(&der) {
            return if is_valid(signer, time) { Ok(()) } else { Err(TimeStampError::Untrusted) };
        }
        let others: Vec<CertificateDer<'_>> =
            others.iter().map(|one| Ok(one.to_der()?.into())).collect::<Result<_, der::Error>>()?;
        // One that cannot be an anchor may be the signer's own, beside those that can.
        let anchors: Vec<TrustAnchor<'_>> =
            self.certificates.iter().filter_map(|one| anchor_from_trusted_cert(one).ok()).collect();
        // Those in between need not name it; the signer does.
        let usage = KeyUsage::required_if_present(TIME_STAMPING_BYTES);
        let time = UnixTime::since_unix_epoch(time);
        let signer = EndEntityCert::try_from(&der).map_err(untrusted)?;
        let path = signer.verify_for_usage(&of_certificates(), &anchors, &others, time, usage, None, None);
        path.map(drop).map_err(untrusted)
    }
}

fn is_for_time_stamps_alone(signer: &Certificate) -> bool {
    let mut uses = signer.tbs_certificate.extensions.iter().flatten().filter(|extension| extension.extn_id == KEY_USES);
    let (Some(extension), None) = (uses.next(), uses.next()) else { return false };
    let uses = ExtendedKeyUsage::from_der(extension.extn_value.as_bytes());
    extension.critical && uses.is_ok_and(|uses| uses.0 == [TIME_STAMPING])
}

fn is_valid(signer: &Certificate, time: Duration) -> bool {
    let validity = &signer.tbs_certificate.validity;
    (validity.not_before.to_unix_duration()..=validity.not_after.to_unix_duration()).contains(&time)
}
