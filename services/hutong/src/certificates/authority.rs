use std::path::Path;
use std::time::Duration;

use kernel::{Clock, Instant};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, date_time_ymd,
};

use super::subject::Subject;
use super::{CertificateError, files};

const DAY: Duration = Duration::from_hours(24);
/// Ten years.
const AUTHORITY_DAYS: u32 = 3653;
/// What browsers take at most; renewed well before.
pub(super) const LEAF_DAYS: u32 = 397;

/// The city's root: its certificate, and its key where that is at hand.
pub(super) struct Authority {
    pub(super) certificate_pem: String,
    issuer: Option<Issuer<'static, KeyPair>>,
}

/// A certificate and its key, as PEM.
pub(super) struct Pair {
    pub(super) certificate_pem: String,
    pub(super) key_pem: String,
}

impl Authority {
    /// Opens `authority.{pem,key}`; makes both if neither is there.
    pub(super) fn open_or_create(
        directory: &Path,
        trust_domain: &str,
        clock: &dyn Clock,
    ) -> Result<Self, CertificateError> {
        let (certificate, key) = paths(directory);
        let certificate_pem = files::read_if_present(&certificate)?;
        let key_pem = files::read_if_present(&key)?;
        match (certificate_pem, key_pem) {
            (Some(certificate_pem), Some(key_pem)) => Self::open(directory, certificate_pem, &key_pem),
            (Some(certificate_pem), None) => Ok(Self { certificate_pem, issuer: None }),
            // The key is written first: one without a certificate is the rest of a first start that was cut off.
            (None, _) => Self::create(directory, trust_domain, clock),
        }
    }

    fn open(directory: &Path, certificate_pem: String, key_pem: &str) -> Result<Self, CertificateError> {
        let fault = |fault| CertificateError::Authority { directory: directory.to_owned(), fault };
        let key =
            KeyPair::from_pem(key_pem).map_err(|_| fault("authority.key holds no private key that can be used"))?;
        if files::public_key(&certificate_pem).as_deref()
            != Some(rcgen::PublicKeyData::subject_public_key_info(&key).as_slice())
        {
            return Err(fault("authority.pem and authority.key do not belong together"));
        }
        let issuer = Issuer::from_ca_cert_pem(&certificate_pem, key)
            .map_err(|_| fault("authority.pem holds no certificate that can be used"))?;
        Ok(Self { certificate_pem, issuer: Some(issuer) })
    }

    fn create(directory: &Path, trust_domain: &str, clock: &dyn Clock) -> Result<Self, CertificateError> {
        let failed = |source| CertificateError::Issue { subject: "the authority".to_owned(), source };
        let mut name = DistinguishedName::new();
        name.push(DnType::OrganizationName, "Hutong");
        name.push(DnType::CommonName, format!("Hutong authority of {trust_domain}"));
        let mut params = CertificateParams::default();
        params.distinguished_name = name;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        validity(&mut params, clock.now(), AUTHORITY_DAYS);
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let certificate_pem = params.self_signed(&key).map_err(failed)?.pem();
        let (certificate_file, key_file) = paths(directory);
        files::write_secret(&key_file, &key.serialize_pem())?;
        files::write(&certificate_file, &certificate_pem)?;
        Ok(Self { certificate_pem, issuer: Some(Issuer::new(params, key)) })
    }

    /// A new key and a certificate over it.
    pub(super) fn issue(
        &self,
        directory: &Path,
        subject: &Subject,
        trust_domain: &str,
        clock: &dyn Clock,
    ) -> Result<Pair, CertificateError> {
        let issuer = self
            .issuer
            .as_ref()
            .ok_or_else(|| CertificateError::KeyAway { subject: subject.to_string(), key: paths(directory).1 })?;
        let mut params = subject.params(trust_domain)?;
        validity(&mut params, clock.now(), LEAF_DAYS);
        let issue = || -> Result<(Certificate, KeyPair), rcgen::Error> {
            let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
            Ok((params.signed_by(&key, issuer)?, key))
        };
        let (certificate, key) =
            issue().map_err(|source| CertificateError::Issue { subject: subject.to_string(), source })?;
        Ok(Pair { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
    }
}

/// From yesterday, for clocks that go wrong, until so many days from now; whole days.
fn validity(params: &mut CertificateParams, now: Instant, days: u32) {
    let day = |instant| {
        let day = kernel::time::shanghai_date(instant);
        date_time_ymd(
            i32::from(day.year()),
            u8::try_from(day.month()).expect("a month is 1 to 12"),
            u8::try_from(day.day()).expect("a day is 1 to 31"),
        )
    };
    params.not_before = day(now.saturating_sub(DAY));
    params.not_after = day(now.saturating_add(DAY * days));
}

fn paths(directory: &Path) -> (std::path::PathBuf, std::path::PathBuf) {
    (directory.join("authority.pem"), directory.join("authority.key"))
}
