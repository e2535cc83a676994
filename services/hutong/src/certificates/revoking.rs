use std::path::Path;

use kernel::Instant;
use platform::identity::RevocationList;
use rcgen::{RevocationReason, RevokedCertParams, SerialNumber};
use x509_parser::prelude::{CertificateRevocationList as Parsed, FromDer};

use super::authority::{LIST_LIFE, time_of};
use super::register::{self, RegisteredCertificate};
use super::{CertificateError, CertificateState, Certificates, files};

/// Our authority's list as it is, to be signed anew.
#[derive(Default)]
struct Present {
    number: u64,
    revoked: Vec<RevokedCertParams>,
    next: Option<i64>,
}

impl Certificates {
    /// Revokes what is named: a serial number, a certificate's file, or a holder (`department/EDU`) with all its good
    /// certificates; and with each whatever else was issued over the same key. Gives all of them; doing so again changes
    /// nothing.
    ///
    /// # Errors
    /// [`CertificateError::Unknown`], [`CertificateError::ListKeyAway`], or a file that cannot be read or written.
    pub fn revoke(&self, named: &[String]) -> Result<Vec<RegisteredCertificate>, CertificateError> {
        let _alone = files::lock(&self.directory.join("revoked.lock"))?;
        let all = self.registered()?;
        let mut keys = Vec::new();
        for name in named {
            keys.extend(self.keys_of(name, &all)?);
        }
        let mut chosen: Vec<_> = all.into_iter().filter(|one| keys.contains(&one.key)).collect();
        let fresh: Vec<_> = chosen.iter().filter(|one| one.state != CertificateState::Revoked).collect();
        if !fresh.is_empty() {
            let mut present = self.present()?;
            present.revoked.extend(fresh.iter().map(|one| RevokedCertParams {
                serial_number: SerialNumber::from(hex::decode(&one.serial).unwrap_or_default()),
                revocation_time: time_of(self.clock.now()),
                reason_code: None,
                invalidity_date: None,
            }));
            self.sign(present)?;
        }
        for one in &mut chosen {
            one.state = CertificateState::Revoked;
        }
        Ok(chosen)
    }

    /// Sees to it that there is a list of revoked certificates where there may be a first one, and a new one well before its
    /// time is over. Does nothing where the authority's key is away.
    ///
    /// # Errors
    /// [`CertificateError`]: the list is damaged, gone, or cannot be written.
    pub(super) fn keep_list(&self, may_be_first: bool) -> Result<(), CertificateError> {
        if !self.authority.has_key() {
            return Ok(());
        }
        let _alone = files::lock(&self.directory.join("revoked.lock"))?;
        let present = self.present()?;
        if present.next.is_none() && !may_be_first {
            // An empty one would make all that were revoked good again.
            return Err(platform::identity::RevocationError::Gone(self.revocations_file()).into());
        }
        let soon = self.clock.now().saturating_add(LIST_LIFE / 3);
        if present.next.is_none_or(|next| Instant::from_micros(next.saturating_mul(1_000_000)) < soon) {
            self.sign(present)?;
        }
        Ok(())
    }

    fn keys_of(&self, name: &str, all: &[RegisteredCertificate]) -> Result<Vec<String>, CertificateError> {
        let serial = name.replace(':', "").to_ascii_lowercase();
        let mut keys: Vec<_> = all
            .iter()
            .filter(|one| one.serial == serial || (one.holder == name && one.state == CertificateState::Good))
            .map(|one| one.key.clone())
            .collect();
        if keys.is_empty() {
            // Named by a holder, all of whose certificates are revoked: that has been done already.
            keys.extend(all.iter().filter(|one| one.holder == name).map(|one| one.key.clone()));
        }
        if keys.is_empty()
            && let Some(text) = files::read_if_present(Path::new(name))?
        {
            let nobody = RevocationList::default();
            let read =
                files::der(&text).and_then(|der| register::read(der, &self.trust_domain, &nobody, self.clock.now()));
            let read = read.ok_or_else(|| CertificateError::NotACertificate(name.into()))?;
            keys.extend(all.iter().filter(|one| one.der == read.der).map(|one| one.key.clone()));
        }
        if keys.is_empty() { Err(CertificateError::Unknown(name.to_owned())) } else { Ok(keys) }
    }

    /// What the file says now; an empty list if there is none.
    fn present(&self) -> Result<Present, CertificateError> {
        let list = self.revoked()?;
        let file = self.revocations_file();
        let mut der = list.der();
        let Some(only) = der.next() else { return Ok(Present::default()) };
        if der.next().is_some() {
            return Err(CertificateError::ForeignLists(file));
        }
        // It was read and proved just now.
        let (_, parsed) =
            Parsed::from_der(&only).map_err(|_| platform::identity::RevocationError::Damaged(file.clone()))?;
        let revoked = parsed.iter_revoked_certificates().map(|one| RevokedCertParams {
            serial_number: SerialNumber::from_slice(one.raw_serial()),
            revocation_time: time_of(Instant::from_micros(one.revocation_date.timestamp().saturating_mul(1_000_000))),
            reason_code: one.reason_code().and_then(|(_, reason)| reason_of(reason.0)),
            invalidity_date: None,
        });
        let number = parsed.crl_number().and_then(|number| u64::try_from(number.clone()).ok()).unwrap_or_default();
        Ok(Present { number, revoked: revoked.collect(), next: list.next_update() })
    }

    fn sign(&self, present: Present) -> Result<(), CertificateError> {
        let Present { number, revoked, .. } = present;
        let text = self.authority.sign_list(&self.directory, revoked, number + 1, self.clock.now())?;
        files::write(&self.revocations_file(), &text)
    }
}

fn reason_of(code: u8) -> Option<RevocationReason> {
    Some(match code {
        1 => RevocationReason::KeyCompromise,
        2 => RevocationReason::CaCompromise,
        3 => RevocationReason::AffiliationChanged,
        4 => RevocationReason::Superseded,
        5 => RevocationReason::CessationOfOperation,
        6 => RevocationReason::CertificateHold,
        9 => RevocationReason::PrivilegeWithdrawn,
        10 => RevocationReason::AaCompromise,
        _ => return None,
    })
}
