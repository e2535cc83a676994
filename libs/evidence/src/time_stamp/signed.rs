use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Any, Decode as _, Encode as _, Sequence};
use pki_types::CertificateDer;
use webpki::EndEntityCert;
use x509_cert::Certificate;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::TimeStampError;
use super::algorithm::{SHA_256, hash, of_signature};
use super::authority::Authority;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TIME_STAMP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");

/// The content of a token, which somebody has signed.
pub(super) struct Signed {
    pub(super) content: Vec<u8>,
    pub(super) signer: Certificate,
    /// The token's further certificates.
    pub(super) others: Vec<Certificate>,
}

impl Signed {
    /// The content of a token (CMS, RFC 5652) whose signature fits; whose it is, is another question. A signer who is not in
    /// the token may be known as one of the authority's.
    pub(super) fn open(token: &[u8], authority: &Authority) -> Result<Self, TimeStampError> {
        let token = ContentInfo::from_der(token)?;
        if token.content_type != SIGNED_DATA {
            return Err(TimeStampError::Form);
        }
        let data: SignedData = token.content.decode_as()?;
        let content = data.encap_content_info;
        let (TIME_STAMP, Some(content)) = (content.econtent_type, content.econtent) else {
            return Err(TimeStampError::Form);
        };
        let content: OctetString = content.decode_as()?;
        let [info] = data.signer_infos.0.as_slice() else { return Err(TimeStampError::Form) };
        let certificates = data.certificates.iter().flat_map(|all| all.0.iter()).filter_map(|one| match one {
            CertificateChoices::Certificate(certificate) => Some(certificate.clone()),
            CertificateChoices::Other(_) => None,
        });
        let (signers, others): (Vec<_>, Vec<_>) = certificates.partition(|one| is_named(&info.sid, one));
        let known = || authority.certificates().find(|one| is_named(&info.sid, one));
        let signer = signers.into_iter().next().or_else(known).ok_or(TimeStampError::Untrusted)?;
        prove(info, content.as_bytes(), &signer)?;
        Ok(Self { content: content.into_bytes(), signer, others })
    }
}

fn is_named(signer: &SignerIdentifier, certificate: &Certificate) -> bool {
    let certificate = &certificate.tbs_certificate;
    match signer {
        SignerIdentifier::IssuerAndSerialNumber(name) => {
            name.issuer == certificate.issuer && name.serial_number == certificate.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(wanted) => {
            let mut extensions = certificate.extensions.iter().flatten();
            let found = extensions.find(|extension| extension.extn_id == KEY_IDENTIFIER);
            let found = found.and_then(|it| SubjectKeyIdentifier::from_der(it.extn_value.as_bytes()).ok());
            found.as_ref() == Some(wanted)
        }
    }
}

/// Proves that the signer signed attributes that name the content and the signer's own certificate.
fn prove(info: &SignerInfo, content: &[u8], signer: &Certificate) -> Result<(), TimeStampError> {
    let attributes = info.signed_attrs.as_ref().ok_or(TimeStampError::Form)?;
    let find = |oid| {
        let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
        match (found.next(), found.next()) {
            (Some(attribute), None) => match attribute.values.as_slice() {
                [value] => Ok(Some(value)),
                _ => Err(TimeStampError::Form),
            },
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(TimeStampError::Form),
        }
    };
    let required = |oid| find(oid)?.ok_or(TimeStampError::Form);
    if required(CONTENT_TYPE)?.decode_as::<ObjectIdentifier>()? != TIME_STAMP {
        return Err(TimeStampError::Form);
    }
    let digest: OctetString = required(MESSAGE_DIGEST)?.decode_as()?;
    if digest.as_bytes() != hash(info.digest_alg.oid, content)? {
        return Err(TimeStampError::Signature);
    }
    let der = signer.to_der()?;
    let named = match (find(SIGNING_CERTIFICATE_2)?, find(SIGNING_CERTIFICATE)?) {
        (Some(value), _) => names(value, &der)?,
        (None, Some(value)) => named_before(value, &der)?,
        (None, None) => return Err(TimeStampError::Form),
    };
    if !named {
        return Err(TimeStampError::Signature);
    }
    let der = CertificateDer::from(der);
    let key = EndEntityCert::try_from(&der).map_err(|_| TimeStampError::Untrusted)?;
    let (covered, signature) = (attributes.to_der()?, info.signature.as_bytes());
    let mut algorithms = of_signature(&info.signature_algorithm, &info.digest_alg)?.iter();
    let fits = algorithms.any(|algorithm| key.verify_signature(*algorithm, &covered, signature).is_ok());
    if fits { Ok(()) } else { Err(TimeStampError::Signature) }
}

/// `SigningCertificateV2` (RFC 5035), of which the first names the signer.
#[derive(Sequence)]
struct SigningCertificates {
    certificates: Vec<CertificateHash>,
    #[asn1(optional = "true")]
    policies: Option<Any>,
}

#[derive(Sequence)]
struct CertificateHash {
    #[asn1(optional = "true")]
    algorithm: Option<AlgorithmIdentifierOwned>,
    hash: OctetString,
    #[asn1(optional = "true")]
    issuer: Option<Any>,
}

fn names(value: &Any, certificate: &[u8]) -> Result<bool, TimeStampError> {
    let named: SigningCertificates = value.decode_as()?;
    let first = named.certificates.first().ok_or(TimeStampError::Form)?;
    let algorithm = first.algorithm.as_ref().map_or(SHA_256, |algorithm| algorithm.oid);
    Ok(first.hash.as_bytes() == hash(algorithm, certificate)?)
}

/// `SigningCertificate` (RFC 2634), by SHA-1. It only says which certificate is meant; the signature itself must be a good one.
fn named_before(value: &Any, certificate: &[u8]) -> Result<bool, TimeStampError> {
    let named: SigningCertificates = value.decode_as()?;
    let first = named.certificates.first().ok_or(TimeStampError::Form)?;
    let hash = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, certificate);
    Ok(first.algorithm.is_none() && first.hash.as_bytes() == hash.as_ref())
}
