use std::path::Path;
use std::time::Duration;

use kernel::{Clock, Instant};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName, DnType, IsCa, Issuer,
    KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, RevokedCertParams, SerialNumber, date_time_ymd,
};
use ring::rand::{SecureRandom, SystemRandom};
use time::OffsetDateTime;

use super::subject::Subject;
use super::{CertificateError, files};

const DAY: Duration = Duration::from_hours(24);
/// Certificates begin a day early, for clocks that go wrong.
pub(super) const BACKDATED: Duration = DAY;
/// Ten years.
const AUTHORITY_DAYS: u32 = 3653;
/// How long a list of revoked certificates is the newest one at most.
pub(super) const LIST_LIFE: Duration = Duration::from_hours(30 * 24);

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
        validity(&mut params, clock.now(), DAY * AUTHORITY_DAYS);
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let certificate_pem = params.self_signed(&key).map_err(failed)?.pem();
        let (certificate_file, key_file) = paths(directory);
        files::write_secret(&key_file, &key.serialize_pem())?;
        files::write(&certificate_file, &certificate_pem)?;
        Ok(Self { certificate_pem, issuer: Some(Issuer::new(params, key)) })
    }

    /// Whether certificates can be issued here.
    pub(super) fn has_key(&self) -> bool {
        self.issuer.is_some()
    }

    /// A certificate over `key`, or over a new one.
    pub(super) fn issue(
        &self,
        directory: &Path,
        subject: &Subject,
        trust_domain: &str,
        key: Option<KeyPair>,
        from: Instant,
        life: Duration,
    ) -> Result<Pair, CertificateError> {
        let issuer = self
            .issuer
            .as_ref()
            .ok_or_else(|| CertificateError::KeyAway { subject: subject.to_string(), key: paths(directory).1 })?;
        let failed = |source| CertificateError::Issue { subject: subject.to_string(), source };
        let mut params = subject.params(trust_domain)?;
        params.serial_number = Some(serial().ok_or(CertificateError::NoRandomness)?);
        validity(&mut params, from, life);
        let key = match key {
            Some(key) => key,
            None => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?,
        };
        let certificate = params.signed_by(&key, issuer).map_err(failed)?;
        Ok(Pair { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
    }

    /// A list of revoked certificates, PEM.
    pub(super) fn sign_list(
        &self,
        directory: &Path,
        revoked_certs: Vec<RevokedCertParams>,
        number: u64,
        from: Instant,
    ) -> Result<String, CertificateError> {
        let issuer = self.issuer.as_ref().ok_or_else(|| CertificateError::ListKeyAway(paths(directory).1))?;
        let failed =
            |source| CertificateError::Issue { subject: "the list of revoked certificates".to_owned(), source };
        let params = CertificateRevocationListParams {
            this_update: time_of(from),
            next_update: time_of(from.saturating_add(LIST_LIFE)),
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs,
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(issuer).and_then(|list| list.pem()).map_err(failed)
    }
}

/// A number that nobody guesses and that is never given twice: 127 bits of chance.
fn serial() -> Option<SerialNumber> {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).ok()?;
    // Positive, and without leading zeros.
    bytes[0] = (bytes[0] & 0x7f) | 0x40;
    Some(SerialNumber::from_slice(&bytes))
}

fn validity(params: &mut CertificateParams, from: Instant, life: Duration) {
    params.not_before = time_of(from.saturating_sub(BACKDATED));
    params.not_after = time_of(from.saturating_add(life));
}

/// An instant as the certificate's library has it, in whole seconds.
pub(super) fn time_of(instant: Instant) -> OffsetDateTime {
    let seconds = u64::try_from(instant.as_micros() / 1_000_000).unwrap_or_default();
    date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds)
}

fn paths(directory: &Path) -> (std::path::PathBuf, std::path::PathBuf) {
    (directory.join("authority.pem"), directory.join("authority.key"))
}
