use std::sync::Arc;

use exchange::EventSource;
use kernel::Clock;
use messaging::seal::{Signer, Verifier};
use messaging::teller::TellerSettings;
use platform::config::Config;
use platform::database::Database;
use platform::nats;
use platform::pseudonym::Pseudonyms;
use platform::vault::Vault;
use tokio_util::sync::CancellationToken;

use super::{CityError, DataDirectory, Part};
use crate::certificates::{Certificates, Subject};

/// What the services are started with.
pub(super) struct Ground<'a> {
    pub(super) config: &'a Config,
    pub(super) directory: &'a DataDirectory,
    pub(super) certificates: &'a Certificates,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) pseudonyms: &'a Arc<Pseudonyms>,
    pub(super) broker: &'a str,
    pub(super) shutdown: &'a CancellationToken,
}

impl Ground<'_> {
    /// A service's connection to the broker.
    pub(super) async fn connect(&self, part: Part) -> Result<async_nats::Client, CityError> {
        let credentials = self.certificates.ensure(&Subject::service(part.name()))?.credentials()?;
        Ok(nats::connect(self.broker, &credentials, part.name()).await?)
    }

    /// A service's signing key.
    pub(super) fn signer(&self, part: Part) -> Result<Signer, CityError> {
        Ok(Signer::open_or_create(&self.directory.signing_key(part.name()))?)
    }

    /// A service's vault.
    pub(super) fn vault(&self, part: Part) -> Result<Arc<Vault>, CityError> {
        Ok(Arc::new(Vault::open(&self.directory.vault_key(part.name()))?))
    }

    /// What a service that tells events stands on.
    pub(super) fn teller(
        &self,
        part: Part,
        database: &Database,
        client: &async_nats::Client,
    ) -> Result<TellerSettings, CityError> {
        Ok(TellerSettings {
            city: self.config.city.trust_domain.clone(),
            division: self.config.city.division,
            database: database.clone(),
            jetstream: async_nats::jetstream::new(client.clone()),
            signer: self.signer(part)?,
            clock: Arc::clone(self.clock),
            journal: self.config.journal.clone(),
            relay: self.config.relay.clone(),
            evidence: self.config.evidence.clone(),
            unusual: self.config.unusual.clone(),
            shutdown: self.shutdown.clone(),
        })
    }

    /// A service that tells events, with the public half of its key. Where that service runs elsewhere, the file is
    /// brought from there.
    pub(super) fn event_source(&self, part: Part) -> Result<EventSource, CityError> {
        let (service, file) = (part.name().to_owned(), self.directory.public_key(part.name()));
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(EventSource { service, verifier: Verifier::from_hex(text.trim())? }),
            Err(source) => Err(CityError::PublicKey { service, file, source }),
        }
    }
}
