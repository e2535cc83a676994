use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use kernel::{Clock as _, Instant, SystemClock};
use rustls::pki_types::CertificateDer;
use tokio::time::MissedTickBehavior;
use tokio_rustls::TlsAcceptor;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::open::OpenConnections;
use crate::error::with_causes;
use crate::identity::{Credentials, CredentialsError, RevocationList, Revocations};
use crate::watched::{LOOK, WatchedFiles};

/// How often connections are looked through for certificates that have ended since they came.
const LOOK_AT_ENDS: Duration = Duration::from_mins(1);

/// What the door shows and whom it refuses, read again whenever its files change: a renewed certificate is shown, and a
/// revoked one's connections end, without a restart.
pub(super) struct DoorTls {
    credentials: Credentials,
    revocations: Option<Revocations>,
    files: WatchedFiles,
    shown: Shown,
}

/// The door's present TLS, for each new connection.
#[derive(Clone)]
pub(super) struct Shown(Arc<RwLock<(TlsAcceptor, Arc<RevocationList>)>>);

impl Shown {
    /// For one handshake. A configuration of its own has no session of the one before: none is taken up again unproved.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.0.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Whether one of a chain's certificates is revoked by now.
    pub(super) fn revokes(&self, chain: &[CertificateDer<'_>]) -> bool {
        let revoked = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).1);
        chain.iter().any(|certificate| revoked.revokes(certificate))
    }
}

impl DoorTls {
    /// Nobody is refused until [`DoorTls::with_revocations`].
    pub(super) fn new(credentials: &Credentials) -> Result<Self, CredentialsError> {
        let nobody = Arc::new(RevocationList::default());
        Ok(Self {
            shown: Shown(Arc::new(RwLock::new((acceptor(credentials, &nobody)?, nobody)))),
            credentials: credentials.clone(),
            revocations: None,
            files: WatchedFiles::new(credentials.files().cloned()),
        })
    }

    /// Refuses what this file revokes.
    pub(super) fn with_revocations(mut self, file: &Path) -> Result<Self, CredentialsError> {
        self.files = WatchedFiles::new(self.credentials.files().cloned().chain([file.to_owned()]));
        self.revocations = Some(Revocations::open(file, &self.credentials.authority_pem)?);
        self.show()?;
        Ok(self)
    }

    pub(super) fn shown(&self) -> Shown {
        self.shown.clone()
    }

    /// Looks at the files, for ever.
    pub(super) async fn watch(mut self, open: OpenConnections) {
        let mut ticks = tokio::time::interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ends_due = tokio::time::Instant::now();
        loop {
            ticks.tick().await;
            if self.files.have_changed() {
                match self.refresh() {
                    Ok(()) => tracing::info!("the door's certificates or the list of revoked ones were read anew"),
                    // Once for each fault: the next look is at the next change.
                    Err(error) => tracing::error!(
                        alarm = "CERTIFICATE_FILES_REFUSED",
                        error = with_causes(&error),
                        "what was in force at the gRPC door stays in force"
                    ),
                }
                let cut = open.cut_where(|chain| self.shown.revokes(chain));
                if cut > 0 {
                    tracing::warn!(connections = cut, "connections of revoked certificates were ended");
                }
            }
            if tokio::time::Instant::now() >= ends_due {
                ends_due += LOOK_AT_ENDS;
                let now = SystemClock.now();
                let cut = open.cut_where(|chain| has_ended(chain, now));
                if cut > 0 {
                    tracing::warn!(connections = cut, "connections of certificates whose time is over were ended");
                }
            }
        }
    }

    /// Takes each file that is good, and says which is not.
    fn refresh(&mut self) -> Result<(), CredentialsError> {
        let reloaded = self.credentials.reloaded();
        if let Ok(credentials) = &reloaded {
            self.credentials = credentials.clone();
        }
        // The list comes first: a certificate that is being replaced at this moment must not delay a revocation.
        let refreshed = match &mut self.revocations {
            Some(revocations) => revocations.refresh(&self.credentials.authority_pem),
            None => Ok(()),
        };
        let shown = self.show();
        if shown.is_err()
            && let Some(revocations) = &self.revocations
        {
            let mut shown = self.shown.0.write().unwrap_or_else(PoisonError::into_inner);
            shown.1 = Arc::clone(revocations.in_force());
        }
        reloaded?;
        refreshed?;
        shown
    }

    fn show(&self) -> Result<(), CredentialsError> {
        let revoked =
            self.revocations.as_ref().map(|revocations| Arc::clone(revocations.in_force())).unwrap_or_default();
        let acceptor = acceptor(&self.credentials, &revoked)?;
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = (acceptor, revoked);
        Ok(())
    }
}

/// Whether one of a chain's certificates is good no more at this time.
pub(super) fn has_ended(chain: &[CertificateDer<'_>], now: Instant) -> bool {
    let seconds = now.as_micros() / 1_000_000;
    chain.iter().any(|der| {
        X509Certificate::from_der(der)
            .map_or(true, |(_, certificate)| certificate.validity().not_after.timestamp() < seconds)
    })
}

fn acceptor(credentials: &Credentials, revoked: &RevocationList) -> Result<TlsAcceptor, CredentialsError> {
    Ok(TlsAcceptor::from(Arc::new(credentials.server_config(revoked)?)))
}
